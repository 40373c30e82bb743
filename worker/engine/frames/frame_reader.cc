#include "worker/engine/frames/frame_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "worker/engine/frames/pixel_source.h"

namespace interneg::frames {
namespace {

struct Window {
  int x0, y0, x1, y1;  // of the display window, where there is data
};

Window Overlap(const FrameFacts& facts) {
  const auto& data = facts.data_window;
  return {std::max(0, data.x_px), std::max(0, data.y_px), std::min(facts.size.width_px, data.x_px + data.size.width_px),
          std::min(facts.size.height_px, data.y_px + data.size.height_px)};
}

// One channel of a band of the data window's rows, to where it lies in the display window.
void Copy(std::span<const float> band, int first_row, int stride, int channel, const FrameFacts& facts,
          std::span<float> plane) {
  const Window w = Overlap(facts);
  const auto& data = facts.data_window;
  const std::size_t row_samples = static_cast<std::size_t>(data.size.width_px) * static_cast<std::size_t>(stride);
  const int rows = static_cast<int>(band.size() / row_samples), top = data.y_px + first_row;
  for (int y = std::max(w.y0, top); y < std::min(w.y1, top + rows); ++y) {
    const float* from = band.data() + static_cast<std::size_t>(y - top) * row_samples + channel;
    float* to = plane.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(facts.size.width_px);
    for (int x = w.x0; x < w.x1; ++x) to[x] = from[static_cast<std::ptrdiff_t>(x - data.x_px) * stride];
  }
}

void RequireFinite(const image::Image& rgb, const std::string& shown) {
  std::size_t bad = 0, first = rgb.pixel_count();
  const auto values = rgb.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    ++bad;
    first = std::min(first, i % rgb.pixel_count());
  }
  if (bad == 0) return;
  const std::size_t width = static_cast<std::size_t>(rgb.width_px());
  throw FrameError(FrameFault::kBadPixels, shown + ": " + std::to_string(bad) +
                                               " samples are NaN or infinite, the first at pixel " +
                                               std::to_string(first % width) + "," + std::to_string(first / width) +
                                               "; repair or render the frame again");
}

std::vector<std::string> NotesOn(const FrameFacts& facts, const ChannelChoice& channels) {
  std::vector<std::string> notes;
  if (channels.is_grey()) notes.emplace_back("one grey channel was replicated to R, G and B");
  if (facts.channels.size() > (channels.is_grey() ? 1U : 3U)) {
    std::string dropped;
    for (int c = 0; c < static_cast<int>(facts.channels.size()); ++c) {
      if (c == channels.red || c == channels.green || c == channels.blue) continue;
      dropped += (dropped.empty() ? "" : ", ") + facts.channels[static_cast<std::size_t>(c)];
    }
    notes.push_back("dropped: " + dropped);
  }
  const Window w = Overlap(facts);
  const bool padded = w.x0 > 0 || w.y0 > 0 || w.x1 < facts.size.width_px || w.y1 < facts.size.height_px;
  const auto& data = facts.data_window;
  const bool cropped = data.x_px < 0 || data.y_px < 0 || data.x_px + data.size.width_px > facts.size.width_px ||
                       data.y_px + data.size.height_px > facts.size.height_px;
  if (padded) notes.emplace_back("the data window does not cover the display window: padded with black");
  if (cropped) notes.emplace_back("the data window exceeds the display window: cropped");
  return notes;
}

}  // namespace

FrameFacts ProbeFile(const Roots& roots, const Location& file, int frame) {
  const PixelSource source(roots, file, frame);
  source.Channels();  // a file without a picture is refused before anything long begins
  return source.Facts();
}

Frame ReadFile(const Roots& roots, const Location& file, int frame, const std::string& color_space) {
  PixelSource source(roots, file, frame);
  Frame out;
  out.facts = source.Facts();
  const ChannelChoice channels = source.Channels();
  const auto [begin, last] = std::minmax({channels.red, channels.green, channels.blue});
  const int stride = last + 1 - begin;
  out.rgb = image::Image(out.facts.size, {"R", "G", "B"}, color_space);
  source.Read(begin, last + 1, [&, first = begin](int row, std::span<const float> band) {
    Copy(band, row, stride, channels.red - first, out.facts, out.rgb.plane(0));
    Copy(band, row, stride, channels.green - first, out.facts, out.rgb.plane(1));
    Copy(band, row, stride, channels.blue - first, out.facts, out.rgb.plane(2));
  });
  RequireFinite(out.rgb, source.shown());
  out.notes = NotesOn(out.facts, channels);
  if (const int parts = source.PartCount(); parts > 1) {
    out.notes.push_back("the file has " + std::to_string(parts) + " parts; the first one is read");
  }
  return out;
}

}  // namespace interneg::frames
