// How a render's document applies a model that recovers detail.
#include <OpenImageIO/imageio.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/standalone.h"
#include "worker/engine/jobs/train_job.h"
#include "worker/engine/model/model.h"
#include "worker/engine/training/resume.h"

namespace interneg::jobs {
namespace {

class DetailRender : public testing::Test {
 protected:
  DetailRender() {
    train_.recovery = Recovery::kSpatial;
    train_.network = NetworkKind::kUnet;
    render_.output->path = shot_.folder / "out/r.%04d.exr";
    render_.output->format = FileFormat::kExr;
  }
  EngineResult Recovered() {
    const auto spec = shot_.Spec(train_);
    return RunRecovery(shot_.Context(), {spec, ToJson(spec), render_, shot_.folder / "scratch", {}, "test"});
  }
  std::string Refusal() {
    try {
      Recovered();
      return "accepted";
    } catch (const JobError& error) {
      EXPECT_FALSE(std::filesystem::exists(shot_.folder / "scratch")) << "refused before anything is made";
      return error.what();
    }
  }
  double MeanOf(int frame) const {
    for (const auto& measure : shot_.events.All<Measure>()) {
      if (measure.name == "invented_detail_mean" && measure.frame == frame) return measure.value;
    }
    return std::numeric_limits<double>::quiet_NaN();
  }
  DrawnShot shot_;
  TrainJob train_ = shot_.SmallGrid();
  RenderJob render_ = shot_.Render();
};

TEST_F(DetailRender, TellsOfEachFrameWhatIsInvented) {
  render_.invented_detail = true;
  render_.detail = DetailStrengths{0.5, std::nullopt, std::nullopt, 0.0};
  ASSERT_EQ(Recovered().outcome, EngineOutcome::kSucceeded);
  int frames = 0;
  for (const auto& measure : shot_.events.All<Measure>()) {
    if (measure.name != "invented_detail_share" || !measure.frame) continue;
    ++frames;
    EXPECT_GE(measure.value, 0.0);
    EXPECT_LE(measure.value, 1.0);
  }
  EXPECT_EQ(frames, 9);
  EXPECT_FALSE(std::isnan(shot_.events.Figure("invented_detail_share_max", "model")));
}

// What a compositor opens: the map beside the picture, and its figures are the frame's own.
TEST_F(DetailRender, TheMapIsAChannelOfTheFile) {
  render_.invented_detail = true;
  ASSERT_EQ(Recovered().outcome, EngineOutcome::kSucceeded);
  const auto file = OIIO::ImageInput::open(shot_.folder / "out/r.0004.exr");
  ASSERT_TRUE(file) << OIIO::geterror();
  const auto& spec = file->spec();
  const int channel = spec.channelindex("invented.Y");
  ASSERT_GE(channel, 0);
  std::vector<float> map(static_cast<std::size_t>(DrawnShot::kSize.width_px) * DrawnShot::kSize.height_px);
  ASSERT_TRUE(file->read_image(0, 0, channel, channel + 1, OIIO::TypeDesc::FLOAT, map.data())) << file->geterror();
  double sum = 0;
  for (const float value : map) {
    EXPECT_TRUE(value >= 0.0F && value <= 1.0F) << value;
    sum += double{value};
  }
  EXPECT_NEAR(sum / static_cast<double>(map.size()), MeanOf(4), 1e-3) << "half floats";
}

TEST_F(DetailRender, FilesSayWithWhichStrengthsTheyWereMade) {
  render_.detail = DetailStrengths{0.5, std::nullopt, std::nullopt, 0.0};
  ASSERT_EQ(Recovered().outcome, EngineOutcome::kSucceeded);
  EXPECT_THAT(BytesOf(shot_.folder / "out/r.0005.exr"),
              testing::AllOf(testing::HasSubstr("interneg:detailStrengths"),
                             testing::HasSubstr("fine 0.5, middle 1, coarse 1, grain 0")));
}

// The faded luma is another than the reference's: what is to be learnt, and every figure, follow what is asked for.
TEST_F(DetailRender, IsMeasuredAgainstTheLumaThatWasTrainedOn) {
  const auto untouched_db = [&](std::optional<bool> luma_match) {
    DrawnShot shot;
    auto train = shot.SmallGrid();
    train.recovery = Recovery::kSpatial;
    train.network = NetworkKind::kUnet;
    train.training->luma_match = luma_match;
    const auto report = RunTrain(shot.Context(), {train, ToJson(shot.Spec(train)), shot.folder / "scratch", {}});
    const auto model = model::LoadModel(report.model, {}, model::Precision::kFloat32);
    EXPECT_EQ(training::SettingOf(model.metadata(), "luma match"), luma_match.value_or(true) ? "low-frequency" : "off");
    return shot.events.Figure("luma_psnr_db", "untouched");
  };
  const double matched_db = untouched_db({});
  EXPECT_EQ(untouched_db(true), matched_db);
  EXPECT_LT(untouched_db(false), matched_db - 1.0);
}

TEST_F(DetailRender, WithoutAskingThereIsNoMap) {
  ASSERT_EQ(Recovered().outcome, EngineOutcome::kSucceeded);
  EXPECT_TRUE(std::isnan(shot_.events.Figure("invented_detail_share_max", "model")));
  const auto file = OIIO::ImageInput::open(shot_.folder / "out/r.0004.exr");
  ASSERT_TRUE(file) << OIIO::geterror();
  EXPECT_EQ(file->spec().channelindex("invented.Y"), -1);
  EXPECT_THAT(BytesOf(shot_.folder / "out/r.0005.exr"), testing::Not(testing::HasSubstr("interneg:detailStrengths")));
}

TEST_F(DetailRender, AMapNeedsAFileThatHoldsIt) {
  render_ = shot_.Render();  // PNG
  render_.invented_detail = true;
  EXPECT_THAT(Refusal(), testing::HasSubstr("render.inventedDetail: only EXR"));
}

TEST_F(DetailRender, AChromaRecoveryHasNoDetailToWeigh) {
  train_ = shot_.SmallGrid();
  render_.detail = DetailStrengths{0.5, {}, {}, {}};
  EXPECT_THAT(Refusal(), testing::HasSubstr("render.detail: "));
}

// Of a negative the network sees a positive, and the files hold none.
class InvertedRender : public DetailRender {
 protected:
  InvertedRender() {
    train_.recovery = Recovery::kCombined;
    document::Invert invert;
    invert.base_density = {0.0, 0.0, 0.0};
    train_.source_preparation = {document::PreparationStep{invert}};
  }
};

TEST_F(InvertedRender, WeighsNothingAgainstTheFilesAndDeliversNoneOfTheirPixels) {
  render_.detail = DetailStrengths{0.5, {}, {}, {}};
  EXPECT_THAT(Refusal(), testing::HasSubstr("render.detail: the training inverts its source"));
  render_.detail.reset();
  render_.invented_detail = true;
  EXPECT_THAT(Refusal(), testing::HasSubstr("render.inventedDetail: the training inverts its source"));
  render_.invented_detail = false;
  render_.render_crop = PictureArea{0, 0, 64, 48};
  EXPECT_THAT(Refusal(), testing::HasSubstr("render.renderCrop: the training inverts its source"));
}

TEST_F(InvertedRender, OfAModelAloneIsRefusedBeforeAFrameIsRead) {
  const auto trained =
      RunTrain(shot_.Context(), {train_, ToJson(shot_.Spec(train_)), shot_.folder / "scratch", {}});
  render_.detail = DetailStrengths{1.0, 1.0, 1.0, 1.0};
  EXPECT_EQ(RenderInPlace(shot_.Context(), render_, "", trained.model, "one").outcome, EngineOutcome::kSucceeded);
  render_.detail->grain = 0.0;
  render_.source->path = shot_.folder / "nowhere/f.%04d.png";
  const auto failure =
      FailureOfCall([&] { RenderInPlace(shot_.Context(), render_, "", trained.model, "two"); });
  EXPECT_THAT(failure.message, testing::HasSubstr("render.detail: the training inverts its source"));
  EXPECT_THAT(failure.remedy, testing::HasSubstr("make a positive of the scan first"));
}

TEST_F(DetailRender, AStrengthOutOfRangeIsNamed) {
  render_.detail = DetailStrengths{{}, 5.0, {}, {}};
  EXPECT_THAT(Refusal(), testing::AllOf(testing::HasSubstr("render.detail: "), testing::HasSubstr("middle")));
}

}  // namespace
}  // namespace interneg::jobs
