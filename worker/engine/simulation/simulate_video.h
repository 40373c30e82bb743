// What `interneg-engine simulate video` does, as a plain function: the whole way from clean frames to a video copy.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_SIMULATE_VIDEO_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_SIMULATE_VIDEO_H_

#include <cstdint>
#include <optional>

#include "worker/engine/frames/frame_range.h"
#include "worker/engine/frames/roots.h"
#include "worker/engine/simulation/burned_in_text.h"
#include "worker/engine/simulation/mpeg2_codec.h"
#include "worker/engine/simulation/simulate.h"
#include "worker/engine/simulation/telecine.h"

namespace interneg::simulation {

enum class MovieFile { kNone, kMpg };

// simulate video --input 'clean/f.%04d.png' --range 1001-1049 --output-dir DIR --film-rate 24 --offset -1 --seed 1
struct SimulateVideoOptions {
  frames::Location input;                 // a FramePattern; display-encoded frames, taken as they are
  frames::FrameRange range;               // empty: every frame present; counted in ascending order
  frames::Location output_folder;         // DIR
  std::optional<frames::Location> faded;  // a FramePattern of the same frames, faded: asks for DIR/truth
  Mpeg2Settings video;
  FrameRate film_rate;  // of the input; what differs from the video's is made up for by repeating and dropping
  int offset = 0;       // frames that the video runs ahead of the film
  OverscanRange overscan;
  Weave weave = Weave::kSlow;
  BurnIn burned_in = BurnIn::kTimecode;
  double generation_loss_px = 0.0;  // GaussianLoss of the film that was scanned
  double noise = 0.004;             // of the scanned luma, of full scale
  MovieFile movie = MovieFile::kNone;
  std::uint64_t seed = 1;
};

// Each film frame is graded by DrawGradeShift(seed), loses GaussianLoss, is moved in its gate, cropped by the
// overscan and scanned to the raster; gets noise and text, is coded as MPEG-2 4:2:0 BT.601 (the matrix; primaries and
// curve stay those of the input) and decoded again. Writes
//   DIR/video/f.NNNN.png   the decoded frames, 16 bit, numbered from the first of the range
//   DIR/graded/f.NNNN.png  the clean frames with the grade: what a perfect reference of the same copy would be
//   DIR/truth/f.NNNN.png   with `faded`: the faded Y with the graded Cb, Cr (TruthForFile)
//   DIR/video.mpg          with MovieFile::kMpg
//   DIR/video.json         the truth: rates, grade, overscan, and for each video frame its number, the film frame that
//   it
//                          shows, whether it repeats the one before, the 3×3 transform film px → video px (row-major,
//                          pixel centres at whole numbers) and what text covers which pixels
// and returns the number of video frames. The same arguments give the same bytes on the same libavcodec. Throws
// frames::FrameError before writing anything when frames are missing, std::invalid_argument for options that cannot be
// met (also when no frame is left to show), std::runtime_error for what libav refuses.
std::size_t SimulateVideo(const frames::Roots& roots, const SimulateVideoOptions& options, const Progress& progress);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_SIMULATE_VIDEO_H_
