#include "worker/engine/preparation/deband.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

// Points at equal area over half a disc's pairs, each turned by the golden angle (Vogel, Math. Biosci. 44, 1979).
std::vector<cv::Point> Spiral(int radius) {
  constexpr int kPairs = 48;
  constexpr double kGoldenAngle = 2.39996322972865332;
  std::vector<cv::Point> offsets;
  for (int i = 0; i < kPairs; ++i) {
    const double reach = radius * std::sqrt((i + 0.5) / kPairs), angle = i * kGoldenAngle;
    const cv::Point offset(static_cast<int>(std::lround(reach * std::cos(angle))),
                           static_cast<int>(std::lround(reach * std::sin(angle))));
    if (offset != cv::Point(0, 0)) offsets.push_back(offset);
  }
  return offsets;
}

cv::Mat1b FlatPixels(const cv::Mat1f& plane, float threshold) {
  const cv::Mat square = cv::Mat::ones(5, 5, CV_8U);
  cv::Mat1f high, low;
  cv::dilate(plane, high, square);
  cv::erode(plane, low, square);
  return high - low <= threshold;
}

void Smooth(const Deband& deband, cv::Mat1f plane) {
  // A step of exactly the threshold is one: rounding must not decide.
  const auto threshold = static_cast<float>(deband.threshold * (1.0 + 1e-4));
  const cv::Mat1f before = plane.clone();
  const cv::Mat1b flat = FlatPixels(before, threshold);
  const auto offsets = Spiral(deband.range_px);
  const cv::Rect frame({0, 0}, plane.size());
  ForRows(plane.rows, [&](int y) {
    for (int x = 0; x < plane.cols; ++x) {
      if (flat(y, x) == 0) continue;
      const float own = before(y, x);
      float sum = own, count = 1.0F;
      for (const cv::Point& offset : offsets) {
        const cv::Point a = cv::Point(x, y) + offset, b = cv::Point(x, y) - offset;
        if (!frame.contains(a) || !frame.contains(b) || flat(a) == 0 || flat(b) == 0) continue;
        if (std::abs(before(a) - own) > 2.5F * threshold || std::abs(before(b) - own) > 2.5F * threshold) continue;
        sum += before(a) + before(b);
        count += 2.0F;
      }
      plane(y, x) = std::clamp(sum / count, own - threshold, own + threshold);
    }
  });
}

}  // namespace

void ApplyDeband(const Deband& deband, image::Image& picture) {
  for (int c = 0; c < picture.channel_count(); ++c) Smooth(deband, View(picture, c));
}

}  // namespace interneg::preparation
