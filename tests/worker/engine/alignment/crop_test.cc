#include "worker/engine/alignment/crop.h"

#include <limits>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace interneg::alignment {
namespace {

constexpr image::Size kSource{1000, 800};

std::string MessageOf(const image::Rectangle& crop) {
  try {
    RequireCrop(crop, kSource);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Crop, IsWhatBothElementsShow) {
  // The reference's 500×400 pixels are half as fine and begin 50, 40 source pixels in.
  const Transform t = Compose(Transform::ScaleAndShift(1, 1, -50, -40), FrameToFrame({900, 720}, {450, 360}));
  const auto proposal =
      ProposeCrop(kSource, {10, 0, {980, 800}}, std::span(&t, 1), {0, 0, {450, 360}}, {}, {.margin_px = 0});
  EXPECT_EQ(proposal.training, (image::Rectangle{50, 40, {900, 720}}));
  EXPECT_NE(proposal.reason.find("reference covers"), std::string::npos);
}

TEST(Crop, HoldsOnEveryFrameOfTheWeave) {
  const Transform frames[] = {Transform::ScaleAndShift(1, 1, 3.2, 0), Transform::ScaleAndShift(1, 1, -4.6, 1.5)};
  const auto proposal = ProposeCrop(kSource, {0, 0, kSource}, frames, {0, 0, kSource}, {}, {.margin_px = 2});
  // Left: 4.6 + 2 → 8; right: 1000 − 3.2 − 2 → 994; top 2, bottom 800 − 1.5 − 2 → 796.
  EXPECT_EQ(proposal.training, (image::Rectangle{8, 2, {986, 794}}));
}

TEST(Crop, ACheapOverlayIsCutAndADearOneMasked) {
  const Transform t;
  const image::Rectangle overlays[] = {{300, 770, {400, 24}}, {700, 200, {80, 80}}};
  const auto proposal =
      ProposeCrop(kSource, {0, 0, kSource}, std::span(&t, 1), {0, 0, kSource}, overlays, {.margin_px = 0});
  EXPECT_EQ(proposal.training, (image::Rectangle{0, 0, {1000, 770}}));
  ASSERT_EQ(proposal.masked.size(), 1U);
  EXPECT_EQ(proposal.masked[0], overlays[1]);
}

TEST(Crop, NothingSharedIsAnError) {
  const Transform far = Transform::ScaleAndShift(1, 1, 5000, 0);
  EXPECT_THROW(ProposeCrop(kSource, {0, 0, kSource}, std::span(&far, 1), {0, 0, kSource}, {}, {}),
               std::invalid_argument);
  EXPECT_THROW(ProposeCrop(kSource, {0, 0, kSource}, {}, {0, 0, kSource}, {}, {}), std::invalid_argument);
}

TEST(Crop, ErrorsSayWhatWouldBeRight) {
  EXPECT_EQ(MessageOf({10, 20, {600, 400}}), "");
  EXPECT_EQ(MessageOf({11, 20, {600, 400}}),
            "crop 600x400+11+20 has odd numbers; position and size are even; use 598x400+12+20");
  EXPECT_EQ(MessageOf({600, 20, {600, 400}}),
            "crop 600x400+600+20 leaves the frame of 1000x800 pixels; use 400x400+600+20");
  EXPECT_NE(MessageOf({2000, 0, {10, 10}}).find("use at least 64x64"), std::string::npos);
  EXPECT_NE(MessageOf({0, 0, {32, 32}}).find("too small"), std::string::npos);
}

TEST(Crop, NumbersBeyondAnyPictureLeaveTheFrame) {
  constexpr int kMost = std::numeric_limits<int>::max(), kLeast = std::numeric_limits<int>::min();
  for (const auto& crop : {image::Rectangle{kMost, 0, {1000, 800}}, {kMost - 647, 0, {1000, 800}},
                           {0, kMost - 1, {1000, kMost}}, {kLeast, kLeast, {1000, 800}}}) {
    EXPECT_NE(MessageOf(crop).find("leaves the frame of 1000x800 pixels; use at least 64x64"), std::string::npos)
        << MessageOf(crop);
  }
  EXPECT_NE(MessageOf({0, 0, {kMost, kMost}}).find("leaves the frame of 1000x800 pixels; use 1000x800+0+0"),
            std::string::npos);
}

TEST(Crop, OfARenderIsTheLiveAreaWhereThereIsMoreThanThat) {
  EXPECT_EQ(ProposeRenderCrop(kSource, {11, 0, {980, 800}}), (image::Rectangle{12, 0, {978, 800}}));
  EXPECT_EQ(ProposeRenderCrop(kSource, {0, 0, kSource}), std::nullopt);
  EXPECT_EQ(ProposeRenderCrop(kSource, {0, 0, {1000, 40}}), std::nullopt);
}

TEST(Crop, BoxesOnTheReferenceComeToTheSource) {
  const Transform half = FrameToFrame({1000, 800}, {500, 400});
  EXPECT_EQ(ToSource({100, 50, {40, 20}}, half, kSource), (image::Rectangle{200, 100, {80, 40}}));
}

TEST(CropKeys, MoveBetweenKeysOnEvenPixels) {
  CropKeys keys(kSource, Interpolation::kLinear);
  EXPECT_THROW(keys.At(0), std::invalid_argument);
  keys.Set(0, {0, 0, {400, 300}});
  keys.Set(10, {100, 50, {400, 300}});
  EXPECT_EQ(keys.At(5), (image::Rectangle{50, 26, {400, 298}}));
  EXPECT_EQ(keys.At(-4), (image::Rectangle{0, 0, {400, 300}}));
  EXPECT_EQ(keys.At(40), (image::Rectangle{100, 50, {400, 300}}));
  EXPECT_THROW(keys.Set(3, {1, 0, {400, 300}}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::alignment
