// From film frames to a video raster: which frame, and where its pixels land. Both are the truth that matching and
// alignment are judged by.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_TELECINE_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_TELECINE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/simulation/mpeg2_codec.h"
#include "worker/engine/simulation/weave.h"

namespace interneg::simulation {

// One frame of the video: its place in it, counted from 0 as if nothing were missing, and the film frame that it shows.
struct ShownFrame {
  int index = 0;
  int source_index = 0;
  bool repeat = false;  // the film frame before it was the same
};

// Video frame i shows the film frame floor(i · film rate / video rate) + offset: a slower film is repeated, a faster
// one dropped. Those that the film does not have are left out. Throws std::invalid_argument for a rate that is not
// positive.
std::vector<ShownFrame> ShownFrames(int film_frames, FrameRate film, FrameRate video, int offset);

// The part of the film frame that the video shows, in pixels with edges at whole numbers.
struct Overscan {
  double left_px = 0.0, top_px = 0.0, width_px = 0.0, height_px = 0.0;
};

// Takes `share` of the width and of the height away when it is given, else 3–6 % of each, drawn from the seed; 35–65 %
// of that on the left and at the top. Throws std::invalid_argument unless least and most lie in [0, .5) in order.
struct OverscanRange {
  double least = 0.03;
  double most = 0.06;
};
Overscan DrawOverscan(image::Size film, OverscanRange range, std::uint64_t seed);

// Rows of a 3×3 matrix, film pixel → video pixel, (x, y, 1) columns, pixel centres at whole numbers in both.
using Transform = std::array<std::array<double, 3>, 3>;

// The film frame moved by its gate about its centre, then the overscan spread over the raster.
Transform ScanTransform(image::Size film, const Overscan& overscan, const GatePosition& gate, image::Size raster);

// Every plane, resampled once by a Lanczos kernel of 3 lobes, widened where the raster is coarser than the film
// (Duchon 1979); beyond the edges the film is mirrored. Places are exact: OpenCV's warp would round them to 1/32 px,
// a third of what an alignment is allowed to be wrong by. `transform` is nearly an axis-parallel scaling, as
// ScanTransform's are; the kernel is not turned. Values may leave their range by what the kernel overshoots.
image::Image Scan(const image::Image& film, const Transform& transform, image::Size raster);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_TELECINE_H_
