// A movie as source and as reference goes the whole way of a recovery, as its frames in files do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/worker/engine/frames/movie_fixtures.h"
#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/jobs/media_report_document.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/probe_job.h"
#include "worker/engine/jobs/standalone.h"
#include "worker/engine/jobs/train_job.h"

namespace interneg::jobs {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// 10-bit 4:4:4, limited range, BT.709: as near to the drawn frames as a movie comes.
frames::DrawPicture Draw(image::Image (*change)(const image::Image&)) {
  return [change](AVFrame& picture, int number) {
    const auto ycc = image::RgbToYCbCr(change(DrawClean(DrawnShot::kSize, number + 1)), image::YCbCrMatrix::kBt709);
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < picture.height; ++y) {
        auto* const row =
            reinterpret_cast<std::uint16_t*>(picture.data[c] + static_cast<std::ptrdiff_t>(y) * picture.linesize[c]);
        for (int x = 0; x < picture.width; ++x) {
          const double v = ycc.plane(c)[static_cast<std::size_t>(y * picture.width + x)];
          row[x] = static_cast<std::uint16_t>(std::lround(c == 0 ? 64 + 876 * v : 512 + 896 * v));
        }
      }
    }
  };
}

class AMovieShot : public testing::Test {
 protected:
  AMovieShot() {
    frames::MovieSpec spec;
    spec.encoder = "prores_ks";
    spec.options = {{"profile", "4444"}, {"qscale", "1"}};
    spec.format = AV_PIX_FMT_YUV444P10;
    spec.size = DrawnShot::kSize;
    spec.frames = 9;
    spec.b_frames = 0;
    spec.matrix = AVCOL_SPC_BT709, spec.primaries = AVCOL_PRI_BT709, spec.transfer = AVCOL_TRC_BT709;
    spec.container_options = {{"movflags", "faststart"}};
    spec.file = "source.mov";
    frames::EncodeMovie(shot_.folder.path(), spec, Draw([](const image::Image& clean) { return Faded(clean); }));
    spec.file = "reference.mov";
    frames::EncodeMovie(shot_.folder.path(), spec, Draw([](const image::Image& clean) { return clean; }));
  }
  TrainJob Train() const {
    auto train = shot_.Train();
    train.source = FrameSource{shot_.folder / "source.mov", "", ""};
    train.reference = FrameSource{shot_.folder / "reference.mov", "", ""};
    return train;
  }
  DrawnShot shot_;
};

TEST_F(AMovieShot, IsRecoveredFrameByFrame) {
  const auto train = Train();
  auto render = shot_.Render();
  render.source = train.source;
  const auto spec = shot_.Spec(train);
  const auto result = RunRecovery(shot_.Context(), {spec, ToJson(spec), render, shot_.folder / "scratch", {}, "test"});
  EXPECT_EQ(result.outcome, EngineOutcome::kSucceeded);
  const auto rendered = shot_.events.All<RenderedFrame>();
  ASSERT_EQ(rendered.size(), 9U);
  for (const auto& frame : rendered) EXPECT_TRUE(frame.proven) << frame.frame << ' ' << frame.error;
  EXPECT_TRUE(fs::exists(shot_.folder / "out/r.0009.png"));
  EXPECT_GT(shot_.events.Figure("chroma_psnr_db", "model"), shot_.events.Figure("chroma_psnr_db", "untouched") + 6.0);
  EXPECT_THAT(shot_.Warnings(), Not(Contains(HasSubstr("assumed")))) << "its tags say all";
}

TEST_F(AMovieShot, CutOffIsSaidBeforeItIsTakenForTheWhole) {
  const auto path = shot_.folder.path() / "source.mov";
  fs::resize_file(path, fs::file_size(path) * 8 / 10);
  const auto medium =
      OpenMedium(shot_.Context(), Train().source, "source", "train.source", color::ColorConfig::BuiltIn());
  EXPECT_LT(medium.range.size(), 9U);
  EXPECT_THAT(medium.warnings, Contains(HasSubstr("cut off")));
}

