// Crops from the alignment to the rendered frame: what is trained on, keyed or not, and what a render leaves as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/pair_registration.h"
#include "worker/engine/jobs/render_job.h"
#include "worker/engine/jobs/training_crop.h"
#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::jobs {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

// Source: frames 1 to 5, 192×144, faded, with a black border of 14 pixels on the left and 10 on the right, as a full scan
// has beside its picture. Reference: the same pictures, clean, without borders.
class Crops : public testing::Test {
 protected:
  static constexpr image::Size kSize{192, 144};
  static constexpr int kFrames = 5, kLeft = 14, kRight = 182;

  static image::Image Bordered(image::Image picture) {
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < kSize.height_px; ++y) {
        for (int x = 0; x < kSize.width_px; ++x) {
          if (x < kLeft || x >= kRight) picture.plane(c)[At(x, y)] = .01F;
        }
      }
    }
    return picture;
  }
  static std::size_t At(int x, int y) { return static_cast<std::size_t>(y) * kSize.width_px + x; }

  void SetUp() override {
    simulation::FadeOptions fade;
    fade.retention = {.30, 1, .80};
    for (int frame = 1; frame <= kFrames; ++frame) {
      const auto clean = simulation::DrawDemoScene(kSize, frame - 1, kFrames);
      WriteFrame(shot_.folder / "source", "f.%04d.png", frame, Bordered(simulation::FadeFrame(clean, fade, frame)));
      WriteFrame(shot_.folder / "reference", "f.%04d.png", frame, image::ClampedToUnit(clean));
    }
    job_.source = FrameSource{shot_.folder / "source/f.%04d.png", "1-5", ""};
    job_.reference = FrameSource{shot_.folder / "reference/f.%04d.png", "1-5", ""};
    job_.pairs = {1, 3, 5};
  }

  EngineResult Run(const std::string& name, const JobSpec& spec, Assignment assignment) {
    assignment.scratch_folder = shot_.folder / name;
    return RunTask(shot_.Context(), spec, ToJson(spec), assignment);
  }
  Alignment Align() {
    EXPECT_EQ(Run("align", {kJobSchema, job_}, {}).outcome, EngineOutcome::kSucceeded);
    return ParseAlignment(BytesOf(shot_.folder / "align/alignment.json"), "alignment");
  }
  std::string Refusal() {
    return FailureOfCall([&] { Run("refused", {kJobSchema, job_}, {}); }).message;
  }

  // The model of a closed form on the alignment's pairs.
  std::string Train() {
    TrainJob train;
    train.recovery = Recovery::kChroma;
    train.source = job_.source;
    train.reference = job_.reference;
    train.network = NetworkKind::kClosedForm;
    train.alignment = StageInput{{}, "align"};
    Assignment assignment;
    assignment.inputs = {{"alignment", shot_.folder / "align/alignment.json"}};
    EXPECT_EQ(Run("train", {kJobSchema, train}, assignment).outcome, EngineOutcome::kSucceeded);
    return shot_.folder / "train/model.safetensors";
  }
  RenderJob Render() {
    auto render = shot_.Render();
    render.source->range = "1-5";
    return render;
  }
  EngineResult RenderTo(const std::string& folder, const RenderJob& job, const std::string& model) {
    return RunRender(shot_.Context(), {job, "1-3", model, shot_.roots.Locate(shot_.folder / folder, "/"), {}});
  }
  image::Image Read(const std::string& folder, const std::string& name) {
    const auto file = shot_.folder / (folder + "/" + name + ".0002.png");
    return frames::ReadFile(shot_.roots, shot_.roots.Locate(file, "/"), 2, "x").rgb;
  }
  // Which columns of frame 2 differ from the source's.
  std::vector<int> ChangedColumns(const std::string& folder) {
    const auto rendered = Read(folder, "r"), source = Read("source", "f");
    std::vector<int> changed;
    for (int x = 0; x < kSize.width_px; ++x) {
      bool same = true;
      for (int c = 0; c < 3; ++c) {
        for (int y = 0; y < kSize.height_px; ++y) same = same && rendered.plane(c)[At(x, y)] == source.plane(c)[At(x, y)];
      }
      if (!same) changed.push_back(x);
    }
    return changed;
  }

  DrawnShot shot_;
  AlignJob job_;
};

TEST_F(Crops, OfARenderAreProposedByTheSourcesBordersAndLeaveThemAsTheyAre) {
  const auto alignment = Align();
  EXPECT_EQ(alignment.render_crop, (PictureArea{kLeft, 0, kRight - kLeft, kSize.height_px}));
  EXPECT_THAT(alignment.notes, Contains(HasSubstr("a render recovers the source's live area, 14,0 168x144")));
  const auto model = Train();
  EXPECT_EQ(RenderTo("rendered", Render(), model).outcome, EngineOutcome::kSucceeded);
  const auto changed = ChangedColumns("rendered");
  ASSERT_FALSE(changed.empty());
  EXPECT_GE(changed.front(), kLeft);
  EXPECT_LT(changed.back(), kRight);
  for (const auto& frame : shot_.events.All<RenderedFrame>()) EXPECT_TRUE(frame.proven) << frame.error;
}

