#include "worker/engine/curation/textures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>

namespace interneg::curation {
namespace {

TextureShares SharesOf(const std::function<double(int x, int y)>& luma) {
  image::Image out({120, 80}, {"Y", "Cb", "Cr"}, image::kTrainingDisplay);
  for (int y = 0; y < 80; ++y) {
    for (int x = 0; x < 120; ++x) out.plane(0)[static_cast<std::size_t>(y * 120 + x)] = static_cast<float>(luma(x, y));
  }
  return MeasureTextures(out);
}
double Share(const TextureShares& shares, Texture texture) {
  return shares[static_cast<std::size_t>(texture)];
}

TEST(Textures, AWallIsFlatAndShadingIsSmooth) {
  EXPECT_DOUBLE_EQ(Share(SharesOf([](int, int) { return .4; }), Texture::kFlat), 1.0);
  const auto shaded = SharesOf([](int x, int) { return .5 + .3 * std::sin(x / 12.0); });
  EXPECT_GT(Share(shaded, Texture::kSmooth), .8);
  EXPECT_LT(Share(shaded, Texture::kFine) + Share(shaded, Texture::kCoarse), .1);
}

TEST(Textures, WeaveIsFineAndLeavesAreCoarse) {
  const auto weave = SharesOf([](int x, int y) { return .5 + .1 * ((x + y) % 2 == 0 ? 1 : -1); });
  EXPECT_GT(Share(weave, Texture::kFine), .9);
  const auto leaves = SharesOf([](int x, int y) { return .5 + .15 * std::sin(x * .62) * std::sin(y * .57 + 1); });
  EXPECT_GT(Share(leaves, Texture::kCoarse), .8);
  EXPECT_LT(Share(leaves, Texture::kFine), .1);
}

TEST(Textures, AnOutlineIsAnEdgeAndOnlyThere) {
  const auto step = SharesOf([](int x, int) { return x < 60 ? .2 : .7; });
  EXPECT_GT(Share(step, Texture::kEdge), .05);
  EXPECT_LT(Share(step, Texture::kEdge), .25);
  EXPECT_GT(Share(step, Texture::kFlat), .7);
}

TEST(Textures, AddUpToTheWholePicture) {
  const auto shares = SharesOf([](int x, int y) { return .3 + .2 * std::sin(x * y * .01); });
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1.0, 1e-9);
}

}  // namespace
}  // namespace interneg::curation
