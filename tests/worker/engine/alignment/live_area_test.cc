#include "worker/engine/alignment/live_area.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "tests/worker/engine/alignment/drawn_scene.h"

namespace interneg::alignment {
namespace {

constexpr image::Size kSize{320, 240};

std::vector<image::Image> MovingShot(int count) {
  const DrawnScene scene(31, kSize);
  std::vector<image::Image> out;
  for (int f = 0; f < count; ++f) out.push_back(scene.Seen(kSize, Transform::ScaleAndShift(1, 1, 7.0 * f, 3.0 * f)));
  return out;
}

void Fill(image::Image& picture, image::Rectangle box, float value) {
  for (int c = 0; c < picture.channel_count(); ++c) {
    for (int y = box.y_px; y < box.y_px + box.size.height_px; ++y) {
      for (int x = box.x_px; x < box.x_px + box.size.width_px; ++x)
        picture.plane(c)[y * picture.width_px() + x] = value;
    }
  }
}

TEST(LiveArea, APictureWithoutBordersIsWhole) {
  const auto frames = MovingShot(3);
  const auto found = DetectLiveArea(frames, {});
  EXPECT_EQ(found.area, (image::Rectangle{0, 0, kSize}));
  EXPECT_EQ(found.reason, "");
}

TEST(LiveArea, DrawnBordersAreCutToThePixel) {
  auto frames = MovingShot(3);
  for (auto& frame : frames) {
    Fill(frame, {0, 0, {24, 240}}, .01F);
    Fill(frame, {302, 0, {18, 240}}, .02F);
    Fill(frame, {0, 0, {320, 12}}, .0F);
    Fill(frame, {0, 230, {320, 10}}, .015F);
  }
  const auto found = DetectLiveArea(frames, {});
  EXPECT_EQ(found.area, (image::Rectangle{24, 12, {278, 218}})) << found.reason;
  EXPECT_NE(found.reason.find("24 px left"), std::string::npos) << found.reason;
}

// Bright holes on a dark margin, then a modulated sound track, then a dark line; the picture begins after the line.
TEST(LiveArea, SprocketsAndSoundTrackGoWithTheDarkLine) {
  auto frames = MovingShot(4);
  for (std::size_t f = 0; f < frames.size(); ++f) {
    Fill(frames[f], {0, 0, {46, 240}}, .01F);
    for (int y = 10; y < 240; y += 60) Fill(frames[f], {6, y, {14, 30}}, 1.F);
    for (int y = 0; y < 240; ++y) {
      Fill(frames[f], {28, y, {4 + static_cast<int>((y * 7 + 13 * f) % 9), 1}}, .9F);
    }
  }
  EXPECT_EQ(DetectLiveArea(frames, {}).area.x_px, 46);
}

TEST(LiveArea, ADarkShotIsNotCut) {
  auto frames = MovingShot(2);
  for (auto& frame : frames) {
    for (float& v : frame.values()) v *= .06F;
    Fill(frame, {0, 0, {20, 240}}, 0.F);
  }
  const auto found = DetectLiveArea(frames, {});
  EXPECT_EQ(found.area, (image::Rectangle{0, 0, kSize}));
  EXPECT_NE(found.reason.find("not cut "), std::string::npos) << found.reason;
}

TEST(LiveArea, OneDarkSideLeavesTheOthersCut) {
  auto frames = MovingShot(3);
  for (auto& frame : frames) {
    Fill(frame, {0, 0, {24, 240}}, .01F);
    Fill(frame, {302, 0, {18, 240}}, .02F);
    // A black sky with a little more light in it than a border has.
    Fill(frame, {24, 0, {278, 60}}, .03F);
  }
  const auto found = DetectLiveArea(frames, {});
  EXPECT_EQ(found.area.x_px, 24) << found.reason;
  EXPECT_EQ(found.area.size.width_px, 278);
}

TEST(LiveArea, ASideWhosePictureIsDarkIsLeftAndNamed) {
  auto frames = MovingShot(3);
  for (auto& frame : frames) {
    Fill(frame, {0, 0, {24, 240}}, .01F);
    Fill(frame, {302, 0, {18, 240}}, .02F);
    // Night behind the right border: as dark as it, but for a few lamps.
    Fill(frame, {200, 0, {102, 240}}, .03F);
    for (int y = 20; y < 240; y += 40) Fill(frame, {220, y, {60, 4}}, .3F);
  }
  const auto found = DetectLiveArea(frames, {});
  EXPECT_EQ(found.area, (image::Rectangle{24, 0, {296, 240}})) << found.reason;
  EXPECT_NE(found.reason.find("cut 24 px left; not cut "), std::string::npos) << found.reason;
  EXPECT_NE(found.reason.find(" px right: the picture there is as dark"), std::string::npos) << found.reason;
}

TEST(LiveArea, WhatIsNoShotIsRefused) {
  EXPECT_THROW(DetectLiveArea({}, {}), std::invalid_argument);
  const std::vector<image::Image> mixed{image::Image(kSize, {"Y"}, ""), image::Image({100, 100}, {"Y"}, "")};
  EXPECT_THROW(DetectLiveArea(mixed, {}), std::invalid_argument);
}

// A real telecine of a black-and-white print, pillarboxed to 4:3 in 640×480; needs the clip and the ffmpeg program.
TEST(LiveArea, ARealTelecineLosesItsPillars) {
  const char* data = std::getenv("INTERNEG_CLIPS");
  const std::filesystem::path clip = std::filesystem::path(data == nullptr ? "" : data) / "friday_bw_480p30.mp4";
  if (data == nullptr || !std::filesystem::exists(clip))
    GTEST_SKIP() << "set INTERNEG_CLIPS to the folder of the clips";
  const std::string command = "ffmpeg -nostdin -v error -i '" + clip.string() +
                              "' -vf \"select='not(mod(n,40))'\" -vsync 0 -f rawvideo -pix_fmt gray -";
  std::FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::vector<unsigned char> bytes(640 * 480);
  std::vector<image::Image> frames;
  while (std::fread(bytes.data(), 1, bytes.size(), pipe) == bytes.size()) {
    image::Image frame({640, 480}, {"Y"}, image::kTrainingDisplay);
    for (std::size_t i = 0; i < bytes.size(); ++i) frame.plane(0)[i] = static_cast<float>(bytes[i]) / 255.F;
    frames.push_back(std::move(frame));
  }
  pclose(pipe);
  if (frames.size() < 3) GTEST_SKIP() << "the ffmpeg program gave no frames";
  const auto found = DetectLiveArea(frames, {});
  std::printf("live area %dx%d+%d+%d: %s\n", found.area.size.width_px, found.area.size.height_px, found.area.x_px,
              found.area.y_px, found.reason.c_str());
  // Read off an enlarged frame: the picture begins at 5 to 8 and ends at 632 to 635.
  EXPECT_NEAR(found.area.x_px, 6, 3);
  EXPECT_NEAR(found.area.x_px + found.area.size.width_px, 633, 3);
  EXPECT_GT(found.area.size.height_px, 468);
}

TEST(Overlays, AStandingLogoIsFoundInAMovingShot) {
  auto frames = MovingShot(5);
  for (auto& frame : frames) {
    Fill(frame, {270, 20, {24, 4}}, .95F);
    Fill(frame, {280, 20, {4, 20}}, .95F);
  }
  const auto found = DetectOverlays(frames, {0, 0, kSize});
  ASSERT_EQ(found.logos.size(), 1U) << found.reason;
  const auto& box = found.logos[0];
  EXPECT_LE(box.x_px, 270);
  EXPECT_LE(box.y_px, 20);
  EXPECT_GE(box.x_px + box.size.width_px, 294);
  EXPECT_GE(box.y_px + box.size.height_px, 40);
  EXPECT_LT(box.size.width_px, 48);
}

TEST(Overlays, AShotThatStandsStillIsSaidToBeUndecidable) {
  const std::vector<image::Image> frames(4, MovingShot(1)[0]);
  const auto found = DetectOverlays(frames, {0, 0, kSize});
  EXPECT_TRUE(found.logos.empty());
  EXPECT_NE(found.reason.find("stands still"), std::string::npos);
}

TEST(Overlays, LetteringIsFoundOnTheFramesThatHaveIt) {
  auto frames = MovingShot(4);
  // Two-pixel uprights and bars as letters: one line, 12 px high, on the third frame.
  for (int letter = 0; letter < 16; ++letter) {
    const int x = 80 + 10 * letter;
    Fill(frames[2], {x, 205, {2, 12}}, .92F);
    Fill(frames[2], {x + 5, 205, {2, 12}}, .92F);
    Fill(frames[2], {x, letter % 2 == 0 ? 205 : 210, {7, 2}}, .92F);
  }
  const auto found = DetectOverlays(frames, {0, 0, kSize});
  ASSERT_EQ(found.subtitles.size(), 4U);
  ASSERT_EQ(found.subtitles[2].size(), 1U);
  const auto& box = found.subtitles[2][0];
  EXPECT_LE(box.x_px, 80);
  EXPECT_GE(box.x_px + box.size.width_px, 237);
  for (const int f : {0, 1, 3}) EXPECT_TRUE(found.subtitles[f].empty()) << f;
  const auto mask = MaskOf(found.subtitles[2], kSize);
  EXPECT_EQ(mask.plane(0)[210 * 320 + 150], 1.F);
  EXPECT_EQ(mask.plane(0)[100 * 320 + 150], 0.F);
}

TEST(Overlays, AnAreaOutsideTheFrameIsRefused) {
  const auto frames = MovingShot(3);
  EXPECT_THROW(DetectOverlays(frames, {200, 0, {200, 200}}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::alignment
