#include "worker/engine/matching/products_opencv.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/core/hal/intrin.hpp>

namespace interneg::matching {
namespace {

constexpr int kLanes = 4;

// Two rows of a against four of b at a time: eight running sums stay in registers.
void Tile(const float* const a[2], const float* const b[4], int length, float out[2][4]) {
  cv::v_float32x4 sum[2][4];
  for (auto& row : sum) {
    for (auto& v : row) v = cv::v_setall_f32(0.0F);
  }
  int k = 0;
  for (; k + kLanes <= length; k += kLanes) {
    const cv::v_float32x4 a0 = cv::v_load(a[0] + k), a1 = cv::v_load(a[1] + k);
    for (int j = 0; j < 4; ++j) {
      const cv::v_float32x4 v = cv::v_load(b[j] + k);
      sum[0][j] = cv::v_muladd(a0, v, sum[0][j]);
      sum[1][j] = cv::v_muladd(a1, v, sum[1][j]);
    }
  }
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 4; ++j) {
      out[i][j] = cv::v_reduce_sum(sum[i][j]);
      for (int rest = k; rest < length; ++rest) out[i][j] += a[i][rest] * b[j][rest];
    }
  }
}

// In four sums, so that none waits for the one before.
double PartialProduct(const double* a, const double* b, int length) {
  double sum[4] = {};
  int k = 0;
  for (; k + 4 <= length; k += 4) {
    for (int v = 0; v < 4; ++v) sum[v] += a[k + v] * b[k + v];
  }
  for (; k < length; ++k) sum[0] += a[k] * b[k];
  return sum[0] + sum[1] + sum[2] + sum[3];
}

}  // namespace

cv::Mat1f RowProducts(const cv::Mat1f& a, const cv::Mat1f& b) {
  CV_Assert(a.cols == b.cols);
  cv::Mat1f out(a.rows, b.rows);
  constexpr int kStrip = 64;  // rows of b that stay in the cache while all of a passes
  for (int strip = 0; strip < b.rows; strip += kStrip) {
    const int strip_end = std::min(b.rows, strip + kStrip);
    for (int i = 0; i < a.rows; i += 2) {
      const float* const rows_a[2] = {a[i], a[std::min(i + 1, a.rows - 1)]};
      for (int j = strip; j < strip_end; j += 4) {
        const float* rows_b[4];
        for (int k = 0; k < 4; ++k) rows_b[k] = b[std::min(j + k, strip_end - 1)];
        float tile[2][4];
        Tile(rows_a, rows_b, a.cols, tile);
        for (int v = 0; v < 2 && i + v < a.rows; ++v) {
          for (int k = 0; k < 4 && j + k < strip_end; ++k) out(i + v, j + k) = tile[v][k];
        }
      }
    }
  }
  return out;
}

cv::Mat1f GramMatrix(const cv::Mat1f& rows) {
  cv::Mat1f out(rows.rows, rows.rows);
  constexpr int kBlock = 64;
  for (int first = 0; first < rows.rows; first += kBlock) {
    const int last = std::min(rows.rows, first + kBlock);
    RowProducts(rows.rowRange(first, rows.rows), rows.rowRange(first, last)).copyTo(out(cv::Range(first, rows.rows), cv::Range(first, last)));
  }
  cv::completeSymm(out, true);
  return out;
}

cv::Mat1f InOwnSpan(const cv::Mat1f& rows) {
  const int n = rows.rows;
  if (2 * n > rows.cols) return rows;
  constexpr double kInSpan = 1e-5;
  const cv::Mat1f gram = GramMatrix(rows);
  cv::Mat1d factor(n, n, 0.0);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j) {
      const double pivot = factor(j, j);
      if (pivot > 0.0) factor(i, j) = (gram(i, j) - PartialProduct(factor[i], factor[j], j)) / pivot;
    }
    const double left = gram(i, i) - PartialProduct(factor[i], factor[i], i);
    if (left > kInSpan * gram(i, i)) factor(i, i) = std::sqrt(left);
  }
  return cv::Mat1f(factor);
}

cv::Mat1f SquaredDistances(const cv::Mat1f& a, const cv::Mat1f& b) {
  cv::Mat1f out = RowProducts(a, b);
  std::vector<float> of_b(static_cast<std::size_t>(b.rows));
  for (int j = 0; j < b.rows; ++j) of_b[static_cast<std::size_t>(j)] = static_cast<float>(b.row(j).dot(b.row(j)));
  for (int i = 0; i < a.rows; ++i) {
    const auto of_a = static_cast<float>(a.row(i).dot(a.row(i)));
    float* row = out[i];
    for (int j = 0; j < b.rows; ++j) row[j] = std::max(0.0F, of_a + of_b[static_cast<std::size_t>(j)] - 2.0F * row[j]);
  }
  return out;
}

cv::Mat1f PrincipalDirections(const cv::Mat1f& rows, int most, double least_share) {
  cv::Mat1f values, vectors;
  cv::eigen(GramMatrix(rows), values, vectors);
  int count = 0;
  while (count < std::min(most, values.rows) && values(count) > 1e-6F && values(count) >= least_share * values(0)) ++count;
  if (count == 0) return cv::Mat1f(0, rows.cols);
  cv::Mat1f out = RowProducts(vectors.rowRange(0, count), rows.t());
  for (int k = 0; k < count; ++k) out.row(k) /= std::max(1e-9, cv::norm(out.row(k)));
  return out;
}

}  // namespace interneg::matching
