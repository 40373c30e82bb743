// How a film moves in the gate.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_WEAVE_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_WEAVE_H_

#include <cstdint>

#include "worker/engine/image/image.h"

namespace interneg::simulation {

// Where a frame of a film lies beside its place: shifted right and down, turned about the picture's centre
// counter-clockwise.
struct GatePosition {
  double right_px = 0.0;
  double down_px = 0.0;
  double degrees = 0.0;
};

// Two passes of one film through two gates share nothing.
enum class GatePass { kFilm, kTelecine };

// A slow horizontal random walk (ρ .95, σ .075 % of the picture's height), a white vertical jump of the same σ and a
// rotation of σ .02°. Depends on its arguments alone: neighbouring frames are related without being drawn in order.
GatePosition WeaveAt(image::Size size, GatePass pass, std::uint64_t seed, int frame);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_WEAVE_H_
