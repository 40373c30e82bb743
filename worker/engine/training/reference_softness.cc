#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include <ATen/Parallel.h>

#include "worker/engine/model/softness_torch.h"
#include "worker/engine/training/reference_softness_torch.h"

namespace interneg::training {
namespace {

constexpr std::int64_t kTile_px = 96;
constexpr std::size_t kTilesOfAFrame = 24, kStrongest = 48;
constexpr std::int64_t kReachSharp_px = 16, kReachSoft_px = 8;
constexpr std::array kSigmas_px = {0.0, 0.5, 0.6, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0, 2.4, 2.8, 3.4, 4.0};

// How one plane of one tile follows the reference's luma, by displacement.
struct Following {
  at::Tensor sharp;  // [1, 1, 33, 33]
  at::Tensor soft;   // [1, 1, 17, 17]
};

using Lanes = float __attribute__((vector_size(8 * sizeof(float))));

__attribute__((target_clones("avx512f", "avx2", "default"))) float Dot(const float* a, const float* b,
                                                                       std::int64_t count) {
  constexpr std::int64_t kLanes = 8;
  Lanes sums{};
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Lanes left, right;
    std::memcpy(&left, a + i, sizeof(left));
    std::memcpy(&right, b + i, sizeof(right));
    sums += left * right;
  }
  float sum = 0;
  for (std::int64_t lane = 0; lane < kLanes; ++lane) sum += sums[lane];
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

// Σ of two planes' products [1, 1, h, w] for displacements up to `reach` of the first, which is 0 beyond its edges; as
// conv2d, which takes ten times as long for so large a kernel.
at::Tensor Products(const at::Tensor& plane, const at::Tensor& other, std::int64_t reach) {
  const at::Tensor padded = at::constant_pad_nd(plane, {reach, reach, reach, reach}).contiguous();
  const at::Tensor whole = other.contiguous();
  const std::int64_t h = whole.size(2), w = whole.size(3), stride = padded.size(3), count = 2 * reach + 1;
  at::Tensor out = at::zeros({1, 1, count, count}, plane.options());
  const float* a = padded.data_ptr<float>();
  const float* b = whole.data_ptr<float>();
  float* to = out.data_ptr<float>();
  at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      for (std::int64_t y = 0; y < h; ++y) {
        for (std::int64_t j = 0; j < count; ++j) to[i * count + j] += Dot(a + (y + i) * stride + j, b + y * w, w);
      }
    }
  });
  return out;
}

// Σ of both gradients' products for displacements up to `reach`. [1, 1, h, w] each. `trusted`: 0 or 1, of the luma's
// gradients.
at::Tensor Correlation(const at::Tensor& luma, const at::Tensor& trusted, const at::Tensor& plane, std::int64_t reach) {
  at::Tensor sum;
  for (const int dimension : {2, 3}) {
    at::Tensor gradient = luma.diff(1, dimension);
    if (trusted.defined()) gradient = gradient * trusted.narrow(dimension, 0, gradient.size(dimension));
    const at::Tensor r = Products(plane.diff(1, dimension), gradient, reach);
    sum = sum.defined() ? sum + r : r;
  }
  return sum;
}

// 1 where all that a correlation compares with a pixel is trusted.
at::Tensor WellTrusted(const at::Tensor& weight) {
  constexpr std::int64_t kAround_px = 2 * kReachSoft_px + 1;
  constexpr double kTrusted = 0.5;
  const at::Tensor doubtful = (weight < kTrusted).to(at::kFloat);
  return 1.0 - at::max_pool2d(doubtful, kAround_px, 1, kReachSoft_px);
}

double Detail(const SharpAndSoft& tile, const at::Tensor& planes) {
  double sum = 0;
  for (const int dimension : {2, 3}) {
    const at::Tensor gradient = planes.diff(1, dimension);
    const auto count = gradient.size(dimension);
    sum += (tile.weight.defined() ? gradient * tile.weight.narrow(dimension, 0, count) : gradient)
               .square()
               .mean()
               .item<double>();
  }
  return sum;
}

SharpAndSoft TileAt(const SharpAndSoft& frame, std::int64_t y, std::int64_t x) {
  const auto cut = [&](const at::Tensor& planes) {
    return planes.defined() ? planes.narrow(2, y, kTile_px).narrow(3, x, kTile_px) : planes;
  };
  return {cut(frame.luma), cut(frame.sharp), cut(frame.soft), cut(frame.weight)};
}

std::vector<Following> Strongest(const std::vector<SharpAndSoft>& tiles) {
  struct Plane {
    double strength;
    const SharpAndSoft* tile;
    std::int64_t k;
    at::Tensor soft;
  };
  std::vector<Plane> found;
  for (const SharpAndSoft& tile : tiles) {
    for (std::int64_t k = 0; k < tile.sharp.size(1); ++k) {
      const at::Tensor soft = Correlation(tile.luma, tile.weight, tile.soft.narrow(1, k, 1), kReachSoft_px);
      found.push_back({soft.square().sum().item<double>(), &tile, k, soft});
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.strength > b.strength; });
  found.resize(std::min(kStrongest, found.size()));
  std::vector<Following> best;
  for (const auto& [strength, tile, k, soft] : found)
    best.push_back({Correlation(tile->luma, tile->weight, tile->sharp.narrow(1, k, 1), kReachSharp_px), soft});
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

std::vector<SharpAndSoft> DetailedTiles(const SharpAndSoft& frame) {
  const at::NoGradGuard no_gradients;
  SharpAndSoft seen = frame;
  if (frame.weight.defined()) seen.weight = WellTrusted(frame.weight);
  std::vector<std::pair<double, SharpAndSoft>> tiles;
  for (std::int64_t y = 0; y + kTile_px <= frame.sharp.size(2); y += kTile_px) {
    for (std::int64_t x = 0; x + kTile_px <= frame.sharp.size(3); x += kTile_px) {
      auto tile = TileAt(seen, y, x);
      const double detail = Detail(tile, tile.luma) * Detail(tile, tile.sharp);
      if (detail > 0.0) tiles.emplace_back(detail, std::move(tile));
    }
  }
  std::stable_sort(tiles.begin(), tiles.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<SharpAndSoft> best;
  for (std::size_t i = 0; i < std::min(kTilesOfAFrame, tiles.size()); ++i) {
    const SharpAndSoft& tile = tiles[i].second;
    best.push_back({tile.luma.clone(), tile.sharp.clone(), tile.soft.clone(),
                    tile.weight.defined() ? tile.weight.clone() : tile.weight});
  }
  return best;
}

model::Softness MeasureSoftness(const std::vector<SharpAndSoft>& tiles_of_frames, double least_gain) {
  const at::NoGradGuard no_gradients;
  const auto tiles = Strongest(tiles_of_frames);
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
  return least < (1.0 - least_gain) * sharp ? best : model::Softness{};
}

}  // namespace interneg::training
