#include "worker/engine/inference/render_shape.h"

#include <algorithm>

#include "worker/engine/inference/grid_smoothing.h"
#include "worker/engine/model/correction_graph.h"

namespace interneg::inference {
namespace {

// A pixel's floats in frames that wait (original and exposure scale), and in the grids of the frames within reach and
// the smoothed one.
double SmoothingFloats(const model::NetworkDescription& network) {
  constexpr int kWaiting = 4 * kSmoothingRadius_frames, kGrids = 2 * kSmoothingRadius_frames + 2;
  const double cell_px = static_cast<double>(network.shrink) * network.shrink;
  return kWaiting + kGrids * network.bins * model::kSliceCoefficients / cell_px;
}

}  // namespace

RenderShape ShapeFor(const model::NetworkDescription& network, image::Size frame, std::int64_t memory_bytes, int cores,
                     Smoothing smoothing) {
  constexpr int kMostWriters = 8;
  const double pixels = static_cast<double>(frame.width_px) * frame.height_px;
  const double floats = pixels * sizeof(float), full_frame = pixels * model::BytesPerPixel(network);
  const auto memory = static_cast<double>(memory_bytes);
  const double before = kReadingFloats + (smoothing == Smoothing::kNone ? 0.0 : SmoothingFloats(network));
  const auto left = [&](int writers) { return memory - floats * (before + writers * kDeliveringFloats); };
  RenderShape shape;
  shape.writers = std::clamp(cores / 2, 1, kMostWriters);
  while (shape.writers > 1 && left(shape.writers) < full_frame) --shape.writers;
  shape.frames_in_flight = shape.writers + 2 + (smoothing == Smoothing::kNone ? 0 : kSmoothingRadius_frames);
  shape.compute_bytes = static_cast<std::int64_t>(std::max(left(shape.writers), memory / 4));
  return shape;
}

}  // namespace interneg::inference
