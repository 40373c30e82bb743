#include "worker/engine/frames/sample_encoding.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace interneg::frames {
namespace {

// Half of the spacing of a binary format with `digits` of significand (hidden one included) whose smallest normal
// number is 2^least; below it the spacing stays. From the bits of a finite value, for it is asked for every sample of
// every frame that is proven.
double HalfSpacing(float value, int digits, int least) {
  const int exponent = static_cast<int>(std::bit_cast<std::uint32_t>(value) >> 23 & 0xFFU) - 127;
  const int half = std::max(exponent, least) - digits;
  return std::bit_cast<double>(static_cast<std::uint64_t>(half + 1023) << 52);
}

}  // namespace

std::string_view NameOf(SampleEncoding encoding) {
  switch (encoding) {
    case SampleEncoding::kUint8: return "uint8";
    case SampleEncoding::kUint10: return "uint10";
    case SampleEncoding::kUint12: return "uint12";
    case SampleEncoding::kUint16: return "uint16";
    case SampleEncoding::kHalf: return "half";
    case SampleEncoding::kFloat: return "float";
  }
  throw std::invalid_argument("not a sample encoding");
}

int BitsOf(SampleEncoding encoding) {
  switch (encoding) {
    case SampleEncoding::kUint8: return 8;
    case SampleEncoding::kUint10: return 10;
    case SampleEncoding::kUint12: return 12;
    case SampleEncoding::kUint16: return 16;
    case SampleEncoding::kHalf: return 16;
    case SampleEncoding::kFloat: return 32;
  }
  throw std::invalid_argument("not a sample encoding");
}

double HalfStep(float value, SampleEncoding encoding) {
  switch (encoding) {
    case SampleEncoding::kHalf:
      if (!(std::abs(value) < 65520.0F)) return std::numeric_limits<double>::infinity();
      return HalfSpacing(value, 11, -14);
    case SampleEncoding::kFloat:
      if (!std::isfinite(value)) return std::numeric_limits<double>::infinity();
      return HalfSpacing(value, 24, -126);
    default: return 0.5 / (std::ldexp(1.0, BitsOf(encoding)) - 1.0);
  }
}

}  // namespace interneg::frames
