// The time that 10,000 frames against 10,000 take.
#ifndef INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_SPEED_H_
#define INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_SPEED_H_

#include <cstdint>

namespace interneg::benchmarks {

inline constexpr double kMostSeconds = 120.0;

// Drawn thumbnails: shots of `shot_frames` frames on average, each a still background before which blobs wander, cropped,
// regraded and with new noise on the reference side, whose shots stand in another order. Prints seconds and the share of
// the frames that can be told from their neighbours (kDistinguishable) that are matched exactly; returns the seconds.
double MeasureSpeed(int frames, int shot_frames, std::uint64_t seed);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_FRAME_MATCHING_SPEED_H_
