#include <cmath>
#include <numbers>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/commands/document_text.h"
#include "client/cli/frame_range.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

std::string AreaText(const v1::PictureArea& area) {
  return fmt::format("{}x{} at {},{}", area.width_px(), area.height_px(), area.x_px(), area.y_px());
}

struct Point {
  double x = 0;
  double y = 0;
};

// The picture's centre, as far as the document knows the picture.
Point CentreOf(const v1::Alignment& alignment) {
  const v1::PictureArea& area = alignment.has_live_area() ? alignment.live_area() : alignment.crop();
  return {area.x_px() + (area.width_px() - 1) / 2.0, area.y_px() + (area.height_px() - 1) / 2.0};
}

int Badness(const v1::AlignedPair& pair) {
  if (pair.verdict() == "good") return 0;
  return pair.verdict() == "usable" ? 1 : 2;
}

// Why a pair is not good, and why a flow that was asked for is not used.
std::string ReasonOf(const v1::AlignedPair& pair) {
  if (pair.flow_reason().empty()) return pair.reason();
  return pair.reason() + (pair.reason().empty() ? "" : "; ") + pair.flow_reason();
}

cli::Listing Pairs(const v1::Alignment& alignment) {
  cli::Listing listing{{{"FRAME"},
                        {"PARTNER"},
                        {"ROLE"},
                        {"DX"},
                        {"DY"},
                        {"SCALE"},
                        {"ROTATION"},
                        {"PATH"},
                        {"STATUS"},
                        {"RMS PX"},
                        {"RESIDUAL"},
                        {"VERDICT"},
                        {"CONFIDENCE", cli::Shown::kWide},
                        {"THERE AND BACK PX", cli::Shown::kWide},
                        {"REASON", cli::Shown::kBelow}},
                       {}};
  const Point centre = CentreOf(alignment);
  for (const v1::AlignedPair& pair : alignment.pairs()) {
    std::vector<std::string> moved(4);
    if (pair.transform_size() == 9) {
      const LocalTransform local = TransformAt(pair.transform(), centre.x, centre.y);
      moved = {fmt::format("{:+.2f}", local.dx_px), fmt::format("{:+.2f}", local.dy_px),
               fmt::format("{:.4f}{}", local.scale, local.mirrored ? " mirrored" : ""),
               fmt::format("{:+.3f}", local.rotation_deg)};
    }
    const std::string frame = std::to_string(pair.source_frame());
    listing.rows.push_back(
        {{frame, std::to_string(pair.reference_frame()), pair.held_out() ? "held out" : "train", moved[0], moved[1],
          moved[2], moved[3], pair.path() + (pair.has_flow() ? ", flow" : ""), pair.status(),
          fmt::format("{:.3f}", pair.estimated_rms_px()),
          fmt::format("{:.3f}", pair.residual()), pair.verdict(), fmt::format("{:.2f}", pair.confidence()),
          fmt::format("{:.3f}", pair.forward_backward_px()), ReasonOf(pair)},
         frame,
         {}});
  }
  return listing;
}

std::string Heading(const v1::Alignment& alignment) {
  int good = 0, usable = 0;
  for (const v1::AlignedPair& pair : alignment.pairs()) {
    if (Badness(pair) == 0) ++good;
    if (Badness(pair) == 1) ++usable;
  }
  return fmt::format("{} pairs by {}{}: {} good, {} usable, {} unusable", alignment.pairs_size(),
                     cli::Word(alignment.kind()), alignment.dense() ? " and dense flow" : "", good, usable,
                     alignment.pairs_size() - good - usable);
}

}  // namespace

LocalTransform TransformAt(const google::protobuf::RepeatedField<double>& transform, double x_px, double y_px) {
  const auto h = [&](int row, int column) { return transform.Get(3 * row + column); };
  const double w = h(2, 0) * x_px + h(2, 1) * y_px + h(2, 2);
  const double u = (h(0, 0) * x_px + h(0, 1) * y_px + h(0, 2)) / w;
  const double v = (h(1, 0) * x_px + h(1, 1) * y_px + h(1, 2)) / w;
  // The derivative of the quotient there.
  const double ux = (h(0, 0) - u * h(2, 0)) / w, uy = (h(0, 1) - u * h(2, 1)) / w;
  const double vx = (h(1, 0) - v * h(2, 0)) / w, vy = (h(1, 1) - v * h(2, 1)) / w;
  const double area = ux * vy - uy * vx;
  return {u - x_px, v - y_px, std::sqrt(std::abs(area)), std::atan2(vx - uy, ux + vy) * 180 / std::numbers::pi,
          area < 0};
}

const v1::AlignedPair* WorstPair(const v1::Alignment& alignment) {
  const v1::AlignedPair* worst = nullptr;
  const auto key = [](const v1::AlignedPair& pair) { return std::tuple(Badness(pair), pair.estimated_rms_px()); };
  for (const v1::AlignedPair& pair : alignment.pairs())
    if (worst == nullptr || key(pair) > key(*worst)) worst = &pair;
  return worst;
}

std::string PairText(const v1::AlignedPair& pair) {
  return fmt::format("{} → {}: {:.2f} px RMS, residual {:.2f}, {}{}{}", pair.source_frame(), pair.reference_frame(),
                     pair.estimated_rms_px(), pair.residual(), pair.verdict(), pair.reason().empty() ? "" : ": ",
                     pair.reason());
}

DocumentText TextOf(const v1::Alignment& alignment) {
  DocumentText text{Heading(alignment), Pairs(alignment), {}};
  if (alignment.has_crop()) text.lines.push_back("Crop: " + AreaText(alignment.crop()));
  for (const v1::CropKey& key : alignment.crop_keys())
    text.lines.push_back(fmt::format("Crop at {}: {}", key.source_frame(), AreaText(key.area())));
  if (alignment.has_render_crop()) text.lines.push_back("Render crop: " + AreaText(alignment.render_crop()));
  if (alignment.has_live_area()) text.lines.push_back("Live area: " + AreaText(alignment.live_area()));
  for (const v1::PictureArea& overlay : alignment.overlays()) text.lines.push_back("Overlay: " + AreaText(overlay));
  if (alignment.keys_size() > 0) {
    std::vector<int> frames;
    for (const v1::TransformKey& key : alignment.keys()) frames.push_back(key.source_frame());
    text.lines.push_back(fmt::format("Keys: {}", cli::FrameRangeText(std::move(frames))));
  }
  if (!alignment.manual_frames().empty()) text.lines.push_back("Manual: " + alignment.manual_frames());
  if (alignment.chroma_bandwidth() > 0)
    text.lines.push_back(fmt::format("Chroma bandwidth: {:.2f} of the reference's luma", alignment.chroma_bandwidth()));
  for (const std::string& note : alignment.notes()) text.lines.push_back("Note: " + note);
  return text;
}

}  // namespace interneg::commands
