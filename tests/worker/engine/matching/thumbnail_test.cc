#include "worker/engine/matching/thumbnail.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::matching {
namespace {

image::Image Ramp(image::Size size, std::vector<std::string> channels) {
  image::Image out(size, std::move(channels), image::kTrainingDisplay);
  for (int c = 0; c < out.channel_count(); ++c) {
    for (std::size_t i = 0; i < out.pixel_count(); ++i) {
      out.plane(c)[i] = (static_cast<float>(i % static_cast<std::size_t>(size.width_px)) + .5F) / static_cast<float>(size.width_px) / static_cast<float>(c + 1);
    }
  }
  return out;
}

TEST(Thumbnail, AveragesAnySizeOntoOneGrid) {
  for (const image::Size size : {image::Size{640, 360}, image::Size{65, 49}, image::Size{320, 577}}) {
    const auto thumbnail = MakeThumbnail(Ramp(size, {"Y"}), 7);
    ASSERT_EQ(thumbnail.luma.size(), Thumbnail::kCells);
    EXPECT_EQ(thumbnail.frame, 7);
    EXPECT_EQ(thumbnail.picture, size);
    for (int x = 0; x < Thumbnail::kWidth; ++x) {
      EXPECT_NEAR(thumbnail.luma[static_cast<std::size_t>(x)], (x + .5) / Thumbnail::kWidth, .01) << size.width_px << " " << x;
    }
  }
  EXPECT_EQ(MakeThumbnail(Ramp({3, 2}, {"Y"}), 0).luma.size(), Thumbnail::kCells);
}

TEST(Thumbnail, WeighsThePlanesByTheirNames) {
  const auto rgb = MakeThumbnail(Ramp({128, 96}, {"R", "G", "B"}), 0), bgr = MakeThumbnail(Ramp({128, 96}, {"B", "G", "R"}), 0);
  EXPECT_NEAR(rgb.luma[32], (32.5 / 64) * (.10 + .85 / 2 + .05 / 3), 1e-4);
  EXPECT_NEAR(bgr.luma[32], (32.5 / 64) * (.05 + .85 / 2 + .10 / 3), 1e-4);
}

TEST(Thumbnail, SceneLinearValuesAreEncodedAndImpossibleOnesLimited) {
  image::Image linear({64, 48}, {"Y"}, "linear");
  for (float& v : linear.values()) v = .18F;
  linear.plane(0)[0] = std::numeric_limits<float>::quiet_NaN();
  linear.plane(0)[1] = std::numeric_limits<float>::infinity();
  linear.plane(0)[2] = -3.0F;
  const auto thumbnail = MakeThumbnail(linear, 0, Transfer::kSceneLinear);
  EXPECT_NEAR(thumbnail.luma[100], std::pow(.18, 1 / 2.4), 1e-5);
  EXPECT_EQ(thumbnail.luma[0], 0.0F);
  EXPECT_EQ(thumbnail.luma[1], 2.0F);
  EXPECT_EQ(thumbnail.luma[2], 0.0F);
  EXPECT_THROW(MakeThumbnail(image::Image(), 0), std::invalid_argument);
}

TEST(Thumbnail, SurvivesBeingStored) {
  auto thumbnail = MakeThumbnail(Ramp({640, 360}, {"R", "G", "B"}), -12);
  const auto bytes = Serialise(thumbnail);
  ASSERT_EQ(bytes.size(), kSerialisedBytes);
  const auto back = ParseThumbnail(bytes);
  EXPECT_EQ(back.frame, -12);
  EXPECT_EQ(back.picture, thumbnail.picture);
  for (std::size_t i = 0; i < Thumbnail::kCells; ++i) ASSERT_NEAR(back.luma[i], thumbnail.luma[i], 1e-5);
  EXPECT_EQ(Serialise(back), bytes);
}

TEST(Thumbnail, StoredBytesThatCannotBeAreRefusedByName) {
  const auto good = Serialise(MakeThumbnail(Ramp({64, 48}, {"Y"}), 1));
  const auto refusal = [](std::vector<std::byte> bytes) -> std::string {
    try {
      ParseThumbnail(bytes);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  const auto with = [&](std::size_t at, int value) {
    auto bytes = good;
    bytes[at] = static_cast<std::byte>(value);
    return bytes;
  };
  EXPECT_THAT(refusal({good.begin(), good.end() - 1}), ::testing::HasSubstr("bytes instead of"));
  EXPECT_THAT(refusal(with(0, 'X')), ::testing::HasSubstr("INTH"));
  EXPECT_THAT(refusal(with(4, 9)), ::testing::HasSubstr("version 9"));
  EXPECT_THAT(refusal(with(6, 1)), ::testing::HasSubstr("grid"));
  EXPECT_THAT(refusal(with(23, 0xFF)), ::testing::HasSubstr("size"));
  EXPECT_THAT(refusal(with(35, 0x7F)), ::testing::HasSubstr("range"));
  EXPECT_EQ(refusal(good), "");
}

}  // namespace
}  // namespace interneg::matching
