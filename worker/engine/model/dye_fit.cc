#include "worker/engine/model/dye_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>

#include <ATen/ATen.h>

#include "worker/engine/model/dye_system_torch.h"

namespace interneg::model {
namespace {

constexpr double kTolerance = 1e-3;  // of Cb and Cr, a quarter of a step of eight bits
constexpr double kBeyond_px = 1.5;
constexpr int kLongCells = 12, kShortCells = 8;  // of the gain, along the frame's sides
constexpr double kRoughness[] = {1e-4, 1e-5, 1e-6};
constexpr int kRounds = 6;            // for each roughness
constexpr double kStandstill = 1e-3;  // of the sum, that a round must gain for another to follow
constexpr int kTries = 6;             // of damping, in a round
constexpr double kSamplesEach = 16;   // for every parameter

DyeMap Unfaded(image::Size size, image::YCbCrMatrix matrix) {
  DyeMap map;
  map.matrix = matrix;
  map.overlap.fill(0.1);
  const auto [kr, kg, kb] = image::WeightsOf(matrix);
  const double b = 2.0 * (1.0 - kb), r = 2.0 * (1.0 - kr);
  map.to_chroma = {-kr / b, -kg / b, (1.0 - kb) / b, (1.0 - kr) / r, -kg / r, -kb / r};
  const bool wide = size.width_px >= size.height_px;
  map.columns = (wide ? kLongCells : kShortCells) + 3;
  map.rows = (wide ? kShortCells : kLongCells) + 3;
  map.gain.assign(3 * map.control_count(), 0.0);
  return map;
}

// Levenberg and Marquardt: steps that are shorter the less the last ones brought what they promised.
class Descent {
 public:
  Descent(std::span<const DyeTile> tiles, const DyeMap& origin, double roughness, double weight)
      : tiles_(tiles), held_(HoldParameters(origin, roughness, weight)) {}

  DyeMap From(DyeMap map) {
    double sum = SumOf(map);
    for (int round = 0; round < kRounds; ++round) {
      const double before = sum;
      if (!Improve(map, sum) || before - sum < kStandstill * before) break;
    }
    return map;
  }

 private:
  double SumOf(const DyeMap& map) const {
    const at::Tensor away = ParametersOf(map) - held_.origin;
    return MissOf(map, tiles_, kTolerance) + 0.5 * away.dot(held_.penalty.mv(away)).item<double>();
  }

  bool Improve(DyeMap& map, double& sum) {
    const DyeSystem system = SystemOf(map, tiles_, kTolerance);
    const at::Tensor own = ParametersOf(map);
    const at::Tensor hessian = system.hessian + held_.penalty;
    const at::Tensor gradient = system.gradient + held_.penalty.mv(own - held_.origin);
    for (int i = 0; i < kTries; ++i, damping_ *= 6) {
      const at::Tensor damped = hessian + at::diag(hessian.diagonal() * damping_ + 1e-9);
      // With no step to take, what comes is not finite, or singular in name only: Reached tells.
      const at::Tensor step = std::get<0>(at::linalg_solve_ex(damped, gradient));
      if (!at::isfinite(step).all().item<bool>()) continue;
      const DyeMap next = WithParameters(map, own - step);
      const double reached = Reached(next);
      if (!(reached < sum)) continue;
      map = next;
      sum = reached;
      damping_ = std::max(damping_ / 4, 1e-7);
      return true;
    }
    return false;
  }

  // Infinite where the dyes' absorptions have no inverse.
  double Reached(const DyeMap& map) const {
    try {
      RequireUsable(map);
    } catch (const std::invalid_argument&) {
      return std::numeric_limits<double>::infinity();
    }
    const double sum = SumOf(map);
    return std::isfinite(sum) ? sum : std::numeric_limits<double>::infinity();
  }

  std::span<const DyeTile> tiles_;
  const HeldParameters held_;
  double damping_ = 1e-2;
};

}  // namespace

std::vector<DyeMap> FitDyes(std::span<const FitFrame> frames, const Softness& softness, image::YCbCrMatrix matrix) {
  RequireOneSize(frames, "FitDyes");
  const DyeMap origin = Unfaded(frames.front().input->size(), matrix);
  const double beyond_px = softness.is_sharp() ? 0.0 : kBeyond_px;
  const auto tiles = DyeTiles(frames, softness, beyond_px, origin.columns, origin.rows, matrix);
  const double weight = WeightOf(tiles);
  std::vector<DyeMap> maps;
  if (weight < kSamplesEach * static_cast<double>(ParametersOf(origin).numel())) return maps;
  DyeMap map = origin;
  for (const double roughness : kRoughness) {
    map = Descent(tiles, map, roughness, weight).From(map);
    maps.push_back(map);
  }
  return maps;
}

}  // namespace interneg::model
