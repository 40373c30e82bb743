#include "worker/engine/validation/element_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "worker/engine/validation/luma_plane.h"

namespace interneg::validation {
namespace {

double Density(double display) {
  constexpr double kGamma = 2.4, kMost = 4.0;
  return display > 0.0 ? std::min(kMost, -kGamma * std::log10(display)) : kMost;
}

struct Extent {
  double least, most, mean;
};

// Density falls as the value rises: the quantiles change sides.
Extent DensitiesOf(std::span<const image::Image> frames, int channel) {
  std::vector<float> values;
  double sum = 0;
  for (const auto& frame : frames) {
    for (const float v : frame.plane(channel)) {
      values.push_back(v);
      sum += Density(v);
    }
  }
  const double mean = sum / static_cast<double>(values.size());
  const double high = Quantile(values, 0.995), low = Quantile(std::move(values), 0.005);
  return {Density(high), Density(low), mean};
}

}  // namespace

Level MeasureLevel(std::span<const image::Image> frames) {
  RequireFramesOfOneShot(frames);
  Level level;
  std::vector<float> lumas;
  double values = 0;
  for (const auto& frame : frames) {
    const cv::Mat1f luma = LumaOf(frame);
    lumas.insert(lumas.end(), luma.begin(), luma.end());
    level.mean += cv::mean(luma)[0] / static_cast<double>(frames.size());
    for (const float v : frame.values()) {
      level.clipped_low += v <= 0.0F ? 1 : 0;
      level.clipped_high += v >= 1.0F ? 1 : 0;
    }
    values += static_cast<double>(frame.values().size());
  }
  level.black = Quantile(lumas, 0.001);
  level.white = Quantile(lumas, 0.999);
  level.clipped_low /= values;
  level.clipped_high /= values;
  for (std::size_t c = 0; c < 3; ++c) {
    const Extent extent = DensitiesOf(frames, static_cast<int>(c));
    level.density_least[c] = extent.least;
    level.density_most[c] = extent.most;
    level.density_mean[c] = extent.mean;
  }
  level.cast_red = level.density_mean[1] - level.density_mean[0];
  level.cast_blue = level.density_mean[1] - level.density_mean[2];
  return level;
}

ColorSpread MeasureColor(std::span<const image::Image> frames) {
  constexpr int kAverage_px = 8;
  constexpr double kBlackestPrint = 2.4;
  RequireFramesOfOneShot(frames);
  cv::Mat1d samples(0, 3);
  for (const auto& frame : frames) {
    const cv::Size small(std::max(1, frame.width_px() / kAverage_px), std::max(1, frame.height_px() / kAverage_px));
    std::array<cv::Mat1f, 3> planes;
    for (int c = 0; c < 3; ++c) cv::resize(PlaneOf(frame, c), planes[c], small, 0, 0, cv::INTER_AREA);
    for (int i = 0; i < small.area(); ++i) {
      const auto density = [&](int c) { return std::min(kBlackestPrint, Density(planes[c](i))); };
      samples.push_back(cv::Mat1d(cv::Matx13d(density(0), density(1), density(2))));
    }
  }
  cv::Mat1d covariance, mean, variances;
  cv::calcCovarMatrix(samples, covariance, mean, cv::COVAR_NORMAL | cv::COVAR_ROWS | cv::COVAR_SCALE, CV_64F);
  cv::eigen(covariance, variances);
  return {std::sqrt(std::max(0.0, variances(1))), std::sqrt(std::max(0.0, variances(2)))};
}

ElementMeasures MeasureElement(std::span<const image::Image> frames) {
  RequireFramesOfOneShot(frames);
  ElementMeasures measures;
  measures.size = frames[0].size();
  measures.frames = static_cast<int>(frames.size());
  measures.edges = MeasureEdges(frames);
  measures.spectrum = MeasureSpectrum(frames);
  measures.grain = MeasureGrain(frames);
  measures.damage = MeasureDamage(frames);
  measures.level = MeasureLevel(frames);
  measures.color = MeasureColor(frames);
  return measures;
}

}  // namespace interneg::validation
