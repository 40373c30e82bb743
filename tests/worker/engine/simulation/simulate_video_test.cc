#include "worker/engine/simulation/simulate_video.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/simulation/video_reference.h"

namespace interneg::simulation {
namespace {

namespace fs = std::filesystem;

class SimulatingVideo : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = (fs::temp_directory_path() / "interneg-video-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    SimulateScene(roots(), {{"r", "clean"}, {160, 120}, frames::FrameRange::Parse("1001-1008")}, {});
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }
  SimulatingVideo() {
    options_.input = {"r", "clean/f.%04d.png"};
    options_.output_folder = {"r", "out"};
    options_.video = {{144, 112}, {25, 1}, 1'500'000};
    options_.film_rate = {25, 1};
  }
  ~SimulatingVideo() override { fs::remove_all(folder_ / "out"); }
  static frames::Roots roots() { return frames::Roots(std::vector<frames::Root>{{"r", folder_.string(), {}}}); }
  image::Image Read(const std::string& name) const { return frames::ReadFile(roots(), {"r", name}, 1, "s").rgb; }
  std::string Bytes(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  nlohmann::json Truth(const std::string& out = "out") const {
    return nlohmann::json::parse(Bytes(out + "/video.json"));
  }

  static inline fs::path folder_;
  SimulateVideoOptions options_;
};

TEST_F(SimulatingVideo, AnOffsetAndASlowerFilmStandInTheTruth) {
  options_.film_rate = {18, 1};
  options_.offset = -1;
  const auto count = SimulateVideo(roots(), options_, {});
  const auto truth = Truth();
  ASSERT_EQ(truth["frames"].size(), count);
  int repeats = 0;
  for (const auto& frame : truth["frames"]) {
    const int number = frame["frame"], film = frame["film_frame"];
    EXPECT_EQ(film, 1001 + (number - 1001) * 18 / 25 - 1);
    EXPECT_TRUE(fs::exists(folder_ / ("out/video/f." + std::to_string(number) + ".png")));
    repeats += frame["repeat"].get<bool>() ? 1 : 0;
    EXPECT_EQ(frame["overlays"].size(), 1U);
  }
  EXPECT_GT(repeats, 2);
  EXPECT_EQ(truth["video"]["width_px"], 144);
  EXPECT_EQ(truth["film"]["rate"], "18/1");
  EXPECT_FALSE(fs::exists(folder_ / "out/video.mpg"));
}

TEST_F(SimulatingVideo, TheSameSeedGivesTheSameBytesAndAnotherSeedDoesNot) {
  options_.range = frames::FrameRange::Parse("1001-1003");
  options_.movie = MovieFile::kMpg;
  for (const char* out : {"one", "again", "other"}) {
    options_.output_folder = {"r", out};
    options_.seed = out == std::string("other") ? 2 : 1;
    SimulateVideo(roots(), options_, {});
  }
  for (const char* name : {"/video/f.1002.png", "/graded/f.1002.png", "/video.mpg", "/video.json"}) {
    EXPECT_FALSE(Bytes(std::string("one") + name).empty()) << name;
    EXPECT_EQ(Bytes(std::string("one") + name), Bytes(std::string("again") + name)) << name;
    EXPECT_NE(Bytes(std::string("one") + name), Bytes(std::string("other") + name)) << name;
  }
}

// The truth must hold after coding too: a bright spot on grey is found where the written transform puts it.
TEST_F(SimulatingVideo, TheTransformHoldsInTheDecodedFrames) {
  frames::WriteOptions png;
  png.format = frames::OutputFormat::kPng;
  png.encoding = frames::SampleEncoding::kUint16;
  const frames::FrameWriter writer(roots(), {"r", "spot"}, frames::FramePattern::Parse("f.%04d.png"), png);
  constexpr double kX = 83.4, kY = 52.7;
  image::Image film({160, 120}, {"R", "G", "B"}, "s");
  for (std::size_t i = 0; i < film.pixel_count(); ++i) {
    const double dx = static_cast<double>(i % 160) - kX, dy = static_cast<double>(i / 160) - kY;
    for (int c = 0; c < 3; ++c) film.plane(c)[i] = static_cast<float>(.2 + .6 * std::exp(-(dx * dx + dy * dy) / 50));
  }
  for (int frame = 1; frame <= 4; ++frame) writer.Write(frame, film, {}, {});
  options_.input = {"r", "spot/f.%04d.png"};
  options_.noise = 0;
  options_.burned_in = BurnIn::kNone;
  SimulateVideo(roots(), options_, {});
  for (const auto& frame : Truth()["frames"]) {
    const auto t = frame["transform"].get<Transform>();
    const auto picture = Read("out/video/f.000" + std::to_string(frame["frame"].get<int>()) + ".png");
    double sum = 0, sx = 0, sy = 0;
    for (std::size_t i = 0; i < picture.pixel_count(); ++i) {
      const double v = std::max(0.0, picture.plane(1)[i] - .3);
      sum += v;
      sx += v * static_cast<double>(i % 144);
      sy += v * static_cast<double>(i / 144);
    }
    EXPECT_NEAR(sx / sum, t[0][0] * kX + t[0][1] * kY + t[0][2], .05);
    EXPECT_NEAR(sy / sum, t[1][0] * kX + t[1][1] * kY + t[1][2], .05);
  }
}

TEST_F(SimulatingVideo, WithoutHardshipsTheCopyIsTheGradedFilm) {
  options_.range = frames::FrameRange::Parse("1001-1003");
  options_.video = {{160, 120}, {25, 1}, 9'000'000};
  options_.overscan = {0, 0};
  options_.weave = Weave::kNone;
  options_.burned_in = BurnIn::kNone;
  options_.noise = 0;
  SimulateVideo(roots(), options_, {});
  const auto video = image::RgbToYCbCr(Read("out/video/f.1002.png"), image::YCbCrMatrix::kBt601);
  const auto graded = image::RgbToYCbCr(Read("out/graded/f.1002.png"), image::YCbCrMatrix::kBt601);
  double error = 0;
  for (std::size_t i = 0; i < video.pixel_count(); ++i)
    error += std::pow(double{video.plane(0)[i]} - graded.plane(0)[i], 2);
  EXPECT_LT(std::sqrt(error / static_cast<double>(video.pixel_count())), .012);
  const auto grade = DrawGradeShift(options_.seed);
  EXPECT_NEAR(Truth()["grade"]["saturation"].get<double>(), grade.saturation, 1e-12);
}

TEST_F(SimulatingVideo, TruthHasTheFadedLumaAndTheGradedChroma) {
  SimulateFadeOptions fade{{"r", "clean/f.%04d.png"}, frames::FrameRange::Parse("1001-1002"), {"r", "fade"}, {}};
  fade.fade.retention = ParseRetention("severe");
  SimulateFade(roots(), fade, {});
  options_.range = frames::FrameRange::Parse("1001-1002");
  options_.faded = frames::Location{"r", "fade/faded/f.%04d.png"};
  SimulateVideo(roots(), options_, {});
  const auto truth = image::RgbToYCbCr(Read("out/truth/f.1002.png"), image::YCbCrMatrix::kBt709);
  const auto faded = image::RgbToYCbCr(Read("fade/faded/f.1002.png"), image::YCbCrMatrix::kBt709);
  for (std::size_t i = 0; i < truth.pixel_count(); ++i) ASSERT_NEAR(truth.plane(0)[i], faded.plane(0)[i], 1e-5);
}

TEST_F(SimulatingVideo, TextLiesWhereTheTruthSays) {
  options_.range = frames::FrameRange::Parse("1001-1002");
  options_.burned_in = BurnIn::kBoth;
  options_.noise = 0;
  options_.weave = Weave::kNone;
  SimulateVideo(roots(), options_, {});
  const auto with = Read("out/video/f.1001.png");
  options_.burned_in = BurnIn::kNone;
  options_.output_folder = {"r", "plain"};
  SimulateVideo(roots(), options_, {});
  const auto without = Read("plain/video/f.1001.png");
  const auto overlays = Truth()["frames"][0]["overlays"];
  ASSERT_EQ(overlays.size(), 2U);
  double inside = 0, outside = 0;
  for (std::size_t i = 0; i < with.pixel_count(); ++i) {
    const int x = static_cast<int>(i % 144), y = static_cast<int>(i / 144);
    bool covered = false;
    for (const auto& o : overlays) {
      const int left = o["x_px"], top = o["y_px"], width = o["width_px"], height = o["height_px"];
      covered = covered || (x >= left - 8 && x < left + width + 8 && y >= top - 8 && y < top + height + 8);
    }
    const double change = std::abs(with.plane(1)[i] - without.plane(1)[i]);
    (covered ? inside : outside) = std::max(covered ? inside : outside, change);
  }
  EXPECT_GT(inside, .3);
  EXPECT_LT(outside, .15);  // coding spreads a little
}

TEST_F(SimulatingVideo, WhatCannotBeIsRefusedBeforeAnythingIsWritten) {
  auto bad = options_;
  bad.range = frames::FrameRange::Parse("1001-1020");
  EXPECT_THROW(SimulateVideo(roots(), bad, {}), frames::FrameError);
  bad = options_;
  bad.offset = 50;
  EXPECT_THROW(SimulateVideo(roots(), bad, {}), std::invalid_argument);
  bad = options_;
  bad.noise = -1;
  EXPECT_THROW(SimulateVideo(roots(), bad, {}), std::invalid_argument);
  bad = options_;
  bad.faded = frames::Location{"r", "nowhere/f.%04d.png"};
  EXPECT_THROW(SimulateVideo(roots(), bad, {}), frames::FrameError);
  EXPECT_THROW(ParseBurnIn("logo"), std::invalid_argument);
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace interneg::simulation
