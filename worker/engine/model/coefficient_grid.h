// The bilateral grid of affine maps that a `grid` network predicts for one frame, before it is sliced.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_COEFFICIENT_GRID_H_
#define INTERNEG_WORKER_ENGINE_MODEL_COEFFICIENT_GRID_H_

#include <cstdint>
#include <memory>
#include <span>

#include "worker/engine/image/image.h"
#include "worker/engine/image/motion_field.h"

namespace interneg::model {

// Opaque, on the CPU, in the precision that it was computed in. Never changed; copies share it.
class CoefficientGrid {
 public:
  struct Implementation;

  explicit CoefficientGrid(std::shared_ptr<const Implementation> implementation);

  // Cells across and down: each stands for NetworkDescription::shrink pixels a side, from the frame's upper left on;
  // there may be a few beyond the right and lower edges.
  image::Size cells() const;
  const Implementation& implementation() const { return *implementation_; }

 private:
  std::shared_ptr<const Implementation> implementation_;
};

// How many of the grid's values are no finite numbers.
std::int64_t CountNotFinite(const CoefficientGrid& grid);

// A neighbouring frame's grid: where each cell of the frame in the middle lies in it, in cells, and what it counts for
// there (row-major, not negative).
struct MovedGrid {
  const CoefficientGrid& grid;
  const image::MotionField& motion;
  std::span<const float> weight;
};

// Cell by cell the weighted mean of the frame's own grid, which counts 1, and its neighbours', sampled between their
// cells where the motion leads. Computed in float32; the sums do not depend on the number of threads. Throws
// std::invalid_argument for grids, motions or weights of different sizes.
CoefficientGrid Blended(const CoefficientGrid& middle, std::span<const MovedGrid> neighbours);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_COEFFICIENT_GRID_H_
