#include "worker/engine/simulation/burned_in_text.h"

#include <algorithm>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "worker/engine/simulation/grain.h"

namespace interneg::simulation {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;

std::string Timecode(FrameRate rate, int index) {
  const int a_second = (rate.numerator + rate.denominator - 1) / rate.denominator, seconds = index / a_second;
  char text[32];
  std::snprintf(text, sizeof(text), "%02d:%02d:%02d:%02d", 10 + seconds / 3600, seconds / 60 % 60, seconds % 60,
                index % a_second);
  return text;
}

std::string SubtitleAt(FrameRate rate, std::uint64_t seed, int index) {
  static constexpr const char* kLines[] = {"It was the summer of the great heat.", "Where have you been all day?",
                                           "Nobody came to the station.", "I will tell you tomorrow."};
  const int a_second = std::max(1, rate.numerator / rate.denominator), turn = index / (3 * a_second);
  if (index % (3 * a_second) >= 2 * a_second) return "";
  cv::RNG random = Generator(seed, 403, static_cast<std::uint64_t>(turn));
  return kLines[random.uniform(0, 4)];
}

// How much of each pixel ink covers, 0..1.
struct Line {
  cv::Mat1b cover;
  cv::Rect box;  // of the letters
};

Line Lettering(image::Size size, const std::string& text, double height_px, double baseline, int thickness_px) {
  Line line{cv::Mat1b(size.height_px, size.width_px, std::uint8_t{0}), {}};
  // Measured at one thickness whatever the line's own, so that an edge lies around its letters.
  double scale = height_px / cv::getTextSize("0", kFont, 1.0, 1, nullptr).height;
  int below = 0;
  cv::Size extent = cv::getTextSize(text, kFont, scale, 1, &below);
  scale *= std::min(1.0, 0.9 * size.width_px / extent.width);
  extent = cv::getTextSize(text, kFont, scale, 1, &below);
  const cv::Point foot((size.width_px - extent.width) / 2, static_cast<int>(baseline * size.height_px));
  cv::putText(line.cover, text, foot, kFont, scale, cv::Scalar(255), thickness_px, cv::LINE_AA);
  line.box = {foot.x, foot.y - extent.height, extent.width, extent.height + below};
  return line;
}

void Paint(image::Image& picture, const cv::Mat1b& cover, float ink) {
  for (int c = 0; c < picture.channel_count(); ++c) {
    auto plane = picture.plane(c);
    for (std::size_t i = 0; i < plane.size(); ++i) {
      const float share = static_cast<float>(cover(static_cast<int>(i))) / 255.0F;
      plane[i] += share * (ink - plane[i]);
    }
  }
}

image::Rectangle AreaOf(const cv::Mat1b& cover) {
  std::vector<cv::Point> points;
  cv::findNonZero(cover, points);
  const cv::Rect area = cv::boundingRect(points);
  return {area.x, area.y, {area.width, area.height}};
}

Overlay DrawTimecode(image::Image& picture, const std::string& text) {
  const double height = 0.035 * picture.height_px();
  const int thickness = std::max(1, static_cast<int>(height / 8));
  const Line line = Lettering(picture.size(), text, height, 0.90, thickness);
  cv::Mat1b ground(line.cover.size(), std::uint8_t{0});
  const int margin = std::max(2, static_cast<int>(height / 2));
  const cv::Rect box(line.box.x - margin, line.box.y - margin, line.box.width + 2 * margin,
                     line.box.height + 2 * margin);
  cv::rectangle(ground, box, cv::Scalar(255), cv::FILLED);
  Paint(picture, ground, 0.0F);
  Paint(picture, line.cover, 0.95F);
  return {"timecode", text, AreaOf(ground | line.cover)};
}

Overlay DrawSubtitle(image::Image& picture, const std::string& text) {
  const double height = 0.045 * picture.height_px();
  const int thickness = std::max(1, static_cast<int>(height / 8));
  const Line edge = Lettering(picture.size(), text, height, 0.80, 3 * thickness);
  const Line inner = Lettering(picture.size(), text, height, 0.80, thickness);
  Paint(picture, edge.cover, 0.02F);
  Paint(picture, inner.cover, 0.95F);
  return {"subtitle", text, AreaOf(edge.cover | inner.cover)};
}

}  // namespace

BurnIn ParseBurnIn(std::string_view text) {
  if (text == "none") return BurnIn::kNone;
  if (text == "timecode") return BurnIn::kTimecode;
  if (text == "subtitles") return BurnIn::kSubtitles;
  if (text == "both") return BurnIn::kBoth;
  throw std::invalid_argument("burned-in text '" + std::string(text) + "': use none, timecode, subtitles or both");
}

std::vector<Overlay> BurnInText(image::Image& picture, BurnIn what, FrameRate rate, std::uint64_t seed,
                                int frame_index) {
  std::vector<Overlay> drawn;
  if (what == BurnIn::kTimecode || what == BurnIn::kBoth) {
    drawn.push_back(DrawTimecode(picture, Timecode(rate, frame_index)));
  }
  if (what == BurnIn::kSubtitles || what == BurnIn::kBoth) {
    const std::string line = SubtitleAt(rate, seed, frame_index);
    if (!line.empty()) drawn.push_back(DrawSubtitle(picture, line));
  }
  return drawn;
}

}  // namespace interneg::simulation
