#include "worker/engine/model/dye_map.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace interneg::model {
namespace {

constexpr double kLeastDeterminant = 1e-2;

bool AllWithin(const auto& values, double least, double most) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v >= least && v <= most; });
}

double Determinant(const Matrix3& m) {
  return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
}

}  // namespace

std::vector<double> ConstantsOf(const DyeMap& map) {
  std::vector<double> all(map.overlap.begin(), map.overlap.end());
  all.insert(all.end(), map.stain.begin(), map.stain.end());
  all.push_back(map.black);
  all.insert(all.end(), map.gamma.begin(), map.gamma.end());
  all.insert(all.end(), map.to_chroma.begin(), map.to_chroma.end());
  all.insert(all.end(), map.offset.begin(), map.offset.end());
  return all;
}

void SetConstants(DyeMap& map, std::span<const double> values) {
  if (values.size() != kDyeConstants) throw std::invalid_argument("SetConstants: 21 values are needed");
  const auto* from = values.data();
  const auto take = [&](auto& to) {
    std::copy_n(from, to.size(), to.begin());
    from += to.size();
  };
  take(map.overlap);
  take(map.stain);
  map.black = *from++;
  take(map.gamma);
  take(map.to_chroma);
  take(map.offset);
}

Matrix3 AbsorptionsOf(const DyeMap& map) {
  const auto& k = map.overlap;
  return {1, k[0], k[1], k[2], 1, k[3], k[4], k[5], 1};
}

Matrix3 Inverse(const Matrix3& m) {
  const double d = Determinant(m);
  if (!(std::abs(d) >= kLeastDeterminant)) throw std::invalid_argument("the dyes' absorptions cannot be told apart");
  return {(m[4] * m[8] - m[5] * m[7]) / d, (m[2] * m[7] - m[1] * m[8]) / d, (m[1] * m[5] - m[2] * m[4]) / d,
          (m[5] * m[6] - m[3] * m[8]) / d, (m[0] * m[8] - m[2] * m[6]) / d, (m[2] * m[3] - m[0] * m[5]) / d,
          (m[3] * m[7] - m[4] * m[6]) / d, (m[1] * m[6] - m[0] * m[7]) / d, (m[0] * m[4] - m[1] * m[3]) / d};
}

double SplineWeight(double u) {
  const auto cube = [](double v) { return v > 0.0 ? v * v * v : 0.0; };
  return (cube(2.0 - std::abs(u)) - 4.0 * cube(1.0 - std::abs(u))) / 6.0;
}

void RequireUsable(const DyeMap& map) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(std::string("the map of dyes has ") + what);
  };
  require(map.columns >= 4 && map.columns <= kMostDyeControls && map.rows >= 4 && map.rows <= kMostDyeControls,
          "not 4 to 64 control values along an axis");
  require(map.gain.size() == 3 * map.control_count(), "another number of control values than it says");
  require(AllWithin(map.gain, -5.0, 5.0), "a gain beyond ±5");
  require(AllWithin(map.overlap, -5.0, 5.0), "an absorption beyond ±5");
  require(AllWithin(map.stain, -2.0, 2.0), "a stain beyond ±2");
  require(map.black >= 1.0 && map.black <= 4.0, "a black that is not between 1 and 4");
  require(AllWithin(map.gamma, 0.2, 5.0), "a gamma that is not between .2 and 5");
  require(AllWithin(map.to_chroma, -10.0, 10.0) && AllWithin(map.offset, -10.0, 10.0), "a coefficient beyond ±10");
  Inverse(AbsorptionsOf(map));
}

}  // namespace interneg::model
