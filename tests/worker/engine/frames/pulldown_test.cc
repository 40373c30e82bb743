// Film frames from video by fields: which ones, how they are numbered, and that nothing is made up.
#include "worker/engine/frames/pulldown.h"

#include <array>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/frames/frames_fixtures.h"
#include "worker/engine/frames/frame_reader.h"

namespace interneg::frames {
namespace {

using testing::ElementsAre;

constexpr image::Size kSize{16, 8};

// Film frame n: all samples n / 100.
image::Image Plain(int n) {
  image::Image picture(kSize, {"R", "G", "B"}, "");
  for (float& v : picture.values()) v = static_cast<float>(n) / 100.0F;
  return picture;
}

TEST(Pulldown, FilmFramesAreNumberedFromTheVideoFrameThatCountingBeginsAt) {
  const Pulldown whole{Cadence::kThreeTwo, FieldOrder::kTopFirst, 0, 101};
  EXPECT_EQ(SourcesOf(whole, 101), (FieldSources{101, 101}));
  EXPECT_EQ(SourcesOf(whole, 102), (FieldSources{102, 102}));
  EXPECT_EQ(SourcesOf(whole, 103), (FieldSources{104, 103}));
  EXPECT_EQ(SourcesOf(whole, 104), (FieldSources{105, 105}));
  EXPECT_EQ(SourcesOf(whole, 105), (FieldSources{106, 106}));
  const Pulldown later{Cadence::kThreeTwo, FieldOrder::kBottomFirst, 3, 1};  // C's earlier field is lost
  EXPECT_EQ(SourcesOf(later, 1), (FieldSources{2, 2})) << "D is the first that is whole";
  EXPECT_EQ(SourcesOf(later, 4), (FieldSources{5, 6}));
  const Pulldown shifted{Cadence::kTwoTwo, FieldOrder::kTopFirst, 1, 1};
  EXPECT_EQ(SourcesOf(shifted, 1), (FieldSources{2, 1}));
}

TEST(Pulldown, OnlyFilmFramesWithBothFieldsAreThere) {
  const Pulldown pulldown{Cadence::kThreeTwo, FieldOrder::kTopFirst, 0, 1};
  EXPECT_THAT(FilmFrames(pulldown, {1, 2, 3, 4, 5, 6, 7}), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(FilmFrames(pulldown, {1, 2, 3, 5, 6, 7, 8}), ElementsAre(1, 2, 4, 5, 6)) << "the third needs the fourth";
  EXPECT_THAT(FilmFrames(pulldown, {}), ElementsAre());
}

TEST(Pulldown, WhatHasNoSenseIsRefused) {
  EXPECT_THROW(SourcesOf({Cadence::kThreeTwo, FieldOrder::kTopFirst, 5, 1}, 1), std::invalid_argument);
  EXPECT_THROW(SourcesOf({Cadence::kTwoTwo, FieldOrder::kTopFirst, 2, 1}, 1), std::invalid_argument);
  EXPECT_THROW(SourcesOf({Cadence::kTwoTwo, FieldOrder::kUnknown, 0, 1}, 1), std::invalid_argument);
  EXPECT_THROW(SourcesOf({Cadence::kTwoTwo, FieldOrder::kTopFirst, 0, 7}, 6), std::invalid_argument);
  EXPECT_THROW(WeaveFields(Plain(1), image::Image({16, 10}, {"R", "G", "B"}, "")), std::invalid_argument);
}

// Twelve film frames as fifteen of video, files 1001 to 1015.
class TelecinedSequence : public testing::Test {
 protected:
  TelecinedSequence() {
    std::vector<int> fields;
    for (int n = 1; n <= 12; ++n) fields.insert(fields.end(), n % 2 == 1 ? 2 : 3, n);
    for (int i = 0; i < 15; ++i) {
      const auto at = static_cast<std::size_t>(2 * i);
      const auto video = WeaveFields(Plain(fields[at]), Plain(fields[at + 1]));
      std::vector<float> samples;
      for (int pixel = 0; pixel < kSize.width_px * kSize.height_px; ++pixel) {
        for (int c = 0; c < 3; ++c) samples.push_back(video.plane(c)[static_cast<std::size_t>(pixel)]);
      }
      OIIO::ImageSpec spec(kSize.width_px, kSize.height_px, 3, OIIO::TypeDesc::FLOAT);
      spec.attribute("framesPerSecond", OIIO::TypeRational, rate_.data());
      WriteWithOiio(folder_.path() / ("f." + std::to_string(1001 + i) + ".exr"), spec, samples);
    }
  }
  FrameSequence Sequence(int phase = 0, int first_frame = 1001) const {
    return {folder_.AsRoot(), {"shots", "f.%04d.exr"}, {},
            Pulldown{Cadence::kThreeTwo, FieldOrder::kTopFirst, phase, first_frame}};
  }
  const std::array<int, 2> rate_{30000, 1001};
  TemporaryFolder folder_;
};

TEST_F(TelecinedSequence, GivesTheFilmBackBitForBitUnderItsOwnNumbers) {
  const auto sequence = Sequence();
  const auto present = sequence.Present();
  ASSERT_EQ(present.size(), 12U);
  EXPECT_EQ(present.front(), 1001);
  for (const int frame : present) {
    const auto read = sequence.Read(frame, "");
    for (const float v : read.rgb.values()) ASSERT_EQ(v, static_cast<float>(frame - 1000) / 100.0F) << frame;
    EXPECT_EQ(read.facts.metadata.frame_rate, (Rational{24000, 1001}));
  }
  EXPECT_NE(sequence.HashOf(1003), sequence.HashOf(1004)) << "one of whose fields is in the same file";
  EXPECT_EQ(sequence.HashOf(1001), FrameSequence(folder_.AsRoot(), {"shots", "f.%04d.exr"}).HashOf(1001));
}

// A long capture's rate is reduced to integers near the greatest there are, not to small ones.
TEST(Pulldown, AFilmRateIsExactOrTheNearestThereIs) {
  EXPECT_EQ(FilmRate(Cadence::kThreeTwo, {30000, 1001}), (Rational{24000, 1001}));
  EXPECT_EQ(FilmRate(Cadence::kTwoTwo, {25, 1}), (Rational{25, 1}));
  EXPECT_EQ(FilmRate(Cadence::kThreeTwo, {600001800, 20000061}), (Rational{160000480, 6666687}));
  const auto long_capture = FilmRate(Cadence::kThreeTwo, {2147483647, 71582789});
  ASSERT_TRUE(long_capture.has_value());
  EXPECT_NEAR(static_cast<double>(long_capture->numerator) / long_capture->denominator, 24.0, 1e-6);
  for (const Rational& none : {Rational{0, 1}, {30, 0}, {-30, 1}, {30, -1}})
    EXPECT_EQ(FilmRate(Cadence::kThreeTwo, none), std::nullopt);
}

TEST_F(TelecinedSequence, WhatIsMissingIsNamedByItsFilmFrame) {
  std::filesystem::remove(folder_.path() / "f.1004.exr");
  EXPECT_THAT(Sequence().Present(), testing::Not(testing::Contains(1003)));
  ExpectFrameError([&] { Sequence().RequireAll(FrameRange::Parse("1001-1012")); }, FrameFault::kMissing, {"1003"});
  ExpectFrameError([&] { Sequence().Read(1003, ""); }, FrameFault::kMissing, {"f.1004.exr"});
  ExpectFrameError([&] { Sequence().Read(1000, ""); }, FrameFault::kMissing, {"1000", "counted from 1001"});
}

TEST_F(TelecinedSequence, ASingleFileHasNoCadence) {
  EXPECT_THROW(FrameSequence(folder_.AsRoot(), {"shots", "f.1001.exr"}, {}, Pulldown{}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::frames
