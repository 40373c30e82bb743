#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "worker/engine/frames/frame_range.h"

// Whatever parses prints to something that parses to the same frames; nothing else than FrameRangeError is thrown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using interneg::frames::FrameRange;
  try {
    const auto range = FrameRange::Parse({reinterpret_cast<const char*>(data), size});
    if (range.size() < 5000 && !(FrameRange::Parse(range.ToString()) == range)) std::abort();
  } catch (const interneg::frames::FrameRangeError&) {
  }
  return 0;
}
