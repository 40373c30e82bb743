// A real MPEG-2 coder and decoder, in memory (libavcodec); for this module's sources only.
//
// Coding is deterministic: one thread, plain integer transforms, no date and no program name in the stream.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_MPEG2_CODEC_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_MPEG2_CODEC_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/simulation/picture_420.h"

namespace interneg::simulation {

// Frames a second as a fraction.
struct FrameRate {
  int numerator = 25;
  int denominator = 1;
  friend bool operator==(const FrameRate&, const FrameRate&) = default;
};

// The shape that the raster is shown in.
enum class DisplayAspect { k4To3, k16To9 };

struct Mpeg2Settings {
  image::Size size{720, 576};
  FrameRate rate;  // one that MPEG-2 knows (ISO/IEC 13818-2 table 6-4)
  int bit_rate = 4'500'000;
  DisplayAspect aspect = DisplayAspect::k4To3;
};

// `pts` and `dts` count frames.
struct Mpeg2Packet {
  std::vector<std::uint8_t> bytes;
  std::int64_t pts = 0;
  std::int64_t dts = 0;
  bool is_key = false;
};

// Progressive frames, groups of 12 with two B pictures between references, BT.601 tags, bit rate averaged through the
// buffer of a DVD player. Throws std::invalid_argument for a size or rate that cannot be coded, std::runtime_error
// for what libavcodec refuses.
class Mpeg2Encoder {
 public:
  explicit Mpeg2Encoder(const Mpeg2Settings& settings);
  ~Mpeg2Encoder();
  std::vector<Mpeg2Packet> Encode(const Picture420& picture);
  std::vector<Mpeg2Packet> Finish();

 private:
  struct Coder;
  std::unique_ptr<Coder> coder_;
};

// Gives the pictures in the order they are shown. Throws std::runtime_error.
class Mpeg2Decoder {
 public:
  Mpeg2Decoder();
  ~Mpeg2Decoder();
  std::vector<Picture420> Decode(const Mpeg2Packet& packet);
  std::vector<Picture420> Finish();

 private:
  struct Coder;
  std::unique_ptr<Coder> coder_;
};

// The bytes of a `.mpg`, an MPEG-2 program stream of the packets in coding order. Throws std::runtime_error.
std::string ProgramStream(const Mpeg2Settings& settings, const std::vector<Mpeg2Packet>& packets);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_MPEG2_CODEC_H_
