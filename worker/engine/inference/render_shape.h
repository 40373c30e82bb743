// How many frames a render has in hand at a time, from the memory that it may take.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_RENDER_SHAPE_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_RENDER_SHAPE_H_

#include <cstdint>

#include "worker/engine/image/image.h"
#include "worker/engine/model/network_description.h"

namespace interneg::inference {

// Pixels never depend on it.
struct RenderShape {
  int writers = 1;                 // threads that deliver, write and prove, a frame each
  int frames_in_flight = 3;        // read and not yet written: one being read, one being computed, one for each writer
  std::int64_t compute_bytes = 0;  // what one frame's computation may take
};

// What a pixel of a frame takes outside its computation, in floats: while it is read (the file's samples, these in the
// training domain and the exposure scale), and while it is delivered and proven (original and composition, the pixels
// delivered, a second read on its way into the training domain, the encoder's and the file's bytes).
inline constexpr int kReadingFloats = 10;
inline constexpr int kDeliveringFloats = 20;

// Whether frames wait in memory for those after them, with the grids of all within reach (grid_smoothing.h).
enum class Smoothing { kNone, kOverFrames };

// A writer for every two cores, for half of delivering a frame is done by several threads already; fewer where
// `memory_bytes` would not leave the computation a full frame (one always stays, and at least a quarter of the memory
// for the computation, which can go on in tiles). Pure.
RenderShape ShapeFor(const model::NetworkDescription& network, image::Size frame, std::int64_t memory_bytes, int cores,
                     Smoothing smoothing = Smoothing::kNone);

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_RENDER_SHAPE_H_
