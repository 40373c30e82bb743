#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>

#include "worker/engine/model/dye_samples_torch.h"
#include "worker/engine/model/dye_system_torch.h"
#include "worker/engine/model/gram_torch.h"

namespace interneg::model {
namespace {

// How firmly the constants are held near those of the origin, an equation of that weight for every 10⁴ samples.
struct Held {
  DyeConstant constant;
  double firmness;
};
constexpr Held kHeld[] = {{kOverlap, 3}, {kStain, 10}, {kBlack, 3}, {kGamma, 3}, {kToChroma, .3}, {kOffset, 1}};
constexpr double kConstantShare = 1e-4, kGainShare = 1e-6;

// Where a tile's gains stand among all parameters.
struct LocalControls {
  std::int64_t first_column, columns, first_row, rows;
};

std::pair<std::int64_t, std::int64_t> Span(const at::Tensor& weights) {
  const at::Tensor used = (std::get<0>(weights.abs().max(0)) > 0).nonzero();
  const auto first = used.min().item<std::int64_t>();
  return {first, used.max().item<std::int64_t>() - first + 1};
}

LocalControls ControlsOf(const DyeTile& tile) {
  const auto [column, columns] = Span(tile.sample_across);
  const auto [row, rows] = Span(tile.sample_down);
  return {column, columns, row, rows};
}

struct LocalSystem {
  at::Tensor hessian, gradient;
  std::vector<std::int64_t> places;  // of its parameters among all
};

at::Tensor Differences(std::int64_t count) {
  at::Tensor d = at::zeros({count - 2, count}, at::kDouble);
  for (std::int64_t i = 0; i < count - 2; ++i) {
    d[i][i] = 1.0;
    d[i][i + 1] = -2.0;
    d[i][i + 2] = 1.0;
  }
  return d;
}

LocalSystem SystemOfTile(const DyeMap& map, const DyeTile& tile, double tolerance) {
  const DyeSamples samples = Evaluate(map, tile, Derivatives::kYes);
  const LocalControls local = ControlsOf(tile);
  const std::int64_t m = tile.down.samples, n = tile.across.samples, controls = local.rows * local.columns;
  const at::Tensor down = tile.sample_down.narrow(1, local.first_row, local.rows);
  const at::Tensor across = tile.sample_across.narrow(1, local.first_column, local.columns);
  // Of each sample, what each control value nearby weighs. [controls, m · n]
  const at::Tensor spread = (down.t().reshape({local.rows, 1, m, 1}) * across.t().reshape({1, local.columns, 1, n}))
                                .reshape({controls, m * n});
  const std::int64_t size = 3 * controls + kDyeConstants;
  LocalSystem system{at::zeros({size, size}, at::kDouble), at::zeros({size}, at::kDouble), {}};
  for (int o = 0; o < 2; ++o) {
    const at::Tensor slopes = samples.derivatives[o].flatten(1).to(at::kDouble);  // [3 + constants, m · n]
    std::vector<at::Tensor> parts;
    for (int dye = 0; dye < 3; ++dye) parts.push_back(spread * slopes.narrow(0, dye, 1));
    parts.push_back(slopes.narrow(0, 3, kDyeConstants));
    const at::Tensor jacobian = at::cat(parts);
    const at::Tensor miss = (samples.chroma[o] - tile.truth[o]).flatten().to(at::kDouble);
    const at::Tensor weight = tile.weight.flatten().to(at::kDouble) / (miss.square() + tolerance * tolerance).sqrt();
    AddGram(jacobian, weight, system.hessian);
    system.gradient += (jacobian * (weight * miss)).sum(1);
  }
  const auto all = static_cast<std::int64_t>(map.control_count());
  for (std::int64_t dye = 0; dye < 3; ++dye) {
    for (std::int64_t row = 0; row < local.rows; ++row) {
      for (std::int64_t column = 0; column < local.columns; ++column) {
        system.places.push_back(dye * all + (local.first_row + row) * map.columns + local.first_column + column);
      }
    }
  }
  for (std::int64_t constant = 0; constant < kDyeConstants; ++constant) system.places.push_back(3 * all + constant);
  return system;
}

}  // namespace

at::Tensor ParametersOf(const DyeMap& map) {
  std::vector<double> all = map.gain;
  const auto constants = ConstantsOf(map);
  all.insert(all.end(), constants.begin(), constants.end());
  return at::tensor(at::ArrayRef<double>(all));
}

DyeMap WithParameters(DyeMap map, const at::Tensor& parameters) {
  const std::span<const double> all{parameters.data_ptr<double>(), static_cast<std::size_t>(parameters.numel())};
  std::copy_n(all.begin(), map.gain.size(), map.gain.begin());
  SetConstants(map, all.subspan(map.gain.size()));
  Limit(map);
  return map;
}

HeldParameters HoldParameters(const DyeMap& origin, double roughness, double weight) {
  const auto controls = static_cast<std::int64_t>(origin.control_count());
  const at::Tensor across = Differences(origin.columns), down = Differences(origin.rows);
  const at::Tensor rough = at::kron(at::eye(origin.rows, at::kDouble), across.t().matmul(across)) +
                           at::kron(down.t().matmul(down), at::eye(origin.columns, at::kDouble));
  HeldParameters held{ParametersOf(origin),
                      at::zeros({3 * controls + kDyeConstants, 3 * controls + kDyeConstants}, at::kDouble)};
  for (std::int64_t dye = 0; dye < 3; ++dye) {
    held.penalty.narrow(0, dye * controls, controls).narrow(1, dye * controls, controls) +=
        (rough * roughness + at::eye(controls, at::kDouble) * kGainShare) * weight;
  }
  for (const auto& [constant, firmness] : kHeld) {
    held.penalty.diagonal().narrow(0, 3 * controls + constant.first, constant.count) +=
        firmness * kConstantShare * weight;
  }
  return held;
}

double WeightOf(std::span<const DyeTile> tiles) {
  double sum = 0;
  for (const DyeTile& tile : tiles) sum += tile.weight.sum(at::kDouble).item<double>();
  return sum;
}

double MissOf(const DyeMap& map, std::span<const DyeTile> tiles, double tolerance) {
  std::vector<double> misses(tiles.size());
  at::parallel_for(0, static_cast<std::int64_t>(tiles.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_gradients;
    for (std::int64_t i = begin; i < end; ++i) {
      const at::Tensor miss = (Evaluate(map, tiles[i], Derivatives::kNo).chroma - tiles[i].truth).to(at::kDouble);
      misses[i] = ((miss.square() + tolerance * tolerance).sqrt() * tiles[i].weight).sum().item<double>();
    }
  });
  double sum = 0;
  for (const double miss : misses) sum += miss;
  return sum;
}

// Tile by tile and added in their order, so that the sum is the same for any number of threads.
DyeSystem SystemOf(const DyeMap& map, std::span<const DyeTile> tiles, double tolerance) {
  std::vector<LocalSystem> locals(tiles.size());
  at::parallel_for(0, static_cast<std::int64_t>(tiles.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_gradients;
    for (std::int64_t i = begin; i < end; ++i) locals[i] = SystemOfTile(map, tiles[i], tolerance);
  });
  const auto size = static_cast<std::int64_t>(3 * map.control_count()) + kDyeConstants;
  DyeSystem system{at::zeros({size, size}, at::kDouble), at::zeros({size}, at::kDouble)};
  double* hessian = system.hessian.data_ptr<double>();
  double* gradient = system.gradient.data_ptr<double>();
  for (const LocalSystem& local : locals) {
    const double* h = local.hessian.data_ptr<double>();
    const double* g = local.gradient.data_ptr<double>();
    for (const std::int64_t row : local.places) {
      gradient[row] += *g++;
      for (const std::int64_t column : local.places) hessian[row * size + column] += *h++;
    }
  }
  return system;
}

}  // namespace interneg::model
