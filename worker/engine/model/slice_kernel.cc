#include "worker/engine/model/slice_kernel.h"

#include <algorithm>
#include <cmath>

namespace interneg::model {

// Where in a row's blended cells a pixel reads: the lower bin of its left and right cell, and the shares.
struct SliceCorner {
  std::size_t left;
  std::size_t right;
  float across;  // share of the right cell
  float up;      // share of the upper bin
};

namespace {

// row = (1 − share) · a + share · b
__attribute__((target_clones("avx512f", "avx2", "default"))) void BlendRows(const float* a, const float* b, float share,
                                                                            std::size_t count, float* row) {
  for (std::size_t i = 0; i < count; ++i) row[i] = a[i] + share * (b[i] - a[i]);
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void SpreadRow(const float* row, float share,
                                                                            std::size_t count, float* a, float* b) {
  for (std::size_t i = 0; i < count; ++i) {
    a[i] += (1.0F - share) * row[i];
    b[i] += share * row[i];
  }
}

// Where a guide value lies between bins: the lower bin (at most bins − 2) and the share of the upper.
struct BinShare {
  int bin;
  float share;
};
inline BinShare BinOf(float guide, int bins) {
  const float at = (guide + 1.0F) * 0.5F * static_cast<float>(bins - 1);
  // Written so that a NaN lands in bin 0 and lives on in the share.
  const int bin = at > 0.0F ? static_cast<int>(std::min(at, static_cast<float>(bins - 2))) : 0;  // infinity has no int
  return {bin, at - static_cast<float>(bin)};
}

// A coefficient between the left and the right cell; from kSliceCoefficients on those of the upper bin. Inlined always, so
// that each clone that calls it makes its own vectors of it.
[[gnu::always_inline]] inline float Across(const float* row, const SliceCorner& at, int c) {
  const float left = row[at.left + c], right = row[at.right + c];
  return left + at.across * (right - left);
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void SliceBlock(const float* row,
                                                                             const SliceCorner* corners, int count,
                                                                             const PixelBlock& block, float* cb,
                                                                             float* cr) {
  for (int p = 0; p < count; ++p) {
    const SliceCorner& at = corners[p];
    float map[kSliceCoefficients];
    for (int c = 0; c < kSliceCoefficients; ++c) {
      const float low = Across(row, at, c), high = Across(row, at, c + kSliceCoefficients);
      map[c] = low + at.up * (high - low);
    }
    float sums[2] = {map[kSliceInputs], map[kSliceTerms + kSliceInputs]};
    for (int i = 0; i < kSliceInputs; ++i) {
      sums[0] += map[i] * block.z[i][p];
      sums[1] += map[kSliceTerms + i] * block.z[i][p];
    }
    cb[p] = sums[0];
    cr[p] = sums[1];
  }
}

// Adds to the row's gradients and writes each pixel's slope with respect to its upper bin's share.
__attribute__((target_clones("avx512f", "avx2", "default"))) void SpreadBlock(const float* row, float* row_gradient,
                                                                              const SliceCorner* corners, int count,
                                                                              const PixelBlock& block, const float* gcb,
                                                                              const float* gcr, float* slope) {
  for (int p = 0; p < count; ++p) {
    const SliceCorner& at = corners[p];
    float terms[kSliceCoefficients];
    for (int i = 0; i < kSliceInputs; ++i) {
      terms[i] = gcb[p] * block.z[i][p];
      terms[kSliceTerms + i] = gcr[p] * block.z[i][p];
    }
    terms[kSliceInputs] = gcb[p];
    terms[kSliceTerms + kSliceInputs] = gcr[p];
    const float ll = (1.0F - at.across) * (1.0F - at.up), lh = (1.0F - at.across) * at.up;
    const float rl = at.across * (1.0F - at.up), rh = at.across * at.up;
    float product[kSliceCoefficients];
    for (int c = 0; c < kSliceCoefficients; ++c) {
      const float low = Across(row, at, c), high = Across(row, at, c + kSliceCoefficients);
      product[c] = terms[c] * (high - low);
    }
    // Left and right may be one cell at the frame's border, so they are written one after the other.
    float *to_left = row_gradient + at.left, *to_right = row_gradient + at.right;
    for (int c = 0; c < kSliceCoefficients; ++c) to_left[c] += ll * terms[c];
    for (int c = 0; c < kSliceCoefficients; ++c) to_left[c + kSliceCoefficients] += lh * terms[c];
    for (int c = 0; c < kSliceCoefficients; ++c) to_right[c] += rl * terms[c];
    for (int c = 0; c < kSliceCoefficients; ++c) to_right[c + kSliceCoefficients] += rh * terms[c];
    float sum = 0;
    for (int c = 0; c < kSliceCoefficients; ++c) sum += product[c];
    slope[p] = sum;
  }
}

}  // namespace

Between BetweenCells(int pixel, int shrink, int cells) {
  const float at = (static_cast<float>(pixel) + 0.5F) / static_cast<float>(shrink) - 0.5F;
  const float below = std::floor(at);
  const int first = static_cast<int>(below);
  return {std::clamp(first, 0, cells - 1), std::clamp(first + 1, 0, cells - 1), at - below};
}

void SliceKernel::Forward(int n, int stripe, float* out) const {
  std::vector<float> row(g_.row_floats());
  PixelBlock block;
  SliceCorner corners[kBlock_px];
  for (int y = stripe * kStripe_px; y < std::min(g_.h, (stripe + 1) * kStripe_px); ++y) {
    LoadRow(n, BetweenCells(y, g_.shrink, g_.gh), row.data());
    for (int x = 0; x < g_.w; x += kBlock_px) {
      const int count = std::min(kBlock_px, g_.w - x);
      Load(n, y, x, count, block);
      FindCorners(x, count, block, corners);
      float* to = out + Offset(n, 2, 0, y, x);
      SliceBlock(row.data(), corners, count, block, to, to + Plane());
    }
  }
}

void SliceKernel::Backward(int n, int stripe, const float* out_gradient, float* grid_gradient,
                           GuideValues& guide_gradient) const {
  std::vector<float> row(g_.row_floats()), row_gradient(g_.row_floats());
  PixelBlock block;
  SliceCorner corners[kBlock_px];
  GuideSums guide_sums;
  const int first_row = FirstCellRow(stripe);
  for (int y = stripe * kStripe_px; y < std::min(g_.h, (stripe + 1) * kStripe_px); ++y) {
    const Between rows = BetweenCells(y, g_.shrink, g_.gh);
    LoadRow(n, rows, row.data());
    std::fill(row_gradient.begin(), row_gradient.end(), 0.0F);
    for (int x = 0; x < g_.w; x += kBlock_px) {
      const int count = std::min(kBlock_px, g_.w - x);
      Load(n, y, x, count, block);
      FindCorners(x, count, block, corners);
      float guide_slope[kBlock_px] = {};
      const float* from = out_gradient + Offset(n, 2, 0, y, x);
      SpreadBlock(row.data(), row_gradient.data(), corners, count, block, from, from + Plane(), guide_slope);
      for (int p = 0; p < count; ++p) {
        guide_slope[p] *= 0.5F * static_cast<float>(g_.bins - 1) * (1.0F - block.guide[p] * block.guide[p]);
      }
      AddGuideSlope(guide_, block, guide_slope, guide_sums);
    }
    SpreadRow(row_gradient.data(), rows.share, g_.row_floats(),
              grid_gradient + (rows.first - first_row) * g_.row_floats(),
              grid_gradient + (rows.second - first_row) * g_.row_floats());
  }
  guide_gradient = Reduced(guide_sums);
}

int SliceKernel::FirstCellRow(int stripe) const {
  return BetweenCells(stripe * kStripe_px, g_.shrink, g_.gh).first;
}

int SliceKernel::CellRows(int stripe) const {
  const int last = std::min(g_.h, (stripe + 1) * kStripe_px) - 1;
  return BetweenCells(last, g_.shrink, g_.gh).second - FirstCellRow(stripe) + 1;
}

void SliceKernel::LoadRow(int n, const Between& rows, float* row) const {
  const float* image = grid_ + static_cast<std::size_t>(n) * g_.gh * g_.row_floats();
  BlendRows(image + rows.first * g_.row_floats(), image + rows.second * g_.row_floats(), rows.share, g_.row_floats(),
            row);
}

void SliceKernel::Load(int n, int y, int x, int count, PixelBlock& block) const {
  for (int i = 0; i < kSliceInputs; ++i) {
    const float* from = z_ + Offset(n, kSliceInputs, i, y, x);
    for (int p = 0; p < kBlock_px; ++p) block.z[i][p] = from[std::min(p, count - 1)];
  }
  EvaluateGuide(guide_, block);
  for (int p = 0; p < kBlock_px; ++p) block.guide[p] = std::tanh(block.guide[p]);
}

void SliceKernel::FindCorners(int x, int count, const PixelBlock& block, SliceCorner* corners) const {
  for (int p = 0; p < count; ++p) {
    const Between& cells = g_.columns[x + p];
    const BinShare bin = BinOf(block.guide[p], g_.bins);
    const std::size_t within = static_cast<std::size_t>(bin.bin) * kSliceCoefficients;
    corners[p] = {cells.first * g_.cell_floats() + within, cells.second * g_.cell_floats() + within, cells.share,
                  bin.share};
  }
}

}  // namespace interneg::model
