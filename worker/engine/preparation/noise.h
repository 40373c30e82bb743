// How strong the grain is, measured on the picture; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_NOISE_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_NOISE_H_

#include <array>
#include <span>

#include "worker/engine/preparation/planes.h"

namespace interneg::preparation {

// Standard deviation of each channel's grain as a function of luma: grain in code values is strongest where the curve
// is steep, so that one figure for the whole picture would be wrong nearly everywhere.
struct Noise {
  static constexpr int kBins = 12;  // of equal width over luma 0..1
  std::array<std::array<double, kBins>, 3> sigma{};

  // A map of one channel, by the luma smoothed over 5×5; interpolated between the bins' middles. At least kLeast.
  cv::Mat1f MapOf(int channel, const cv::Mat1f& luma) const;
  static constexpr double kLeast = 1e-4;
};

// From differences to motion-compensated neighbours: per bin 1.4826 median|difference| / √2 (the median absolute
// deviation of a normal distribution), which things that moved otherwise do not disturb; but no more than 1.6 of the
// spatial estimate below. Without neighbours the spatial estimate: 1.6 of the 5 % quantile, over blocks of 8×8, of the
// rms of what a Gaussian of 1.2 pixels leaves. The flattest blocks only, as texture looks like grain; the factor is
// measured: it gives .88 of the true deviation of grain blurred by .7 pixel, on the safe side.
Noise MeasureNoise(const Planes& picture, std::span<const Planes> compensated);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_NOISE_H_
