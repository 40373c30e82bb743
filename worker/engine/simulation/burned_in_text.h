// Lines of text that a video copy carries in its picture.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_BURNED_IN_TEXT_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_BURNED_IN_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/simulation/mpeg2_codec.h"

namespace interneg::simulation {

enum class BurnIn { kNone, kTimecode, kSubtitles, kBoth };
BurnIn ParseBurnIn(std::string_view text);  // "none", "timecode", "subtitles", "both"; throws std::invalid_argument

// What was drawn, and the smallest rectangle that holds every pixel that it changed.
struct Overlay {
  std::string kind;  // "timecode", "subtitle"
  std::string text;
  image::Rectangle area;
};

// Draws into R',G',B' and returns what it drew. The timecode counts from 10:00:00:00 at the video's rate (no drop
// frames), white on a black box below the middle of the picture. Subtitles are white with a black edge above it, each
// for two seconds with one second between; which line comes is drawn from the seed.
std::vector<Overlay> BurnInText(image::Image& picture, BurnIn what, FrameRate rate, std::uint64_t seed,
                                int frame_index);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_BURNED_IN_TEXT_H_
