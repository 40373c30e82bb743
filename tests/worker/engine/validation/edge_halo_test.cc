#include "worker/engine/validation/edge_halo.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/worker/engine/validation/drawn_element.h"

namespace interneg::validation {
namespace {

constexpr image::Size kSize{276, 184};

// What unsharp masking does of a picture whose blurred version is `soft`.
image::Image Sharpened(const image::Image& picture, const image::Image& soft, float amount) {
  auto out = picture;
  for (std::size_t i = 0; i < out.values().size(); ++i)
    out.values()[i] += amount * (picture.values()[i] - soft.values()[i]);
  return out;
}

EdgeHalo HaloOf(const image::Image& result, const image::Image& reference) {
  HaloComparison comparison;
  comparison.Add(result, reference);
  return comparison.Halo().value_or(EdgeHalo{});
}

TEST(EdgeHalo, ThereIsNoneAtACleanEdge) {
  const auto clean = BlurredSquares(kSize, 1.0, 1);
  const auto halo = HaloOf(clean, clean);
  EXPECT_GT(halo.edges, 300);
  EXPECT_LT(halo.result, 0.005);
  EXPECT_EQ(halo.result, halo.reference);
}

TEST(EdgeHalo, GrowsWithTheSharpening) {
  const auto clean = BlurredSquares(kSize, 1.0, 1), soft = BlurredSquares(kSize, 2.0, 1);
  const auto some = HaloOf(Sharpened(clean, soft, 0.5F), clean), much = HaloOf(Sharpened(clean, soft, 1.5F), clean);
  EXPECT_GT(some.result, 0.03);
  EXPECT_NEAR(much.result, 3 * some.result, 0.06);  // the peak moves outwards
  EXPECT_LT(much.reference, 0.005);
}

TEST(EdgeHalo, GrainIsNoHalo) {
  const auto clean = BlurredSquares(kSize, 1.0, 1);
  auto grainy = clean;
  AddWhiteNoise(grainy, .03, 5);
  EXPECT_LT(HaloOf(grainy, clean).result, 0.01);
}

TEST(EdgeHalo, IsUnknownWithoutEdges) {
  HaloComparison comparison;
  comparison.Add(Grey({64, 64}, .3F), Grey({64, 64}, .3F));
  EXPECT_FALSE(comparison.Halo().has_value());
  EXPECT_THROW(comparison.Add(Grey({64, 64}, .3F), Grey({64, 60}, .3F)), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::validation
