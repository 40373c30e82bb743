// Frames to align: of real clips where there are any, drawn ones elsewhere; and the MPEG-2 round trip of a broadcast.
#ifndef INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_CLIPS_H_
#define INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_CLIPS_H_

#include <string>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::benchmarks {

bool HasFfmpeg();

// Consecutive frames about one moment of a shot; the middle one is what is aligned.
struct Moment {
  std::string name;
  std::vector<image::Image> frames;
  const image::Image& middle() const { return frames[frames.size() / 2]; }
};

// A few moments of each clip below FOLDER/clips; the drawn scene's when `data` is empty or a clip is not there.
std::vector<Moment> Moments(const std::string& data);

// One frame of two real transfers of one shot (the SOURCES' spatial pair); empty when they are not there.
std::vector<image::Image> RealPair(const std::string& data, int frame);

// The frames encoded as one short MPEG-2 shot at 4.5 Mb/s and decoded; without the ffmpeg program, quantised in blocks.
std::vector<image::Image> Mpeg2(const std::vector<image::Image>& frames);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_ALIGNMENT_CLIPS_H_
