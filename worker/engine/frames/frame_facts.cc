#include "worker/engine/frames/frame_facts.h"

#include <cstdio>

namespace interneg::frames {

// SMPTE ST 12-1 as OpenEXR packs it: frames in bits 0–5 (units 0–3, tens 4–5), drop-frame in bit 6, seconds in 8–14,
// minutes in 16–22, hours in 24–29; binary-coded decimals.
std::string TimecodeText(const std::array<std::uint32_t, 2>& timecode) {
  const std::uint32_t word = timecode[0];
  const auto decimal = [word](int low, std::uint32_t tens_mask) {
    return ((word >> low) & 0xF) + 10 * ((word >> (low + 4)) & tens_mask);
  };
  char text[16];
  std::snprintf(text, sizeof text, "%02u:%02u:%02u%c%02u", decimal(24, 0x3), decimal(16, 0x7), decimal(8, 0x7),
                (word >> 6) & 1 ? ';' : ':', decimal(0, 0x3));
  return text;
}

color::FileColorFacts FrameFacts::ColorFacts() const {
  const bool is_float = encoding == SampleEncoding::kHalf || encoding == SampleEncoding::kFloat;
  return {format, is_float ? color::SampleKind::kFloat : color::SampleKind::kInteger, chromaticities, transfer};
}

}  // namespace interneg::frames