TEST_F(Crops, OfARenderAreTheJobsWhereItHasOne) {
  job_.render_crop = PictureArea{20, 10, 100, 100};
  EXPECT_EQ(Align().render_crop, job_.render_crop);
  const auto model = Train();
  auto render = Render();
  render.render_crop = PictureArea{40, 32, 80, 64};
  EXPECT_EQ(RenderTo("rendered", render, model).outcome, EngineOutcome::kSucceeded);
  EXPECT_THAT(ChangedColumns("rendered"), AllOf(testing::Each(testing::Ge(40)), testing::Each(testing::Lt(120))));
  render.output->color_space = "ACES2065-1";
  render.output->path = shot_.folder / "published/r.%04d.exr";
  render.output->format = FileFormat::kExr;
  EXPECT_EQ(RenderTo("converted", render, model).outcome, EngineOutcome::kSucceeded) << "proven in another space too";
  render.whole_frame = true;
  EXPECT_THAT(FailureOfCall([&] { RenderTo("refused", render, model); }).message, HasSubstr("render.wholeFrame"));
  render = Render();
  render.whole_frame = true;
  EXPECT_EQ(RenderTo("whole", render, model).outcome, EngineOutcome::kSucceeded);
  EXPECT_LT(ChangedColumns("whole").front(), 20);
  render.whole_frame = false;
  render.render_crop = PictureArea{150, 0, 80, 64};
  EXPECT_THAT(FailureOfCall([&] { RenderTo("refused", render, model); }).message,
              HasSubstr("render.renderCrop: crop 80x64+150+0 leaves the frame of 192x144 pixels; use at least 64x64"));
}

// Around the crop nothing is recovered, and nothing there is a figure of the recovery.
TEST_F(Crops, OfARenderAreAllThatItsFiguresCount) {
  Align();
  const auto model = Train();
  const auto scaled_px = [&](const PictureArea& crop) {
    auto render = Render();
    render.render_crop = crop;
    const auto before = shot_.events.All<RenderedFrame>().size();
    EXPECT_EQ(RenderTo("at" + std::to_string(crop.x_px) + "to" + std::to_string(crop.width_px), render, model).outcome,
              EngineOutcome::kSucceeded);
    return shot_.events.All<RenderedFrame>().at(before).gamut_scaled_share * crop.width_px * crop.height_px;
  };
  double parts = 0;
  for (const int x : {0, 64, 128}) parts += scaled_px({x, 0, 64, kSize.height_px});
  const double whole = scaled_px({0, 0, kSize.width_px, kSize.height_px});
  EXPECT_GT(whole, 0.0) << "black borders cannot show the colour that is predicted for them";
  EXPECT_NEAR(parts, whole, 0.5);
}

TEST_F(Crops, OfATrainingMoveBetweenTheirKeys) {
  job_.crop_keys = {{5, PictureArea{60, 20, 100, 100}}, {1, PictureArea{20, 20, 100, 100}}};
  const auto alignment = Align();
  EXPECT_FALSE(alignment.crop);
  ASSERT_EQ(alignment.crop_keys.size(), 2U);
  EXPECT_EQ(alignment.crop_keys[0].source_frame, 1);
  EXPECT_EQ(TrainingCropOf(alignment, 3, kSize), (PictureArea{40, 20, 100, 100}));
  dataset::Pair pair{3, Read("source", "f"), Read("reference", "f"), {}};
  RegisterPair(alignment.pairs[1], alignment, pair);
  EXPECT_EQ(pair.confidence->plane(0)[At(38, 60)], 0.F);
  EXPECT_GT(pair.confidence->plane(0)[At(90, 60)], 0.F);
  EXPECT_EQ(pair.confidence->plane(0)[At(141, 60)], 0.F);
}

TEST_F(Crops, ThatCannotBeAreNamedBeforeAnythingIsSolved) {
  job_.crop = PictureArea{20, 20, 101, 100};
  EXPECT_THAT(Refusal(), HasSubstr("align.crop: crop 101x100+20+20 has odd numbers; position and size are even; use 100x"));
  job_.crop = PictureArea{20, 20, 100, 100};
  job_.crop_keys = {{1, PictureArea{20, 20, 100, 100}}};
  EXPECT_THAT(Refusal(), HasSubstr("align.cropKeys: align.crop is given as well"));
  job_.crop.reset();
  job_.crop_keys.push_back({1, PictureArea{22, 20, 100, 100}});
  EXPECT_THAT(Refusal(), HasSubstr("align.cropKeys: frame 1 has two crops"));
  job_.crop_keys = {{7, PictureArea{20, 20, 100, 100}}};
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("align.cropKeys"), HasSubstr("frame 7")));
  job_.crop_keys = {{1, std::nullopt}};
  EXPECT_THAT(Refusal(), HasSubstr("align.cropKeys: frame 1: crop 0x0+0+0"));
  job_.crop_keys = {{2, PictureArea{120, 20, 100, 100}}};
  EXPECT_THAT(Refusal(), HasSubstr("align.cropKeys: frame 2: crop 100x100+120+20 leaves the frame of 192x144 pixels"));
  job_.crop_keys.clear();
  job_.render_crop = PictureArea{0, 0, 32, 32};
  EXPECT_THAT(Refusal(), HasSubstr("align.renderCrop: crop 32x32+0+0 is too small; use at least 64x64"));
}

}  // namespace
}  // namespace interneg::jobs
