// Figures of frames against a truth, and the command that prints them.
#include "worker/engine/jobs/score_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/command_line.h"

namespace interneg::jobs {
namespace {

class ScoreTest : public testing::Test {
 protected:
  ScoreTest() {
    request_.result = {shot_.folder / "result/f.%04d.png", "", ""};
    request_.truth = {shot_.folder / "reference/f.%04d.png", "1-9", ""};
    request_.flicker = ScoreFlicker::kYes;
  }
  // The truth's frames, the blue of every second one raised by `blue`.
  void WriteResult(float blue) const {
    for (int frame = 1; frame <= 9; ++frame) {
      auto picture = DrawClean(DrawnShot::kSize, frame);
      for (float& value : picture.plane(2)) value += frame % 2 == 0 ? blue : 0.0F;
      WriteFrame(shot_.folder / "result", "f.%04d.png", frame, picture);
    }
  }
  FlickerScore Flicker() { return RunScore(shot_.Context(), request_).flicker.value(); }

  DrawnShot shot_;
  ScoreRequest request_;
};

// Of a render with a crop the rest is the source's own, and says nothing of the recovery.
TEST_F(ScoreTest, CountsTheCropAlone) {
  auto picture = DrawClean(DrawnShot::kSize, 2);
  for (int c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < picture.pixel_count(); ++i) {
      if (i % DrawnShot::kSize.width_px < 16) picture.plane(c)[i] = 0.0F;
    }
  }
  WriteFrame(shot_.folder / "result", "f.%04d.png", 2, picture);
  request_.truth.range = "2";
  request_.flicker = ScoreFlicker::kNo;
  EXPECT_LT(RunScore(shot_.Context(), request_).result.luma_psnr_db, 30.0);
  request_.crop = PictureArea{16, 0, 48, 48};
  EXPECT_EQ(RunScore(shot_.Context(), request_).result.luma_psnr_db, std::numeric_limits<double>::infinity());
  request_.crop->width_px = 64;
  EXPECT_THAT(FailureOfCall([&] { RunScore(shot_.Context(), request_); }).message,
              testing::HasSubstr("--crop: 16,0 64x48 leaves the picture of 64x48"));
}

TEST_F(ScoreTest, WhatChangesAsTheTruthDoesIsNoFlicker) {
  WriteResult(0.0F);
  const auto flicker = Flicker();
  EXPECT_EQ(flicker.neighbours, 8);
  EXPECT_EQ(flicker.result.chroma, 0.0);
  EXPECT_EQ(flicker.result.luma, 0.0);
  EXPECT_GT(flicker.truth.chroma, 0.0) << "the drawn blue swings";
  EXPECT_FALSE(flicker.source.has_value());
}

// Blue up and down by .1 is Cb by .1 / 1.8556 (BT.709) and Cr by −.0722 · .1 / 1.5748: .029 on the mean of both planes,
// and luma by .0072. The drawn blue swings besides, against it in some frames.
TEST_F(ScoreTest, ColourThatJumpsFromFrameToFrameIsFlicker) {
  WriteResult(0.1F);
  const auto flicker = Flicker();
  EXPECT_GT(flicker.result.chroma, 0.015);
  EXPECT_LT(flicker.result.chroma, 0.0295);
  EXPECT_GT(flicker.result.luma, 0.002);
  EXPECT_LT(flicker.result.luma, 0.0075);
}

TEST_F(ScoreTest, AFadeThatIsTheSameInEveryFrameFlickersLess) {
  WriteResult(0.1F);
  request_.source = FrameSource{shot_.folder / "source/f.%04d.png", "", ""};
  const auto flicker = Flicker();
  ASSERT_TRUE(flicker.source.has_value());
  EXPECT_LT(flicker.source->chroma, 0.1 * flicker.result.chroma);
}

TEST_F(ScoreTest, OnlyNeighboursCount) {
  WriteResult(0.1F);
  request_.truth.range = "1-3,5,7,9";
  EXPECT_EQ(Flicker().neighbours, 2);
}

TEST_F(ScoreTest, FlickerNeedsNeighbours) {
  request_.result = request_.truth;
  request_.truth.range = "1-9x2";
  const auto failure = FailureOfCall([&] { RunScore(shot_.Context(), request_); });
  EXPECT_THAT(failure.message, testing::HasSubstr("--flicker: of the frames 1-9x2 no two are neighbours"));
  EXPECT_THAT(failure.remedy, testing::HasSubstr("--range"));
}

class ScoreCommand : public ScoreTest {
 protected:
  std::string Printed(std::vector<std::string> more) {
    WriteResult(0.1F);
    std::vector<std::string> words = {
        "interneg-engine",   "score",   "--result", request_.result.path, "--truth",
        request_.truth.path, "--range", "1-4",      "--source",           shot_.folder / "source/f.%04d.png"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> values;
    for (auto& word : words) values.push_back(word.data());
    testing::internal::CaptureStdout();
    EXPECT_EQ(RunProgram(static_cast<int>(values.size()), values.data()), 0);
    return testing::internal::GetCapturedStdout();
  }
};

TEST_F(ScoreCommand, PrintsFlickerAsJson) {
  const auto mean = nlohmann::json::parse(Printed({"--flicker", "--json"})).at("mean");
  EXPECT_EQ(mean.at("neighbours"), 3);
  EXPECT_GT(mean.at("result").at("chroma_flicker").get<double>(), 0.01);
  EXPECT_GT(mean.at("result").at("luma_flicker").get<double>(), 0.0);
  EXPECT_TRUE(mean.at("source").contains("chroma_flicker"));
  EXPECT_GT(mean.at("truth").at("chroma_change").get<double>(), 0.0);
}

TEST_F(ScoreCommand, PrintsFlickerBelowTheTable) {
  const auto text = Printed({"--flicker"});
  EXPECT_THAT(text, testing::HasSubstr("flicker, in 1/1000 of full scale, over 3 pairs of neighbouring frames"));
  EXPECT_THAT(text, testing::HasSubstr("truth's own change"));
}

TEST_F(ScoreCommand, SaysNothingOfFlickerUnasked) {
  EXPECT_THAT(Printed({}), testing::Not(testing::HasSubstr("flicker")));
  EXPECT_FALSE(nlohmann::json::parse(Printed({"--json"})).at("mean").at("result").contains("chroma_flicker"));
}

}  // namespace
}  // namespace interneg::jobs
