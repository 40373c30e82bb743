// How a movie's samples are to be read where its tags are wrong or missing.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_OVERRIDES_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_OVERRIDES_H_

#include <optional>
#include <string_view>

#include "worker/engine/image/ycbcr.h"

namespace interneg::frames {

// Which codes stand for black and white. ITU-T H.273 §8.3 (VideoFullRangeFlag), for n bits:
//   kLimited  Y' (or R', G', B') = (code − 16·2^(n−8)) / (219·2^(n−8)),  Cb, Cr = (code − 2^(n−1)) / (224·2^(n−8))
//   kFull     Y' (or R', G', B') = code / (2^n − 1),                     Cb, Cr = (code − 2^(n−1)) / (2^n − 1)
enum class SampleRange { kLimited, kFull };

std::string_view NameOf(SampleRange range);           // "limited", "full"
SampleRange ParseSampleRange(std::string_view name);  // throws std::invalid_argument that lists the two

// What is set wins over the movie's tags; what is not set is taken from them, and guessed where they are silent.
struct MovieOverrides {
  std::optional<image::YCbCrMatrix> matrix;
  std::optional<SampleRange> range;
  friend bool operator==(const MovieOverrides&, const MovieOverrides&) = default;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_OVERRIDES_H_
