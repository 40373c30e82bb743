// Colour by way of the dyes: from a faded print's Y, Cb, Cr and the place in the frame to the Cb, Cr that it had.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DYE_MAP_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DYE_MAP_H_

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "worker/engine/image/ycbcr.h"

namespace interneg::model {

// A print's density is the sum of what its three dyes absorb, and dyes that fade lose a share of their density, which
// may differ over the frame (Beer–Lambert; R. Gschwind and F. Frey, "Electronic imaging, a tool for the reconstruction
// of faded color photographs", J. Imaging Sci. Technol. 38(6), 1994). With v = R', G', B' of the source in
// [kLeastValue, 1] (display values: code values of a log encoding are no power of light), t₀ = 10^−black, K the dyes'
// absorptions (1 on its diagonal) and all but `gain` alike over the frame:
//   D = −lg(t₀ + (1 − t₀) v^2.4) − stain                what the scan shows, as density
//   D′ = K diag(exp g_k(x, y)) K⁻¹ D                    with every dye's amount multiplied
//   L = (10^−D′ − t₀) / (1 − t₀),  V_c = L_c^(gamma_c / 2.4)
//   Cb, Cr = to_chroma · V + offset
// L below kFloor goes on as kFloor · exp(L / kFloor − 1), with the same slope, so that it stays positive; D′ is limited
// to [kLeastDensity, kMostDensity]. gamma, to_chroma and offset also take up how the reference is graded.
//
// g_k is a tensor product of uniform cubic B-splines: with u = (x + 1) / 2 · (columns − 3) for x in [−1, 1] across the
// frame, the control value of column i weighs SplineWeight(u − i + 1); rows likewise. Places beyond the frame have the
// edge's.
struct DyeMap {
  image::YCbCrMatrix matrix = image::YCbCrMatrix::kBt709;  // of Y, Cb, Cr
  std::array<double, 6> overlap{};                         // K's (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)
  std::array<double, 3> stain{};
  double black = 2.4;
  std::array<double, 3> gamma{1, 1, 1};
  std::array<double, 6> to_chroma{};  // row-major: Cb, Cr
  std::array<double, 2> offset{};
  int columns = 4;  // of control values, at least 4
  int rows = 4;
  std::vector<double> gain;  // [dye][row][column], natural logarithms

  static constexpr double kDecoding = 2.4;
  static constexpr double kLeastValue = 1e-6;  // of v: its logarithm is taken
  static constexpr double kFloor = 5e-4;
  static constexpr double kLeastDensity = -0.5;
  static constexpr double kMostDensity = 4.0;

  std::size_t control_count() const { return static_cast<std::size_t>(columns) * rows; }
};

inline constexpr int kMostDyeControls = 64;  // along an axis

// The numbers that are alike over the frame, in the order of this table: where each begins, how many there are and the
// range that a fit keeps them to. Black: above it the light that is left of the deepest density, kFloor · exp(L /
// kFloor − 1), is still a number in float32.
struct DyeConstant {
  const char* name;
  int first;
  int count;
  double least;
  double most;
};
inline constexpr DyeConstant kOverlap{"absorption", 0, 6, -5.0, 5.0};
inline constexpr DyeConstant kStain{"stain", 6, 3, -2.0, 2.0};
inline constexpr DyeConstant kBlack{"black", 9, 1, 1.5, 4.0};
inline constexpr DyeConstant kGamma{"gamma", 10, 3, 0.2, 5.0};
inline constexpr DyeConstant kToChroma{"weight of a channel", 13, 6, -10.0, 10.0};
inline constexpr DyeConstant kOffset{"offset", 19, 2, -10.0, 10.0};
inline constexpr std::array kDyeConstantTable = {kOverlap, kStain, kBlack, kGamma, kToChroma, kOffset};
inline constexpr int kDyeConstants = 21;
inline constexpr double kMostGain = 5.0;  // of a control value, either way

std::vector<double> ConstantsOf(const DyeMap& map);
// Sets them from kDyeConstants values.
void SetConstants(DyeMap& map, std::span<const double> values);

// K, and its inverse. Row-major.
using Matrix3 = std::array<double, 9>;
Matrix3 AbsorptionsOf(const DyeMap& map);
// Throws std::invalid_argument when it has none to speak of.
Matrix3 Inverse(const Matrix3& m);

// The uniform cubic B-spline: ((2 − |u|)₊³ − 4 (1 − |u|)₊³) / 6.
double SplineWeight(double u);

// Brings gains and constants into their ranges.
void Limit(DyeMap& map);

// Throws std::invalid_argument, saying what, unless the map can be computed everywhere: counts and sizes fit, K
// inverts, all is finite and in its range.
void RequireUsable(const DyeMap& map);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_DYE_MAP_H_
