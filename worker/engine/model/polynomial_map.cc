#include "worker/engine/model/polynomial_map.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include <ATen/Parallel.h>

namespace interneg::model {
namespace {

// Float weights, contracted over the powers of y for one row: rows[p][c][k] is the coefficient of x^p · color_c.
struct RowWeights {
  float at[kMaxSpatialDegree + 1][kColorTerms][2] = {};
};

// Order of the spatial monomials: 1 | x, y | x², xy, y².
constexpr std::array<std::array<int, 2>, 6> kSpatialPowers = {{{0, 0}, {1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}}};

RowWeights ContractRow(const PolynomialMap& map, double y) {
  RowWeights row;
  double sums[kMaxSpatialDegree + 1][kColorTerms][2] = {};
  for (int s = 0; s < SpatialTerms(map.spatial_degree); ++s) {
    const auto [px, py] = kSpatialPowers[s];
    const double factor = py == 0 ? 1.0 : py == 1 ? y : y * y;
    for (int c = 0; c < kColorTerms; ++c) {
      for (int k = 0; k < 2; ++k) sums[px][c][k] += factor * map.weights[(s * kColorTerms + c) * 2 + k];
    }
  }
  for (int p = 0; p <= kMaxSpatialDegree; ++p) {
    for (int c = 0; c < kColorTerms; ++c) {
      for (int k = 0; k < 2; ++k) row.at[p][c][k] = static_cast<float>(sums[p][c][k]);
    }
  }
  return row;
}

constexpr int kBlock_px = 32;

struct Block {
  float v[3][kBlock_px];
  float x[kBlock_px];
  float out[2][kBlock_px];
};

// Fixed-size loops over a block, so that the compiler vectorises them and a pixel's result never depends on where
// its block begins.
__attribute__((target_clones("avx512f", "avx2", "default"))) void EvaluateBlock(const RowWeights& row, int degree,
                                                                                    Block& block) {
  float terms[kColorTerms][kBlock_px];
  float powers[3][kColorDegree + 1][kBlock_px];
  for (int i = 0; i < 3; ++i) {
    for (int p = 0; p < kBlock_px; ++p) powers[i][0][p] = 1.0F;
    for (int d = 1; d <= kColorDegree; ++d) {
      for (int p = 0; p < kBlock_px; ++p) powers[i][d][p] = powers[i][d - 1][p] * block.v[i][p];
    }
  }
  int t = 0;
  for (int i = 0; i <= kColorDegree; ++i) {
    for (int j = 0; i + j <= kColorDegree; ++j) {
      for (int k = 0; i + j + k <= kColorDegree; ++k, ++t) {
        for (int p = 0; p < kBlock_px; ++p) terms[t][p] = powers[0][i][p] * powers[1][j][p] * powers[2][k][p];
      }
    }
  }
  for (int k = 0; k < 2; ++k) {
    float sum[kBlock_px] = {};
    for (int d = degree; d >= 0; --d) {
      float part[kBlock_px] = {};
      for (int c = 0; c < kColorTerms; ++c) {
        for (int p = 0; p < kBlock_px; ++p) part[p] += row.at[d][c][k] * terms[c][p];
      }
      for (int p = 0; p < kBlock_px; ++p) sum[p] = sum[p] * block.x[p] + part[p];
    }
    for (int p = 0; p < kBlock_px; ++p) block.out[k][p] = sum[p];
  }
}

double Place(double index, int extent) {
  return (2.0 * index + 1.0) / extent - 1.0;
}

class Evaluator {
 public:
  Evaluator(const PolynomialMap& map, std::array<const float*, 3> in, const Window& window, const ChromaPlanes& out)
      : map_(map), in_(in), window_(window), out_(out) {
    for (int i = 0; i < 3; ++i) {
      low_[i] = static_cast<float>(map.low[i]);
      high_[i] = static_cast<float>(map.high[i]);
      scale_[i] = static_cast<float>(map.scale[i]);
      offset_[i] = static_cast<float>(map.offset[i]);
    }
  }

  void Row(int y) const {
    const RowWeights row = ContractRow(map_, Place(window_.y_px + y, window_.frame.height_px));
    const int width = window_.size.width_px;
    const std::size_t begin = static_cast<std::size_t>(y) * width;
    Block block = {};
    for (int x = 0; x < width; x += kBlock_px) {
      const int count = std::min(kBlock_px, width - x);
      for (int i = 0; i < 3; ++i) {
        const float* from = in_[i] + begin + x;
        for (int p = 0; p < count; ++p) block.v[i][p] = std::clamp(from[p], low_[i], high_[i]) * scale_[i] + offset_[i];
      }
      for (int p = 0; p < count; ++p) {
        block.x[p] = static_cast<float>(Place(window_.x_px + x + p, window_.frame.width_px));
      }
      EvaluateBlock(row, map_.spatial_degree, block);
      std::copy_n(block.out[0], count, out_.cb.data() + begin + x);
      std::copy_n(block.out[1], count, out_.cr.data() + begin + x);
    }
  }

 private:
  const PolynomialMap& map_;
  std::array<const float*, 3> in_;
  const Window& window_;
  const ChromaPlanes& out_;
  float low_[3], high_[3], scale_[3], offset_[3];
};

}  // namespace

void Apply(const PolynomialMap& map, std::span<const float> y, std::span<const float> cb, std::span<const float> cr,
           const Window& window, const ChromaPlanes& out) {
  const std::size_t pixels = static_cast<std::size_t>(window.size.width_px) * window.size.height_px;
  if (y.size() != pixels || cb.size() != pixels || cr.size() != pixels || out.cb.size() != pixels ||
      out.cr.size() != pixels) {
    throw std::invalid_argument("Apply: a plane has not the window's size");
  }
  const Evaluator evaluator(map, {y.data(), cb.data(), cr.data()}, window, out);
  at::parallel_for(0, window.size.height_px, 8, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) evaluator.Row(static_cast<int>(row));
  });
}

}  // namespace interneg::model
