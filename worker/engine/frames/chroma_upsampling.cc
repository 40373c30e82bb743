#include "worker/engine/frames/chroma_upsampling.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace interneg::frames {
namespace {

double Cubic(double distance) {
  const double x = std::abs(distance);
  if (x < 1.0) return (1.5 * x - 2.5) * x * x + 1.0;
  if (x < 2.0) return ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
  return 0.0;
}

struct Cubics {
  int first;
  std::array<float, 4> weight;
};

Cubics CubicsAt(double coordinate) {
  Cubics cubics{static_cast<int>(std::floor(coordinate)) - 1, {}};
  for (int t = 0; t < 4; ++t) {
    cubics.weight[static_cast<std::size_t>(t)] = static_cast<float>(Cubic(coordinate - (cubics.first + t)));
  }
  return cubics;
}

ChromaTaps TapsAt(double coordinate, int count) {
  const Cubics cubics = CubicsAt(coordinate);
  ChromaTaps taps{{}, cubics.weight};
  for (int t = 0; t < 4; ++t) taps.at[static_cast<std::size_t>(t)] = std::clamp(cubics.first + t, 0, count - 1);
  return taps;
}

// Both phases of 2:1, by far the most frequent, side by side: the machine's vectors can interleave them. AVX2 without
// FMA rounds as SSE2 does.
__attribute__((target_clones("avx2", "default"))) void StretchPairs(const float* __restrict even,
                                                                    const std::array<float, 4>& we,
                                                                    const float* __restrict odd,
                                                                    const std::array<float, 4>& wo,
                                                                    float* __restrict to, std::size_t pairs) {
  const float e0 = we[0], e1 = we[1], e2 = we[2], e3 = we[3], o0 = wo[0], o1 = wo[1], o2 = wo[2], o3 = wo[3];
  for (std::size_t k = 0; k < pairs; ++k) {
    to[2 * k] = e0 * even[k] + e1 * even[k + 1] + e2 * even[k + 2] + e3 * even[k + 3];
    to[2 * k + 1] = o0 * odd[k] + o1 * odd[k + 1] + o2 * odd[k + 2] + o3 * odd[k + 3];
  }
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

RowStretcher::RowStretcher(const ChromaAxis& axis, int chroma_count)
    : count_(static_cast<std::size_t>(chroma_count)), padded_(count_ + 2 * kPadding) {
  for (int phase = 0; phase < axis.factor; ++phase) {
    const Cubics cubics = CubicsAt((phase - axis.offset) / axis.factor);
    phases_.push_back({cubics.first, cubics.weight});
  }
}

void RowStretcher::StretchTo(std::span<float> out) {
  std::fill_n(padded_.begin(), kPadding, padded_[kPadding]);
  std::fill_n(padded_.end() - kPadding, kPadding, padded_[kPadding + count_ - 1]);
  const std::size_t factor = phases_.size();
  const auto taps_of = [&](std::size_t phase) { return padded_.data() + kPadding + phases_[phase].first; };
  if (factor == 2)
    StretchPairs(taps_of(0), phases_[0].weight, taps_of(1), phases_[1].weight, out.data(), out.size() / 2);
  for (std::size_t x = factor == 2 ? out.size() / 2 * 2 : 0; x < out.size(); ++x) {
    const auto& w = phases_[x % factor].weight;
    const float* const from = taps_of(x % factor) + x / factor;
    out[x] = w[0] * from[0] + w[1] * from[1] + w[2] * from[2] + w[3] * from[3];
  }
}

}  // namespace interneg::frames
