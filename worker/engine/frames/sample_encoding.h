// How a file stores one channel value, and how far a stored value can lie from the one that was meant.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_SAMPLE_ENCODING_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_SAMPLE_ENCODING_H_

#include <string_view>

namespace interneg::frames {

// Integers are normalised: code / (2^bits − 1).
enum class SampleEncoding { kUint8, kUint10, kUint12, kUint16, kHalf, kFloat };

std::string_view NameOf(SampleEncoding encoding);  // "uint8" … "half", "float"
int BitsOf(SampleEncoding encoding);               // 8, 10, 12, 16, 16, 32

// Half a unit in the last place of `value` as the encoding stores it, in the value's own unit: 1/(2·255) for kUint8 …;
// half the distance to the next larger magnitude for kHalf (subnormals included: 2^−25) and kFloat. A lossless file
// holds |stored − meant| ≤ HalfStep(meant). Infinity for a value that kHalf cannot hold (|v| ≥ 65520). Pure.
double HalfStep(float value, SampleEncoding encoding);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_SAMPLE_ENCODING_H_
