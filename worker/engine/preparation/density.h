// Code values of the training domain as light, and light as optical density.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_DENSITY_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_DENSITY_H_

#include <string_view>

namespace interneg::preparation {

// The curve between code and linear light. Immutable.
//   image::kTrainingLog: ACEScct (S-2016-001): linear = 2^(17.52 code − 9.72) above code .155251141552511, and
//     (code − .0729055341958355) / 10.5402377416545 below.
//   Every other space: gamma 2.4, mirrored about 0: linear = sign(code) |code|^2.4.
class Encoding {
 public:
  explicit Encoding(std::string_view color_space);
  double ToLinear(double code) const;
  double FromLinear(double linear) const;

 private:
  enum class Curve { kGamma24, kAcesCct } curve_;
};

// The darkest a print shows, 10^−2.4, and what is taken for the darkest of a scanned negative (its densest parts are
// the highlights, so that more is kept).
inline constexpr double kPrintFloor = 3.9810717055349725e-3;
inline constexpr double kNegativeFloor = 1e-4;
inline constexpr double kPrintBlack_density = 2.4;

// T = floor + (1 − floor) linear (the project's own faded-print recipe); D = −log10 max(T, 10^−6). Linear 1 has the
// density 0, linear 0 has −log10 floor; light above 1 has negative densities. DensityToLinear inverts it.
double LinearToDensity(double linear, double floor);
double DensityToLinear(double density, double floor);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_DENSITY_H_