TEST_F(AMovieShot, HasNoFramesBeyondItsEnd) {
  auto train = Train();
  train.source->range = "1-12";
  const auto failure = FailureOfCall([&] {
    RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
  });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, HasSubstr("10-12"));
}

TEST_F(AMovieShot, IsReadByTheMatrixThatTheJobNames) {
  const auto color = PlanColor({}, "color", "");
  auto source = *Train().reference;
  const auto open = [&] { return OpenMedium(shot_.Context(), source, "medium", "probe.media[0]", color.config); };
  const auto by_tags = open().Read(1).rgb;
  source.movie = MovieReading{YcbcrMatrix::kBt601, SampleRange::kUnspecified};
  const auto overridden = open().Read(1).rgb;
  // The same codes, by the other matrix.
  const auto codes = image::RgbToYCbCr(by_tags, image::YCbCrMatrix::kBt709);
  const auto wanted = image::YCbCrToRgb(codes, image::YCbCrMatrix::kBt601);
  double worst = 0, changed = 0;
  for (std::size_t i = 0; i < wanted.values().size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(wanted.values()[i]) - overridden.values()[i]));
    changed = std::max(changed, std::abs(static_cast<double>(by_tags.values()[i]) - overridden.values()[i]));
  }
  EXPECT_LT(worst, 0.002);
  EXPECT_GT(changed, 0.01) << "the scene has colour";
}

TEST_F(AMovieShot, ItsReportSaysHowItIsReadAndWhy) {
  ProbeJob probe;
  probe.media = {*Train().source, *Train().reference};
  probe.media[1].movie = MovieReading{YcbcrMatrix::kBt2020, SampleRange::kFull};
  probe.inspection = MediaInspection{};
  ASSERT_EQ(RunProbe(shot_.Context(), probe, StageInputs({}), shot_.folder / "report").outcome,
            EngineOutcome::kSucceeded);
  const auto report = document::ParseMediaReport(BytesOf(shot_.folder / "report/media_report.json"), "report");
  ASSERT_EQ(report.media.size(), 2U);
  const auto& tagged = *report.media[0].movie;
  EXPECT_EQ(tagged.codec, "prores");
  EXPECT_EQ(tagged.frame_count, 9);
  EXPECT_EQ(tagged.matrix, YcbcrMatrix::kBt709);
  EXPECT_EQ(tagged.matrix_from, "tag");
  EXPECT_EQ(tagged.range, SampleRange::kLimited);
  const auto& overridden = *report.media[1].movie;
  EXPECT_EQ(overridden.matrix, YcbcrMatrix::kBt2020);
  EXPECT_EQ(overridden.matrix_from, "override");
  EXPECT_EQ(overridden.range, SampleRange::kFull);
  EXPECT_EQ(overridden.range_from, "override");
  EXPECT_EQ(report.media[1].frames->movie, probe.media[1].movie);
}

TEST_F(AMovieShot, DamagedInTheMiddleLeavesAReportThatNamesTheFrame) {
  const auto path = shot_.folder / "source.mov";
  auto bytes = BytesOf(path);
  std::size_t at = 0;
  for (int frame = 1; frame <= 5; ++frame) at = bytes.find("icpf", at + 1);  // each ProRes picture begins so
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 4, "none");
  WriteText(path, bytes);
  ProbeJob probe;
  probe.media = {*Train().source};
  probe.inspection = MediaInspection{};
  const auto failure =
      FailureOfCall([&] { RunProbe(shot_.Context(), probe, StageInputs({}), shot_.folder / "report"); });
  EXPECT_THAT(failure.message, HasSubstr("frames 5 cannot be read"));
  const auto report = document::ParseMediaReport(BytesOf(shot_.folder / "report/media_report.json"), "report");
  EXPECT_EQ(report.media.at(0).present, "1-9");
  ASSERT_EQ(report.media[0].unreadable.size(), 1U);
  EXPECT_EQ(report.media[0].unreadable[0].frame, 5);
  EXPECT_EQ(report.media[0].movie->codec, "prores") << "what could be told is told";
}

}  // namespace
}  // namespace interneg::jobs
