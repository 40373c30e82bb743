#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <opencv2/imgproc.hpp>

#include "worker/engine/alignment/live_area.h"
#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr double kStrong = 0.04;  // of full scale a pixel: no noise, no soft shading
constexpr double kStays = 0.8;
constexpr double kEvenness = 0.75;  // the weakest frame's gradient to the mean's
constexpr double kStaticScene = 0.3;
constexpr double kOuter = 0.25;
constexpr double kStrokeContrast = 0.25, kStrokeSpread = 0.12;
constexpr double kLower = 0.4;

cv::Rect RectOf(const image::Rectangle& r) {
  return {r.x_px, r.y_px, r.size.width_px, r.size.height_px};
}
image::Rectangle RectangleOf(const cv::Rect& r) {
  return {r.x, r.y, {r.width, r.height}};
}

std::vector<cv::Mat1f> LumasOf(std::span<const image::Image> frames, const cv::Rect& area) {
  std::vector<cv::Mat1f> out;
  for (const auto& frame : frames) {
    const Planes planes = PlanesOf(frame);
    out.push_back(Projected(planes, LumaOf(planes))(area).clone());
  }
  return out;
}

// Boxes of the connected parts, each widened and limited to the area, in frame pixels.
std::vector<cv::Rect> BoxesOf(const cv::Mat1b& parts) {
  cv::Mat1i labels, figures;
  cv::Mat1d centres;
  const int count = cv::connectedComponentsWithStats(parts, labels, figures, centres);
  std::vector<cv::Rect> out;
  for (int i = 1; i < count; ++i) {
    out.emplace_back(figures(i, cv::CC_STAT_LEFT), figures(i, cv::CC_STAT_TOP), figures(i, cv::CC_STAT_WIDTH),
                     figures(i, cv::CC_STAT_HEIGHT));
  }
  return out;
}

image::Rectangle Widened(cv::Rect box, const cv::Rect& area) {
  const int by = std::max(2, area.height / 100);
  box = cv::Rect(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by) & cv::Rect(cv::Point(), area.size());
  return RectangleOf(box + area.tl());
}

cv::Mat1b Closed(const cv::Mat1b& mask, int width, int height) {
  cv::Mat1b out;
  const cv::Mat shape = cv::getStructuringElement(cv::MORPH_RECT, cv::Size(std::max(1, width), std::max(1, height)));
  cv::morphologyEx(mask, out, cv::MORPH_CLOSE, shape, cv::Point(-1, -1), 1, cv::BORDER_CONSTANT, cv::Scalar(0));
  return out;
}

// Where gradients are strong on the mean, and where they are so in every frame, of one direction.
struct Stillness {
  cv::Mat1b strong, still;
};

Stillness StillnessOf(const std::vector<cv::Mat1f>& lumas) {
  cv::Mat1f sum_x(lumas[0].size(), 0.F), sum_y = sum_x.clone(), sum = sum_x.clone(), weakest;
  for (const auto& luma : lumas) {
    cv::Mat1f gx, gy, magnitude;
    cv::Scharr(luma, gx, CV_32F, 1, 0, 1.0 / 32.0);
    cv::Scharr(luma, gy, CV_32F, 0, 1, 1.0 / 32.0);
    cv::magnitude(gx, gy, magnitude);
    sum_x += gx;
    sum_y += gy;
    sum += magnitude;
    if (weakest.empty()) weakest = magnitude.clone();
    // As plain matrices: with the typed ones std::min would be the better match.
    weakest = cv::min(static_cast<const cv::Mat&>(weakest), static_cast<const cv::Mat&>(magnitude));
  }
  cv::Mat1f staying;
  cv::magnitude(sum_x, sum_y, staying);
  Stillness out;
  const double count = static_cast<double>(lumas.size());
  out.strong = sum > kStrong * count;
  // Edges along the way that the scene moves pass for still, but not at one strength in every frame.
  out.still = (staying > kStays * sum) & (weakest * count > kEvenness * sum) & out.strong;
  return out;
}

