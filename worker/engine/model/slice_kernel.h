// The bilateral slice on the CPU, in stripes of rows that may be computed at once. Called by bilateral_slice.cc.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_SLICE_KERNEL_H_
#define INTERNEG_WORKER_ENGINE_MODEL_SLICE_KERNEL_H_

#include <cstddef>
#include <vector>

#include "worker/engine/model/slice_guide.h"

namespace interneg::model {

inline constexpr int kStripe_px = 32;  // rows a task; fixed, so that sums are grouped alike for any number of threads

// A position between two cells: index of the first and the second, and the share of the second.
struct Between {
  int first;
  int second;
  float share;
};
// Of a pixel's centre, between the centres of cells of `shrink` pixels a side.
Between BetweenCells(int pixel, int shrink, int cells);

// Of grids [n, gh, gw, bins · kSliceCoefficients] and pixels [n, planes, h, w].
struct SliceGeometry {
  int n, h, w, gh, gw, bins, shrink;
  std::vector<Between> columns;

  std::size_t cell_floats() const { return static_cast<std::size_t>(bins) * kSliceCoefficients; }
  std::size_t row_floats() const { return cell_floats() * gw; }
  int stripes() const { return (h + kStripe_px - 1) / kStripe_px; }
};

struct SliceCorner;  // of slice_kernel.cc

// Reads what it is made with, which must outlive it. Safe to use from several threads at once.
class SliceKernel {
 public:
  SliceKernel(const SliceGeometry& geometry, const float* grid, const float* z, const GuideValues& guide)
      : g_(geometry), grid_(grid), z_(z), guide_(guide) {}

  // Writes the stripe's rows of image n of out [n, 2, h, w].
  void Forward(int n, int stripe, float* out) const;

  // Adds to `grid_gradient`, the task's own CellRows(stripe) rows from FirstCellRow(stripe) on, and fills
  // `guide_gradient`.
  void Backward(int n, int stripe, const float* out_gradient, float* grid_gradient, GuideValues& guide_gradient) const;

  int FirstCellRow(int stripe) const;
  int CellRows(int stripe) const;

 private:
  std::size_t Plane() const { return static_cast<std::size_t>(g_.h) * g_.w; }
  std::size_t Offset(int n, int channels, int channel, int y, int x) const {
    return (static_cast<std::size_t>(n) * channels + channel) * Plane() + static_cast<std::size_t>(y) * g_.w + x;
  }
  void LoadRow(int n, const Between& rows, float* row) const;
  void Load(int n, int y, int x, int count, PixelBlock& block) const;
  void FindCorners(int x, int count, const PixelBlock& block, SliceCorner* corners) const;

  const SliceGeometry& g_;
  const float* grid_;
  const float* z_;
  const GuideValues& guide_;
};

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_SLICE_KERNEL_H_
