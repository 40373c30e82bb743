#include "worker/engine/simulation/video_reference.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "worker/engine/image/ycbcr.h"

namespace interneg::simulation {
namespace {

image::Image Halves(int width, int height, const float (&left)[3], const float (&right)[3]) {
  image::Image out({width, height}, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < width * height; ++i) out.plane(c)[static_cast<std::size_t>(i)] = i % width < width / 2 ? left[c] : right[c];
  }
  return out;
}

VideoOptions Quiet() {
  VideoOptions options;
  options.noise = 0;
  return options;
}

TEST(VideoReference, FlatColourComesBackWithinTheEightBitCodes) {
  const float colour[] = {.6F, .35F, .25F};
  const auto out = VideoReference(Halves(32, 16, colour, colour), Quiet(), 1);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(out.plane(c)[100], colour[c], 2.0 / 219) << c;
  const auto ycc = RgbToYCbCr(out, image::YCbCrMatrix::kBt601);
  const double code = 16 + 219 * ycc.plane(0)[100];
  EXPECT_NEAR(code, std::round(code), 1e-3);
}

TEST(VideoReference, ChromaIsSofterThanLuma) {
  const float red[] = {.8F, .2F, .2F}, blue[] = {.2F, .2F, .9F};
  const auto ycc = RgbToYCbCr(VideoReference(Halves(64, 16, red, blue), Quiet(), 1), image::YCbCrMatrix::kBt601);
  const auto rise = [&](int plane) {  // share of the whole step that the two middle pixels make
    const auto row = ycc.plane(plane).subspan(8 * 64, 64);
    return std::abs(row[32] - row[31]) / std::abs(row[60] - row[3]);
  };
  EXPECT_GT(rise(0), 1.5 * rise(1));
}

TEST(VideoReference, GradeShiftStaysInItsLimitsAndShowsInThePicture) {
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    const auto grade = DrawGradeShift(seed);
    EXPECT_GE(grade.saturation, .9);
    EXPECT_LE(grade.saturation, 1.1);
    EXPECT_GE(grade.gamma, .95);
    EXPECT_LE(grade.gamma, 1.05);
  }
  VideoOptions options = Quiet();
  options.grade = {1.0, 1.05};
  const float grey[] = {.5F, .5F, .5F};
  EXPECT_NEAR(VideoReference(Halves(16, 16, grey, grey), options, 1).plane(0)[5], std::pow(.5, 1.05), 1.0 / 219);
}

TEST(VideoReference, NoiseIsSeededAndBlockingRemovesDetail) {
  const float grey[] = {.5F, .5F, .5F}, lighter[] = {.52F, .52F, .52F};
  VideoOptions options;
  options.noise = .01;
  const auto picture = Halves(32, 32, grey, lighter);
  const auto a = VideoReference(picture, options, 1), b = VideoReference(picture, options, 1), c = VideoReference(picture, options, 2);
  EXPECT_TRUE(std::equal(a.values().begin(), a.values().end(), b.values().begin()));
  EXPECT_FALSE(std::equal(a.values().begin(), a.values().end(), c.values().begin()));
  options.block_step = 1.0;  // nothing but the mean of a block survives this
  const auto blocked = VideoReference(picture, options, 1);
  EXPECT_EQ(blocked.plane(0)[0], blocked.plane(0)[7 * 32 + 7]);
}

}  // namespace
}  // namespace interneg::simulation
