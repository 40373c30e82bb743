#include "worker/engine/simulation/grain.h"

#include <opencv2/imgproc.hpp>

namespace interneg::simulation {

cv::RNG Generator(std::uint64_t seed, std::uint64_t stream, std::uint64_t frame) {
  // splitmix64 (Vigna 2015) over the three, so that neighbouring frames and streams share nothing.
  std::uint64_t state = seed;
  for (const std::uint64_t part : {stream, frame}) {
    state += 0x9E3779B97F4A7C15ULL + part * 0xD1B54A32D192ED03ULL;
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9ULL;
    state = (state ^ (state >> 27)) * 0x94D049BB133111EBULL;
    state ^= state >> 31;
  }
  return cv::RNG(state);
}

std::array<cv::Mat1f, 3> SmoothFields(image::Size size, std::uint64_t seed) {
  std::array<cv::Mat1f, 3> fields;
  for (int dye = 0; dye < 3; ++dye) {
    cv::RNG random = Generator(seed, 100 + static_cast<std::uint64_t>(dye), 0);
    cv::Mat1f coarse(5, 6);
    random.fill(coarse, cv::RNG::UNIFORM, -1.0, 1.0);
    coarse -= cv::mean(coarse)[0];
    cv::resize(coarse, fields[dye], cv::Size(size.width_px, size.height_px), 0, 0, cv::INTER_CUBIC);
    fields[dye] = cv::max(cv::min(1.0F + 0.2F * fields[dye], 1.25F), 0.75F);
  }
  return fields;
}

cv::Mat1f GrainField(image::Size size, cv::RNG& random) {
  constexpr double kBlurPx = 0.7;
  cv::Mat1f noise(size.height_px, size.width_px);
  random.fill(noise, cv::RNG::NORMAL, 0.0, 1.0);
  cv::GaussianBlur(noise, noise, cv::Size(7, 7), kBlurPx, kBlurPx, cv::BORDER_REFLECT);
  // What the blur leaves of unit variance: the sum of the squared weights of the separable kernel, squared again.
  const cv::Mat1d kernel = cv::getGaussianKernel(7, kBlurPx, CV_64F);
  noise *= static_cast<float>(1.0 / kernel.dot(kernel));
  return noise;
}

double DensitySigma(GrainGauge gauge) {
  switch (gauge) {
    case GrainGauge::kNone: return 0.0;
    case GrainGauge::k35mm: return 0.024;
    case GrainGauge::k16mm: return 0.051;
  }
  return 0.0;
}

}  // namespace interneg::simulation
