#include "worker/engine/validation/measures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace interneg::validation {
namespace {

using image::YCbCrMatrix;

image::Image Grey(float value) {
  image::Image grey({8, 4}, {"R", "G", "B"}, image::kTrainingDisplay);
  for (float& v : grey.values()) v = value;
  return grey;
}

// Moves Cb by `cb` and Cr by `cr` everywhere, Y by `y`.
image::Image Moved(const image::Image& rgb, float y, float cb, float cr) {
  auto planes = image::RgbToYCbCr(rgb, YCbCrMatrix::kBt709);
  for (float& v : planes.plane(0)) v += y;
  for (float& v : planes.plane(1)) v += cb;
  for (float& v : planes.plane(2)) v += cr;
  return image::YCbCrToRgb(planes, YCbCrMatrix::kBt709);
}

TEST(Measures, ChromaPsnrPoolsBothPlanes) {
  const auto truth = Grey(0.5F);
  // Mean of 0.1² and 0 over both planes: 0.005 → 23.01 dB, not 20.
  EXPECT_NEAR(ChromaPsnr_db(Moved(truth, 0, 0.1F, 0), truth, YCbCrMatrix::kBt709), -10.0 * std::log10(0.005), 1e-4);
  EXPECT_NEAR(ChromaPsnr_db(Moved(truth, 0, 0.1F, -0.1F), truth, YCbCrMatrix::kBt709), 20.0, 1e-4);
}

TEST(Measures, ChromaPsnrDoesNotSeeLuma) {
  const auto truth = Grey(0.5F);
  EXPECT_GT(ChromaPsnr_db(Moved(truth, 0.25F, 0, 0), truth, YCbCrMatrix::kBt709), 120.0);
  EXPECT_NEAR(LumaPsnr_db(Moved(truth, 0.1F, 0, 0), truth, YCbCrMatrix::kBt709), 20.0, 1e-4);
}

TEST(Measures, AWeightSaysHowMuchEachPixelCounts) {
  const auto truth = Grey(0.5F);
  auto result = Moved(truth, 0.1F, 0.1F, 0.1F);
  const auto half = image::Rectangle{0, 0, {4, 4}};
  image::Image weight({8, 4}, {"weight"}, "");
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) {
      weight.plane(0)[static_cast<std::size_t>(y) * 8 + x] = 0.5F;
      // What does not count may be anything.
      for (int c = 0; c < 3; ++c) result.plane(c)[static_cast<std::size_t>(y) * 8 + x + 4] = 7.0F;
    }
  }
  const auto seen = Compare(result, truth, YCbCrMatrix::kBt709, &weight);
  const auto alone = Compare(image::Crop(result, half), image::Crop(truth, half), YCbCrMatrix::kBt709);
  EXPECT_NEAR(seen.chroma_psnr_db, alone.chroma_psnr_db, 1e-6);
  EXPECT_NEAR(seen.luma_psnr_db, alone.luma_psnr_db, 1e-6);
  EXPECT_NEAR(seen.delta_e2000, alone.delta_e2000, 1e-6);
  for (float& v : weight.values()) v = 0.0F;
  EXPECT_THROW(Compare(result, truth, YCbCrMatrix::kBt709, &weight), std::invalid_argument);
}

TEST(Measures, IdenticalPicturesHaveNoDifference) {
  const auto figures = Compare(Grey(0.3F), Grey(0.3F), YCbCrMatrix::kBt709);
  EXPECT_TRUE(std::isinf(figures.chroma_psnr_db));
  EXPECT_EQ(figures.delta_e2000, 0.0);
}

TEST(Measures, DifferentSizesAreRefused) {
  const image::Image other({4, 4}, {"R", "G", "B"}, "");
  EXPECT_THROW(MeanDeltaE2000(Grey(0.5F), other), std::invalid_argument);
  EXPECT_THROW(ChromaPsnr_db(Grey(0.5F), other, YCbCrMatrix::kBt709), std::invalid_argument);
}

TEST(Measures, MeanIsOfTheFramesFigures) {
  MeanFigures mean;
  EXPECT_THROW(mean.Mean(), std::logic_error);
  mean.Add({30, 40, 2});
  mean.Add({40, 50, 4});
  EXPECT_DOUBLE_EQ(mean.Mean().chroma_psnr_db, 35.0);
  EXPECT_DOUBLE_EQ(mean.Mean().delta_e2000, 3.0);
}

}  // namespace
}  // namespace interneg::validation
