#include "worker/engine/validation/element_measures.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/validation/luma_plane.h"

namespace interneg::validation {
namespace {

double Density(double display) {
  constexpr double kFloor = 1e-4, kGamma = 2.4;
  return -std::log10(std::max(kFloor, std::pow(std::max(0.0, display), kGamma)));
}

struct Extent {
  double least, most, mean;
};

Extent DensitiesOf(std::span<const image::Image> frames, int channel) {
  std::vector<float> densities;
  double sum = 0;
  for (const auto& frame : frames) {
    for (const float v : frame.plane(channel)) {
      densities.push_back(static_cast<float>(Density(v)));
      sum += densities.back();
    }
  }
  const double n = static_cast<double>(densities.size());
  return {Quantile(densities, 0.005), Quantile(densities, 0.995), sum / n};
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
  RequireFramesOfOneShot(frames);
  double n = 0, sb = 0, sr = 0, sbb = 0, srr = 0, sbr = 0;
  for (const auto& frame : frames) {
    const auto ycc = image::RgbToYCbCr(frame, image::YCbCrMatrix::kBt709);
    const cv::Size small(std::max(1, frame.width_px() / kAverage_px), std::max(1, frame.height_px() / kAverage_px));
    cv::Mat1f cb, cr;
    cv::resize(PlaneOf(ycc, 1), cb, small, 0, 0, cv::INTER_AREA);
    cv::resize(PlaneOf(ycc, 2), cr, small, 0, 0, cv::INTER_AREA);
    n += static_cast<double>(cb.total());
    sb += cv::sum(cb)[0];
    sr += cv::sum(cr)[0];
    sbb += cb.dot(cb);
    srr += cr.dot(cr);
    sbr += cb.dot(cr);
  }
  const double bb = sbb / n - sb / n * sb / n, rr = srr / n - sr / n * sr / n, br = sbr / n - sb / n * sr / n;
  const double middle = 0.5 * (bb + rr), reach = std::hypot(0.5 * (bb - rr), br);
  return {std::sqrt(std::max(0.0, middle + reach)), std::sqrt(std::max(0.0, middle - reach))};
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
