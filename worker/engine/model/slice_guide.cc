#include "worker/engine/model/slice_guide.h"

#include <cstddef>

namespace interneg::model {
namespace {

float SumOf(const float* lanes) {
  float sum = 0;
  for (int p = 0; p < kBlock_px; ++p) sum += lanes[p];
  return sum;
}

}  // namespace

__attribute__((target_clones("avx512f", "avx2", "default"))) void EvaluateGuide(const GuideValues& g,
                                                                                PixelBlock& block) {
  float sum[kBlock_px];
  for (int p = 0; p < kBlock_px; ++p) sum[p] = g.b2 + 2.0F * block.z[0][p] - 1.0F;
  for (int j = 0; j < kGuideHidden; ++j) {
    for (int p = 0; p < kBlock_px; ++p) {
      float a = g.b1[j];
      for (int i = 0; i < kSliceInputs; ++i) a += g.w1[j][i] * block.z[i][p];
      a = a > 0.0F ? a : 0.0F;
      block.hidden[j][p] = a;
      sum[p] += g.w2[j] * a;
    }
  }
  for (int p = 0; p < kBlock_px; ++p) block.guide[p] = sum[p];
}

__attribute__((target_clones("avx512f", "avx2", "default"))) void AddGuideSlope(const GuideValues& g,
                                                                                const PixelBlock& block,
                                                                                const float* slope, GuideSums& sums) {
  for (int p = 0; p < kBlock_px; ++p) sums.b2[p] += slope[p];
  for (int j = 0; j < kGuideHidden; ++j) {
    float inner[kBlock_px];
    for (int p = 0; p < kBlock_px; ++p) {
      sums.w2[j][p] += slope[p] * block.hidden[j][p];
      inner[p] = block.hidden[j][p] > 0.0F ? slope[p] * g.w2[j] : 0.0F;
      sums.b1[j][p] += inner[p];
    }
    for (int i = 0; i < kSliceInputs; ++i) {
      for (int p = 0; p < kBlock_px; ++p) sums.w1[j][i][p] += inner[p] * block.z[i][p];
    }
  }
}

GuideValues Reduced(const GuideSums& sums) {
  GuideValues out;
  for (int j = 0; j < kGuideHidden; ++j) {
    for (int i = 0; i < kSliceInputs; ++i) out.w1[j][i] = SumOf(sums.w1[j][i]);
    out.b1[j] = SumOf(sums.b1[j]);
    out.w2[j] = SumOf(sums.w2[j]);
  }
  out.b2 = SumOf(sums.b2);
  return out;
}

void Add(const GuideValues& from, GuideValues& to) {
  const auto* a = reinterpret_cast<const float*>(&from);
  auto* b = reinterpret_cast<float*>(&to);
  for (std::size_t i = 0; i < sizeof(GuideValues) / sizeof(float); ++i) b[i] += a[i];
}

}  // namespace interneg::model
