// Smooth fields and grain, for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_GRAIN_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_GRAIN_H_

#include <array>
#include <cstdint>

#include <opencv2/core.hpp>

#include "worker/engine/image/image.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::simulation {

// A generator that depends on its arguments alone and is the same on every machine.
cv::RNG Generator(std::uint64_t seed, std::uint64_t stream, std::uint64_t frame);

// One factor a pixel for each of three dyes, within about .8–1.2 and 1 on the mean, varying over a third of the frame.
std::array<cv::Mat1f, 3> SmoothFields(image::Size size, std::uint64_t seed);

// Unit-variance noise, blurred by .7 px as dye clouds spread.
cv::Mat1f GrainField(image::Size size, cv::RNG& random);

// RMS granularity of a gauge at 2K: σ in density through a scanning aperture of one pixel; 0 for none.
double DensitySigma(GrainGauge gauge);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_GRAIN_H_
