#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include <ATen/Parallel.h>

#include "worker/engine/model/gram_torch.h"

namespace interneg::model {
namespace {

constexpr std::int64_t kSide = 4;  // of a tile of products
constexpr std::int64_t kLanes = 8;
constexpr std::int64_t kChunk = 512;  // values of a row at a time, so that all rows of a chunk stay in the cache

using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));

// Rows filled up with zeros to whole tiles and lanes.
struct PaddedRows {
  PaddedRows(const double* from, std::int64_t k, std::int64_t n, std::int64_t stride)
      : count((k + kSide - 1) / kSide * kSide),
        length((n + kLanes - 1) / kLanes * kLanes),
        values(count * length, 0.0) {
    for (std::int64_t i = 0; i < k; ++i) std::copy_n(from + i * stride, n, values.begin() + i * length);
  }
  const double* row(std::int64_t i) const { return values.data() + i * length; }

  std::int64_t count, length;
  std::vector<double> values;
};

__attribute__((target_clones("avx512f", "avx2", "default"))) void Products(const double* a, const double* b,
                                                                           std::int64_t length, double* out) {
  Lanes sums[kSide][kSide] = {};
  for (std::int64_t p = 0; p < length; p += kLanes) {
    Lanes left[kSide], right[kSide];
    for (std::int64_t i = 0; i < kSide; ++i) {
      std::memcpy(&left[i], a + i * length + p, sizeof(Lanes));
      std::memcpy(&right[i], b + i * length + p, sizeof(Lanes));
    }
    for (std::int64_t i = 0; i < kSide; ++i) {
      for (std::int64_t j = 0; j < kSide; ++j) sums[i][j] += left[i] * right[j];
    }
  }
  for (std::int64_t i = 0; i < kSide; ++i) {
    for (std::int64_t j = 0; j < kSide; ++j) {
      double sum = 0;
      for (std::int64_t l = 0; l < kLanes; ++l) sum += sums[i][j][l];
      out[i * kSide + j] = sum;
    }
  }
}

}  // namespace

void AddGram(const at::Tensor& rows, const at::Tensor& weight, at::Tensor& sums) {
  TORCH_CHECK(rows.dim() == 2 && rows.is_contiguous() && sums.is_contiguous() && sums.size(0) == rows.size(0) &&
                  sums.size(1) == rows.size(0) && weight.numel() == rows.size(1),
              "AddGram: rows [k, n], a weight for each of n and sums [k, k] are needed");
  const at::Tensor weighted = rows * weight;
  const std::int64_t k = rows.size(0), n = rows.size(1);
  double* to = sums.data_ptr<double>();
  for (std::int64_t first = 0; first < n; first += kChunk) {
    const std::int64_t count = std::min(kChunk, n - first);
    const PaddedRows left(weighted.data_ptr<double>() + first, k, count, n),
        right(rows.data_ptr<double>() + first, k, count, n);
    at::parallel_for(0, left.count / kSide, 4, [&](std::int64_t begin, std::int64_t end) {
      double tile[kSide * kSide];
      for (std::int64_t i = begin * kSide; i < end * kSide; i += kSide) {
        for (std::int64_t j = 0; j <= i; j += kSide) {
          Products(left.row(i), right.row(j), left.length, tile);
          for (std::int64_t at = 0; at < kSide * kSide; ++at) {
            const std::int64_t row = i + at / kSide, column = j + at % kSide;
            if (row >= k || column > row) continue;
            to[row * k + column] += tile[at];
            if (column < row) to[column * k + row] += tile[at];
          }
        }
      }
    });
  }
}

}  // namespace interneg::model
