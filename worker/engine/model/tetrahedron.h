// Where a colour lies between the nodes of a cube; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_TETRAHEDRON_H_
#define INTERNEG_WORKER_ENGINE_MODEL_TETRAHEDRON_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace interneg::model {

// The tetrahedron of a cell around a colour: its corners on the way from the cell's lowest node to its highest, first
// along the axis on which the colour has gone furthest. Bits 0, 1, 2 of a corner are a step on the red, green and blue
// axis, so that the step from corner i to a later corner j is `corner[i] ^ corner[j]`, one of seven.
struct Tetrahedron {
  std::size_t lowest = 0;  // the cell's lowest node
  std::array<unsigned, 4> corner{0, 0, 0, 7};
  std::array<double, 4> weight{};  // sum to 1
};

// The distance in nodes of a step, in a cube with `size` nodes an edge.
inline std::size_t Step(unsigned corner, std::size_t size) {
  return (corner & 1U) + size * ((corner >> 1U) & 1U) + size * size * (corner >> 2U);
}

// `color`: 0..1 along each axis; limited to that. A NaN counts as 0.
inline Tetrahedron Locate(const std::array<double, 3>& color, int size) {
  std::array<double, 3> part{};
  Tetrahedron found;
  std::size_t stride = 1;
  for (int c = 0; c < 3; ++c, stride *= static_cast<std::size_t>(size)) {
    const double at = color[c] > 0.0 ? std::min(color[c], 1.0) * (size - 1) : 0.0;
    const int cell = std::min(static_cast<int>(at), size - 2);
    part[c] = at - cell;
    found.lowest += stride * static_cast<std::size_t>(cell);
  }
  std::array<unsigned, 3> axis{0, 1, 2};
  if (part[axis[0]] < part[axis[1]]) std::swap(axis[0], axis[1]);
  if (part[axis[1]] < part[axis[2]]) std::swap(axis[1], axis[2]);
  if (part[axis[0]] < part[axis[1]]) std::swap(axis[0], axis[1]);
  found.corner[1] = 1U << axis[0];
  found.corner[2] = found.corner[1] | 1U << axis[1];
  found.weight = {1.0 - part[axis[0]], part[axis[0]] - part[axis[1]], part[axis[1]] - part[axis[2]], part[axis[2]]};
  return found;
}

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_TETRAHEDRON_H_
