#include "worker/engine/frames/chroma_upsampling.h"

#include <algorithm>
#include <cmath>

namespace interneg::frames {
namespace {

double Cubic(double distance) {
  const double x = std::abs(distance);
  if (x < 1.0) return (1.5 * x - 2.5) * x * x + 1.0;
  if (x < 2.0) return ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
  return 0.0;
}

ChromaTaps TapsAt(double coordinate, int count) {
  const int base = static_cast<int>(std::floor(coordinate));
  ChromaTaps taps;
  for (int t = 0; t < 4; ++t) {
    const auto i = static_cast<std::size_t>(t);
    taps.at[i] = std::clamp(base - 1 + t, 0, count - 1);
    taps.weight[i] = static_cast<float>(Cubic(coordinate - (base - 1 + t)));
  }
  return taps;
}

}  // namespace

std::vector<ChromaTaps> TapsAlong(const ChromaAxis& axis, int chroma_count, int luma_count) {
  std::vector<ChromaTaps> taps;
  taps.reserve(static_cast<std::size_t>(luma_count));
  for (int i = 0; i < luma_count; ++i) taps.push_back(TapsAt((i - axis.offset) / axis.factor, chroma_count));
  return taps;
}

std::vector<ChromaTaps> TapsWithinFields(const ChromaAxis& axis, int chroma_count, int luma_count) {
  std::vector<ChromaTaps> taps;
  taps.reserve(static_cast<std::size_t>(luma_count));
  for (int i = 0; i < luma_count; ++i) {
    const int field = i % 2;
    const int lines = std::max(1, (chroma_count + 1 - field) / 2);
    // Co-sited axes stay co-sited within the field; centred ones move to a quarter and three quarters.
    const double offset = axis.offset == 0 ? 0.0 : axis.factor / 2.0 * (field == 0 ? 0.25 : 0.75);
    auto line = TapsAt((i / 2 - offset) / axis.factor, lines);
    for (int& at : line.at) at = std::min(2 * at + field, chroma_count - 1);
    taps.push_back(line);
  }
  return taps;
}

void Stretch(std::span<const float> chroma, std::span<const ChromaTaps> taps, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const ChromaTaps& t = taps[i];
    float sum = 0;
    for (std::size_t k = 0; k < 4; ++k) sum += t.weight[k] * chroma[static_cast<std::size_t>(t.at[k])];
    out[i] = sum;
  }
}

}  // namespace interneg::frames
