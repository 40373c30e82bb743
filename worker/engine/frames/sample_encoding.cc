#include "worker/engine/frames/sample_encoding.h"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace interneg::frames {
namespace {

// Half of the spacing of a binary format with `digits` of significand (hidden one included) whose smallest normal
// number is 2^least; below it the spacing stays.
double HalfSpacing(double magnitude, int digits, int least) {
  int exponent = least;
  if (magnitude >= std::ldexp(1.0, least)) exponent = std::ilogb(magnitude);
  return std::ldexp(0.5, exponent - digits + 1);
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
  const double magnitude = std::abs(static_cast<double>(value));
  switch (encoding) {
    case SampleEncoding::kHalf:
      if (!(magnitude < 65520.0)) return std::numeric_limits<double>::infinity();
      return HalfSpacing(magnitude, 11, -14);
    case SampleEncoding::kFloat:
      if (!std::isfinite(value)) return std::numeric_limits<double>::infinity();
      return HalfSpacing(magnitude, 24, -126);
    default: return 0.5 / (std::ldexp(1.0, BitsOf(encoding)) - 1.0);
  }
}

}  // namespace interneg::frames
