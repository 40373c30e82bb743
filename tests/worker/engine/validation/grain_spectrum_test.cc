#include "worker/engine/validation/grain_spectrum.h"

#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/worker/engine/validation/drawn_element.h"

namespace interneg::validation {
namespace {

constexpr image::Size kSize{256, 192};

image::Image Grainy(double sigma, std::uint64_t seed) {
  auto out = Grey(kSize, .45F);
  AddWhiteNoise(out, sigma, seed);
  return out;
}

GrainDistance DistanceOf(const image::Image& result, const image::Image& reference) {
  GrainComparison comparison;
  comparison.Add(result, reference);
  return comparison.Distance().value();
}

TEST(GrainSpectrum, OfTheSameKindOfGrainIsTheSame) {
  const auto one = Grainy(.02, 1);
  EXPECT_EQ(DistanceOf(one, one).largest_db, 0.0);
  EXPECT_LT(DistanceOf(Grainy(.02, 2), one).largest_db, 1.0);
}

TEST(GrainSpectrum, HalfTheGrainIsSixDecibelsLess) {
  const auto distance = DistanceOf(Grainy(.01, 2), Grainy(.02, 1));
  for (const double band : distance.result_db) EXPECT_NEAR(band, -6.0, 1.0);
  EXPECT_NEAR(distance.rms_db, 6.0, 1.0);
}

TEST(GrainSpectrum, CoarserGrainShowsInItsBands) {
  auto coarse = Grainy(.06, 3);
  const auto fine = coarse;
  for (int y = 1; y + 1 < kSize.height_px; ++y) {
    for (int x = 1; x + 1 < kSize.width_px; ++x) {
      for (int c = 0; c < 3; ++c) {
        float sum = 0;
        for (int dy = -1; dy <= 1; ++dy) {
          for (int dx = -1; dx <= 1; ++dx) sum += fine.plane(c)[static_cast<std::size_t>((y + dy) * kSize.width_px + x + dx)];
        }
        coarse.plane(c)[static_cast<std::size_t>(y * kSize.width_px + x)] = sum / 9;
      }
    }
  }
  const auto distance = DistanceOf(coarse, Grainy(.02, 4));
  EXPECT_GT(distance.result_db.front(), 5.0);
  EXPECT_LT(distance.result_db.back(), -3.0);
}

TEST(GrainSpectrum, IsUnknownWhereNothingIsBetweenBlackAndWhite) {
  GrainComparison comparison;
  comparison.Add(Grey(kSize, 0.F), Grey(kSize, 0.F));
  EXPECT_FALSE(comparison.Distance().has_value());
  EXPECT_THROW(comparison.Add(Grey(kSize, .5F), Grey({64, 64}, .5F)), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::validation
