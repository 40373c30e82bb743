// A displacement field in the form that a document can hold: on a coarse grid, in whole fractions of a pixel.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_DISPLACEMENT_GRID_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_DISPLACEMENT_GRID_H_

#include <cstdint>
#include <vector>

#include "worker/engine/alignment/resample.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

// Nodes spread evenly over the picture, the outermost on the centres of its outermost pixels. Row-major, in 1/256 of a
// source pixel: the same shifts on every machine, whatever made them.
struct DisplacementGrid {
  int columns = 0;
  int rows = 0;
  std::vector<std::int32_t> dx;
  std::vector<std::int32_t> dy;
  friend bool operator==(const DisplacementGrid&, const DisplacementGrid&) = default;
};

// The field at nodes at most `spacing_px` apart, at least two each way. A field that was smoothed by a Gaussian of a
// deviation of the spacing or more loses next to nothing: it holds .7 % of what the grid cannot. Throws
// std::invalid_argument for a field whose numbers do not fit its size or a spacing below 1.
DisplacementGrid ToGrid(const DisplacementField& field, double spacing_px);

// Between nodes by cubic convolution (Keys, IEEE Trans. ASSP 29, 1981, a = −½), continued at the edges. Throws
// std::invalid_argument for a grid of fewer than two nodes a side, more nodes than pixels, whose numbers do not fit it,
// or with a shift beyond 64 pixels.
DisplacementField ToField(const DisplacementGrid& grid, image::Size size);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_DISPLACEMENT_GRID_H_