void FindLogos(const std::vector<cv::Mat1f>& lumas, const cv::Rect& area, Overlays& out) {
  if (lumas.size() < 3) {
    out.reason = "logos need at least three frames";
    return;
  }
  const Stillness found = StillnessOf(lumas);
  const double strong = cv::countNonZero(found.strong), still = cv::countNonZero(found.still);
  if (strong > 0 && still > kStaticScene * strong) {
    out.reason = "the shot stands still: what is laid over it cannot be told from it; give frames that move";
    return;
  }
  cv::Mat1b outer = found.still.clone();
  const cv::Size size = area.size();
  outer(cv::Rect(static_cast<int>(kOuter * size.width), static_cast<int>(kOuter * size.height),
                 static_cast<int>((1 - 2 * kOuter) * size.width), static_cast<int>((1 - 2 * kOuter) * size.height))) =
      0;
  const int joined = std::max(3, size.height / 40);
  for (const cv::Rect& box : BoxesOf(Closed(outer, joined, joined))) {
    const int least = std::max(4, size.height / 60);
    const double outline = cv::countNonZero(outer(box));  // lettering and shapes outline more than their box
    const bool big_enough = box.width >= least && box.height >= least;
    if (big_enough && outline > box.width + box.height && box.width < size.width / 3 && box.height < size.height / 3) {
      out.logos.push_back(Widened(box, area));
    }
  }
}

bool IsOneBrightness(const cv::Mat1f& luma, const cv::Mat1b& strokes) {
  cv::Mat1b inner;
  cv::Scalar mean, deviation;
  cv::erode(strokes, inner, cv::Mat());
  cv::meanStdDev(luma, mean, deviation, cv::countNonZero(inner) > 20 ? inner : strokes);
  return mean[0] > .6 && deviation[0] < kStrokeSpread;
}

std::vector<image::Rectangle> LinesOfText(const cv::Mat1f& luma, const cv::Rect& area) {
  const int height = area.height;
  const int top = static_cast<int>((1 - kLower) * height), thick = std::max(3, height / 50) | 1;
  cv::Mat1f thin;
  cv::morphologyEx(luma, thin, cv::MORPH_TOPHAT,
                   cv::getStructuringElement(cv::MORPH_RECT, cv::Size(2 * thick + 1, 2 * thick + 1)));
  cv::Mat1b strokes = thin > kStrokeContrast;
  strokes(cv::Rect(0, 0, area.width, top)) = 0;
  std::vector<image::Rectangle> out;
  for (const cv::Rect& box : BoxesOf(Closed(strokes, height / 20, std::max(1, height / 100)))) {
    if (box.height < .015 * height || box.height > .09 * height || box.width < 3 * box.height) continue;
    const double filled = static_cast<double>(cv::countNonZero(strokes(box))) / box.area();
    if (filled < .12 || filled > .75 || !IsOneBrightness(luma(box), strokes(box))) continue;
    out.push_back(Widened(box, area));
  }
  return out;
}

}  // namespace

Overlays DetectOverlays(std::span<const image::Image> frames, const image::Rectangle& area) {
  if (frames.empty()) throw std::invalid_argument("overlays: there is no frame to look at");
  for (const auto& frame : frames) {
    if (frame.size() != frames[0].size()) throw std::invalid_argument("overlays: the frames are of one size");
  }
  const cv::Rect box = RectOf(area);
  if (box.width < 48 || box.height < 48 || (box & cv::Rect(0, 0, frames[0].width_px(), frames[0].height_px())) != box) {
    throw std::invalid_argument("overlays: the area leaves the frame or has fewer than 48 pixels a side");
  }
  const auto lumas = LumasOf(frames, box);
  Overlays out;
  FindLogos(lumas, box, out);
  for (const auto& luma : lumas) out.subtitles.push_back(LinesOfText(luma, box));
  return out;
}

image::Image MaskOf(std::span<const image::Rectangle> boxes, image::Size size) {
  image::Image out(size, {"mask"}, "");
  cv::Mat1f plane = PlaneOf(out, 0);
  for (const auto& box : boxes) plane(RectOf(box) & cv::Rect(0, 0, size.width_px, size.height_px)) = 1.F;
  return out;
}

}  // namespace interneg::alignment
