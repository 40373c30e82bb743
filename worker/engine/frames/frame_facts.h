// What a file says of itself, and the metadata that travels from a source to its render.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_FRAME_FACTS_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_FRAME_FACTS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/color/default_space.h"
#include "worker/engine/frames/sample_encoding.h"
#include "worker/engine/image/image.h"

namespace interneg::frames {

struct Rational {
  int numerator = 0;
  int denominator = 1;
  friend bool operator==(const Rational&, const Rational&) = default;
};

// Kept as they are from source to render. SMPTE ST 12-1 (two words) and ST 254 / the EXR keyCode (seven numbers).
struct FrameMetadata {
  std::optional<std::array<std::uint32_t, 2>> timecode;
  std::optional<std::array<int, 7>> keycode;
  std::optional<Rational> frame_rate;  // frames per second
  std::string reel;                    // empty: none
  friend bool operator==(const FrameMetadata&, const FrameMetadata&) = default;
};

// "01:02:03:04" of a timecode; ';' before the frames for drop-frame.
std::string TimecodeText(const std::array<std::uint32_t, 2>& timecode);

// The format of a frame that a movie holds.
inline constexpr char kMovieFormat[] = "movie";

struct FrameFacts {
  std::string format;                 // OIIO's name ("openexr", "dpx", "tiff", "png", "jpeg"), or kMovieFormat
  image::Size size;                   // of the display window: what Read returns
  image::Rectangle data_window;       // pixels present, relative to the display window's corner
  double pixel_aspect = 1.0;
  std::vector<std::string> channels;  // as the file names them
  SampleEncoding encoding = SampleEncoding::kUint8;
  int bit_depth = 8;
  std::string compression;            // as OIIO names it, of a movie its codec; may be empty
  std::optional<color::Chromaticities> chromaticities;
  std::string transfer;               // that the file itself states: OIIO's word (DPX), libav's (movies); may be empty
  FrameMetadata metadata;

  color::FileColorFacts ColorFacts() const;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_FRAME_FACTS_H_
