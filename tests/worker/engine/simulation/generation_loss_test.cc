#include "worker/engine/simulation/generation_loss.h"

#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::simulation {
namespace {

// A horizontal cosine that a DCT holds in one coefficient: `halves` half periods over the width.
image::Image Cosine(int width, int halves) {
  image::Image out({width, 8}, {"Y"}, "test");
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < width; ++x) {
      out.plane(0)[static_cast<std::size_t>(y * width + x)] =
          .5F + .4F * static_cast<float>(std::cos(3.14159265358979 * halves * (x + .5) / width));
    }
  }
  return out;
}

double Contrast(const image::Image& picture, int halves) {
  double sum = 0;
  const int width = picture.width_px();
  for (int x = 0; x < width; ++x) {
    sum += picture.plane(0)[static_cast<std::size_t>(x)] * std::cos(3.14159265358979 * halves * (x + .5) / width);
  }
  return 2 * sum / width;
}

TEST(GenerationLoss, MtfHalvesTheContrastAtF50) {
  const auto in = Cosine(128, 32);  // .125 cycles a pixel
  EXPECT_NEAR(Contrast(MtfLoss(in, .125), 32), .2, 1e-4);
  EXPECT_NEAR(Contrast(MtfLoss(in, .0625), 32), .4 / 5, 1e-4);
}

TEST(GenerationLoss, GaussianFollowsItsTransferFunction) {
  const double sigma = .7, f = .125;
  EXPECT_NEAR(Contrast(GaussianLoss(Cosine(128, 32), sigma), 32),
              .4 * std::exp(-.5 * std::pow(2 * 3.14159265358979 * f * sigma, 2)), 2e-3);
}

TEST(GenerationLoss, FlatPicturesOfOddSizesStayFlat) {
  image::Image flat({33, 17}, {"R", "G", "B"}, "test");
  for (float& v : flat.values()) v = .3F;
  for (const auto& out : {MtfLoss(flat, .2), GaussianLoss(flat, .74), GaussianLoss(flat, 0)}) {
    for (const float v : out.values()) ASSERT_NEAR(v, .3, 1e-5);
  }
  EXPECT_THROW(MtfLoss(flat, 0), std::invalid_argument);
  EXPECT_THROW(GaussianLoss(flat, -1), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::simulation
