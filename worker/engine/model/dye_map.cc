#include "worker/engine/model/dye_map.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string>

namespace interneg::model {
namespace {

constexpr double kLeastDeterminant = 1e-2;

bool IsWithin(double value, double least, double most) {
  return value >= least && value <= most;  // and no NaN
}

std::string Short(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

void Require(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument("the map of dyes has " + what);
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
  if (values.size() != kDyeConstants) throw std::invalid_argument("SetConstants: another number of values");
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

void Limit(DyeMap& map) {
  for (double& gain : map.gain) gain = std::clamp(gain, -kMostGain, kMostGain);
  auto all = ConstantsOf(map);
  for (const DyeConstant& constant : kDyeConstantTable) {
    for (int i = 0; i < constant.count; ++i) {
      double& value = all[constant.first + i];
      value = std::clamp(value, constant.least, constant.most);
    }
  }
  SetConstants(map, all);
}

void RequireUsable(const DyeMap& map) {
  const auto is_count = [](int count) { return count >= 4 && count <= kMostDyeControls; };
  Require(is_count(map.columns) && is_count(map.rows),
          "not 4 to " + std::to_string(kMostDyeControls) + " control values along an axis");
  Require(map.gain.size() == 3 * map.control_count(), "another number of control values than it says");
  for (const double gain : map.gain)
    Require(IsWithin(gain, -kMostGain, kMostGain), "a gain beyond ±" + Short(kMostGain));
  const auto all = ConstantsOf(map);
  for (const DyeConstant& constant : kDyeConstantTable) {
    for (int i = 0; i < constant.count; ++i) {
      Require(IsWithin(all[constant.first + i], constant.least, constant.most),
              std::string("a ") + constant.name + " that is not between " + Short(constant.least) + " and " +
                  Short(constant.most));
    }
  }
  Inverse(AbsorptionsOf(map));
}

}  // namespace interneg::model
