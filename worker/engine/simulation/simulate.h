// What `interneg-engine simulate fade` and `simulate scene` do, as plain functions.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_SIMULATE_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_SIMULATE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "worker/engine/frames/frame_range.h"
#include "worker/engine/frames/roots.h"
#include "worker/engine/image/image.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::simulation {

// Called after each frame, from the calling thread: frames done, frames in all.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

// simulate fade --input 'clean/f.%04d.png' --range 1001-1049 --output-dir DIR --retention severe --uneven
//               --grain 16mm --seed 1
struct SimulateFadeOptions {
  frames::Location input;          // a FramePattern; display-encoded frames (PNG, TIFF, JPEG …), taken as they are
  frames::FrameRange range;        // empty: every frame present
  frames::Location output_folder;  // DIR
  FadeOptions fade;
  double video_noise = 0.004;
};

// Writes DIR/faded, DIR/reference (the clean frames), DIR/video (the registered video-like reference) and DIR/truth as
// 16-bit PNG, named f.NNNN.png. Returns the number of frames. Throws frames::FrameError before writing anything when
// frames are missing.
std::size_t SimulateFade(const frames::Roots& roots, const SimulateFadeOptions& options, const Progress& progress);

// simulate scene --output-dir DIR --size 640x360 --range 1001-1049
struct SimulateSceneOptions {
  frames::Location output_folder;
  image::Size size{640, 360};
  frames::FrameRange range;
};

// Writes DIR/f.NNNN.png (16 bit), one a frame of the range; the first is the scene's frame 0.
std::size_t SimulateScene(const frames::Roots& roots, const SimulateSceneOptions& options, const Progress& progress);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_SIMULATE_H_
