// A registered, full-size picture that looks as if it came off a video master.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_VIDEO_REFERENCE_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_VIDEO_REFERENCE_H_

#include <cstdint>

#include "worker/engine/image/image.h"

namespace interneg::simulation {

// One grade for a whole clip, drawn from the seed: saturation .9–1.1, gamma .95–1.05.
struct GradeShift {
  double saturation = 1.0;
  double gamma = 1.0;
};
GradeShift DrawGradeShift(std::uint64_t seed);

// R',G',B' display encoded, 0..1: saturation about BT.709 luma, then gamma; limited to 0..1 as a grading suite would.
// Throws std::invalid_argument without three planes.
image::Image Graded(const image::Image& clean, const GradeShift& grade);

struct VideoOptions {
  GradeShift grade;
  double luma_bandwidth = 0.75;    // of the picture's own Nyquist frequency, −3 dB
  double chroma_bandwidth = 0.25;  // the same, of the full-size picture
  double noise = 0.004;            // standard deviation of luma, of full scale; 0 for none
  double block_step = 0.0;         // quantiser of 8×8 DCT blocks, of full scale; 0 for none
  std::uint64_t seed = 1;
};

// `clean`: R',G',B' display encoded, 0..1 → the same size and framing: graded, band-limited, BT.601 Y'CbCr with 4:2:0
// chroma and 8-bit studio-range codes, back to R'G'B' by the same matrix, clamped to 0..1. `frame` moves the noise.
image::Image VideoReference(const image::Image& clean, const VideoOptions& options, int frame);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_VIDEO_REFERENCE_H_
