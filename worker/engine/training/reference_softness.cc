#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "worker/engine/model/softness_torch.h"
#include "worker/engine/training/reference_softness_torch.h"

namespace interneg::training {
namespace {

constexpr std::int64_t kTile_px = 96;
constexpr std::size_t kTiles = 48;
constexpr std::int64_t kReachSharp_px = 16, kReachSoft_px = 8;
constexpr std::array kSigmas_px = {0.0, 0.5, 0.7071, 1.0, 1.4142, 2.0, 2.8284, 4.0};
constexpr double kWorthIt = 0.7;

// How one plane of one tile follows the reference's luma, by displacement.
struct Following {
  at::Tensor sharp;  // [1, 1, 33, 33]
  at::Tensor soft;   // [1, 1, 17, 17]
};

// Σ of both gradients' products for displacements up to `reach`. [1, 1, h, w] each.
at::Tensor Correlation(const at::Tensor& luma, const at::Tensor& plane, std::int64_t reach) {
  at::Tensor sum;
  for (const int dimension : {2, 3}) {
    const at::Tensor r = at::conv2d(plane.diff(1, dimension), luma.diff(1, dimension), {}, 1, at::IntArrayRef{reach});
    sum = sum.defined() ? sum + r : r;
  }
  return sum;
}

void AddTile(const SharpAndSoft& frame, std::int64_t y, std::int64_t x, std::vector<std::pair<double, Following>>& out) {
  const auto tile = [&](const at::Tensor& planes) { return planes.narrow(2, y, kTile_px).narrow(3, x, kTile_px); };
  // What is masked has no detail of the reference's own.
  if (frame.weight.defined() && tile(frame.weight).min().item<float>() <= 0.0F) return;
  const at::Tensor luma = tile(frame.luma);
  for (std::int64_t k = 0; k < frame.sharp.size(1); ++k) {
    Following following{Correlation(luma, tile(frame.sharp.narrow(1, k, 1)), kReachSharp_px),
                        Correlation(luma, tile(frame.soft.narrow(1, k, 1)), kReachSoft_px)};
    const double strength = following.soft.square().sum().item<double>();
    out.emplace_back(strength, std::move(following));
  }
}

std::vector<Following> StrongestTiles(const std::vector<SharpAndSoft>& frames) {
  std::vector<std::pair<double, Following>> tiles;
  for (const SharpAndSoft& frame : frames) {
    for (std::int64_t y = 0; y + kTile_px <= frame.sharp.size(2); y += kTile_px)
      for (std::int64_t x = 0; x + kTile_px <= frame.sharp.size(3); x += kTile_px) AddTile(frame, y, x, tiles);
  }
  std::stable_sort(tiles.begin(), tiles.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Following> best;
  for (std::size_t i = 0; i < std::min(kTiles, tiles.size()); ++i) best.push_back(std::move(tiles[i].second));
  return best;
}

// The share of each tile's correlation that is missed, so that no tile counts for more than another.
double Miss(const std::vector<Following>& tiles, const model::Softness& softness) {
  constexpr std::int64_t kBorder = kReachSharp_px - kReachSoft_px;
  double sum = 0;
  for (const Following& tile : tiles) {
    const at::Tensor r = model::Softened(tile.sharp, softness)
                             .narrow(2, kBorder, 2 * kReachSoft_px + 1)
                             .narrow(3, kBorder, 2 * kReachSoft_px + 1);
    const double own = r.square().sum().item<double>(), other = tile.soft.square().sum().item<double>();
    const double both = (r * tile.soft).sum().item<double>();
    sum += own > 0.0 && other > 0.0 ? 1.0 - both * both / (own * other) : 1.0;
  }
  return sum;
}

}  // namespace

model::Softness MeasureSoftness(const std::vector<SharpAndSoft>& frames) {
  const at::NoGradGuard no_gradients;
  const auto tiles = StrongestTiles(frames);
  const double sharp = Miss(tiles, {});
  model::Softness best;
  double least = sharp;
  const auto consider = [&](const model::Softness& softness) {
    const double miss = Miss(tiles, softness);
    if (miss < least) least = miss, best = softness;
  };
  for (const double sigma : kSigmas_px) consider({sigma, sigma});
  for (const double sigma : kSigmas_px) consider({sigma, best.y_px});
  for (const double sigma : kSigmas_px) consider({best.x_px, sigma});
  return least < kWorthIt * sharp ? best : model::Softness{};
}

}  // namespace interneg::training
