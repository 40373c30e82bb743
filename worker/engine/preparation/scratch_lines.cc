#include "worker/engine/preparation/scratch_lines.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <opencv2/imgproc.hpp>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {
namespace {

constexpr int kMostTilt_px = 4, kSide_px = 3;

double Significance(const std::vector<double>& means, double mean) {
  std::vector<float> values(means.begin(), means.end());
  const double middle = Quantile(values, 0.5);
  for (float& v : values) v = static_cast<float>(std::abs(v - middle));
  return (mean - middle) / (1.4826 * Quantile(values, 0.5) + 1e-6);
}

// The lines of one tilt that pass both tests.
void CollectTilt(const cv::Mat1f& contrast, LineTone tone, int tilt, const ScratchRepair& settings,
                 std::vector<UprightLine>& lines) {
  const int rows = contrast.rows, columns = contrast.cols;
  std::vector<double> means(static_cast<std::size_t>(columns), 0.0), shown(means), over(means);
  for (int y = 0; y < rows; ++y) {
    const int shift = static_cast<int>(std::lround(tilt * (y / (rows - 1.0) - 0.5)));
    for (int x = std::max(0, -shift); x < std::min(columns, columns - shift); ++x) {
      const double value = contrast(y, x + shift);
      const auto i = static_cast<std::size_t>(x);
      means[i] += value / rows;
      if (value <= settings.threshold) continue;
      over[i] += 1.0;
      shown[i] += value;
    }
  }
  for (std::size_t x = 0; x < means.size(); ++x) {
    if (over[x] < settings.min_length_share * rows || Significance(means, means[x]) < 5.0) continue;
    lines.push_back({static_cast<double>(x) - tilt / 2.0, static_cast<double>(x) + tilt / 2.0, tone, shown[x] / over[x]});
  }
}

}  // namespace

cv::Mat1f LineContrast(const cv::Mat1f& luma, LineTone tone, int max_width_px) {
  cv::Mat1f tall, sides;
  const int reach = std::max(2, luma.rows / 24);
  cv::boxFilter(luma, tall, CV_32F, cv::Size(1, 2 * reach + 1), cv::Point(-1, -1), true, cv::BORDER_REFLECT);
  cv::boxFilter(tall, sides, CV_32F, cv::Size(kSide_px, 1), cv::Point(-1, -1), true, cv::BORDER_REFLECT);
  const int away = max_width_px / 2 + 1 + kSide_px / 2;
  const float sign = tone == LineTone::kBright ? 1.0F : -1.0F;
  cv::Mat1f out(luma.size(), -1.0F);
  for (int y = 0; y < luma.rows; ++y) {
    for (int x = away; x + away < luma.cols; ++x) {
      out(y, x) = std::min(sign * (tall(y, x) - sides(y, x - away)), sign * (tall(y, x) - sides(y, x + away)));
    }
  }
  return out;
}

std::vector<UprightLine> FindUprightLines(const cv::Mat1f& luma, const ScratchRepair& settings) {
  std::vector<UprightLine> found, kept;
  for (const LineTone tone : {LineTone::kBright, LineTone::kDark}) {
    const cv::Mat1f contrast = LineContrast(luma, tone, settings.max_width_px);
    for (int tilt = -kMostTilt_px; tilt <= kMostTilt_px; ++tilt) CollectTilt(contrast, tone, tilt, settings, found);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const UprightLine& a, const UprightLine& b) { return a.contrast > b.contrast; });
  for (const UprightLine& line : found) {
    const bool taken = std::any_of(kept.begin(), kept.end(), [&](const UprightLine& other) {
      return std::abs(line.At(0.5) - other.At(0.5)) < settings.max_width_px + 2;
    });
    if (!taken) kept.push_back(line);
  }
  return kept;
}

}  // namespace interneg::preparation
