// Whole recoveries of drawn 64×48 frames, in this process: train, render, prove, publish.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/inference/render_pipeline.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/probe_job.h"
#include "worker/engine/jobs/publish_job.h"
#include "worker/engine/jobs/render_job.h"
#include "worker/engine/jobs/score_job.h"
#include "worker/engine/jobs/standalone.h"
#include "worker/engine/jobs/train_job.h"
#include "worker/engine/model/model.h"

namespace interneg::jobs {
namespace {

namespace fs = std::filesystem;

EngineResult Recover(DrawnShot& shot, const TrainJob& train, const RenderJob& render) {
  const auto spec = shot.Spec(train);
  return RunRecovery(shot.Context(), {spec, ToJson(spec), render, shot.folder / "scratch", {}, "test"});
}

void ExpectEveryFrameProven(const DrawnShot& shot, std::size_t count) {
  const auto frames = shot.events.All<RenderedFrame>();
  ASSERT_EQ(frames.size(), count);
  for (const auto& frame : frames) {
    EXPECT_TRUE(frame.proven) << "frame " << frame.frame << " composed " << frame.composed_error << " written "
                              << frame.written_error << " share " << frame.written_share_of_bound << " " << frame.error;
    EXPECT_LE(frame.composed_error, 1e-6);
    EXPECT_LE(frame.written_share_of_bound, 1.0);
  }
}

TEST(Recovery, ClosedFormRendersEveryFrameProvenAsPng) {
  DrawnShot shot;
  EXPECT_EQ(Recover(shot, shot.Train(), shot.Render()).outcome, EngineOutcome::kSucceeded);
  ExpectEveryFrameProven(shot, 9);
  for (int frame = 1; frame <= 9; ++frame) {
    EXPECT_TRUE(fs::exists(shot.folder / ("out/r.000" + std::to_string(frame) + ".png")));
  }
  EXPECT_FALSE(fs::exists(shot.folder / "out/.interneg"));
  EXPECT_GT(shot.events.Figure("chroma_psnr_db", "model"), shot.events.Figure("chroma_psnr_db", "untouched") + 6.0);
  EXPECT_LT(shot.events.Figure("delta_e2000", "model"), shot.events.Figure("delta_e2000", "untouched"));
  EXPECT_EQ(shot.events.Figure("unproven_frames", "model"), 0.0);
}

TEST(Recovery, GridRendersEveryFrameProvenAsHalfExrInAces) {
  DrawnShot shot;
  const auto train = shot.SmallGrid();
  auto render = shot.Render();
  render.output->path = shot.folder / "out/r.#.exr";
  render.output->format = FileFormat::kExr;
  render.output->color_space.clear();
  render.output->attributes["FilmTitle"] = "Drawn";
  EXPECT_EQ(Recover(shot, train, render).outcome, EngineOutcome::kSucceeded);
  ExpectEveryFrameProven(shot, 9);
  EXPECT_THAT(shot.events.All<LossPoint>(), testing::Not(testing::IsEmpty()));
  const auto checkpoints = shot.events.All<LocalCheckpoint>();
  ASSERT_GE(checkpoints.size(), 3U);
  EXPECT_TRUE(checkpoints.back().best) << "the chosen model is the one to render with";
  EXPECT_EQ(checkpoints[1].parent_sha256, checkpoints[0].file->sha256);
  std::vector<std::string> kinds;
  for (const auto& artifact : shot.events.All<LocalArtifact>()) kinds.push_back(artifact.kind);
  for (const char* kind : {"contact_sheet", "preview", "validation_sheet", "before_after"}) {
    EXPECT_THAT(kinds, testing::Contains(kind));
  }
  ScoreRequest score;
  score.result = {shot.folder / "out/r.#.exr", "", ""};
  score.truth = {shot.folder / "reference/f.%04d.png", "2-8", ""};
  score.source = FrameSource{shot.folder / "source/f.%04d.png", "", ""};
  const auto scored = RunScore(shot.Context(), score);
  EXPECT_EQ(scored.frames.size(), 7U);
  EXPECT_GT(scored.result.chroma_psnr_db, scored.source->chroma_psnr_db + 6.0);
}

// Recovers the scene-linear frames of linear/source and linear/reference into the default master.
void ExpectLinearMasterProven(DrawnShot& shot) {
  auto train = shot.Train();
  train.source = FrameSource{shot.folder / "linear/source/f.%04d.exr", "1-9", "ACEScg"};
  train.reference = FrameSource{shot.folder / "linear/reference/f.%04d.exr", "1-9", "ACEScg"};
  auto render = shot.Render();
  render.source = train.source;
  render.output = RenderOutput{};
  render.output->path = shot.folder / "out/r.%04d.exr";
  EXPECT_EQ(Recover(shot, train, render).outcome, EngineOutcome::kSucceeded);
  ExpectEveryFrameProven(shot, 9);
}

// A scene-linear master goes through the Rec.709 ODT and back.
TEST(Recovery, SceneLinearMasterIsProven) {
  DrawnShot shot;
  for (int frame = 1; frame <= 9; ++frame) {
    for (const char* medium : {"source", "reference"}) {
      auto picture =
          frames::ReadFile(
              shot.roots,
              shot.roots.Locate(shot.folder / (std::string(medium) + "/f.000" + std::to_string(frame) + ".png"), "/"),
              frame, "x")
              .rgb;
      for (float& v : picture.values()) v = std::pow(v, 2.4F) * 1.5F;
      WriteFrame(shot.folder / (std::string("linear/") + medium), "f.%04d.exr", frame, picture);
    }
  }
  ExpectLinearMasterProven(shot);
}

// Scans have noise around black: negative components, and lumas below zero that no grey has.
TEST(Recovery, NoisyBlackOfASceneLinearMasterIsProven) {
  DrawnShot shot;
  std::mt19937 random(20261121);
  std::normal_distribution<float> noise(0.F, .002F);
  for (int frame = 1; frame <= 9; ++frame) {
    for (const char* medium : {"source", "reference"}) {
      auto picture = DrawClean(DrawnShot::kSize, frame);
      if (medium == std::string("source")) picture = Faded(picture);
      for (float& v : picture.values()) v = std::pow(v, 2.4F);
      for (int c = 0; c < 3; ++c) {
        for (std::size_t i = 0; i < picture.pixel_count() / 4; ++i) picture.plane(c)[i] = noise(random);
      }
      WriteFrame(shot.folder / (std::string("linear/") + medium), "f.%04d.exr", frame, picture);
    }
  }
  ExpectLinearMasterProven(shot);
}

TEST(Recovery, RenderingTwiceGivesTheSameBytes) {
  DrawnShot shot;
  auto render = shot.Render();
  Recover(shot, shot.Train(), render);
  render.output->path = shot.folder / "again/r.%04d.png";
  RenderInPlace(shot.Context(), render, "3-4", shot.folder / "scratch/model.safetensors", "test");
  EXPECT_EQ(BytesOf(shot.folder / "again/r.0003.png"), BytesOf(shot.folder / "out/r.0003.png"));
  EXPECT_FALSE(fs::exists(shot.folder / "again/r.0005.png")) << "only the frames asked for";
}

TrainJob SmallUnet(const DrawnShot& shot, interneg::jobs::Recovery recovery) {
  auto train = shot.SmallGrid();
  train.recovery = recovery;
  train.network = NetworkKind::kUnet;
  return train;
}

TEST(Recovery, SpatialHoldsChromaOnEveryFrame) {
  DrawnShot shot;
  auto render = shot.Render();
  render.output->path = shot.folder / "out/r.%04d.exr";
  render.output->format = FileFormat::kExr;
  EXPECT_EQ(Recover(shot, SmallUnet(shot, interneg::jobs::Recovery::kSpatial), render).outcome,
            EngineOutcome::kSucceeded);
  ExpectEveryFrameProven(shot, 9);
  EXPECT_GE(shot.events.Figure("gamut_outside_share_max", "model"), 0.0);
  EXPECT_EQ(shot.events.Figure("luma_unheld_share_max", "model"), 0.0);
  EXPECT_TRUE(std::isnan(shot.events.Figure("luma_psnr_db", "baseline"))) << "spatial has no closed form";
}

// What is counted where chroma is held: a luma so high that the held chroma leaves the gamut.
TEST(Recovery, PixelsKeptOutsideTheGamutAreCounted) {
  const auto network = model::DescribeNetwork(model::NetworkKind::kUNet, model::NetworkSize::kSmall,
                                              model::FreePlanes::kLuma, image::YCbCrMatrix::kBt709);
  const auto source = DrawClean({8, 8}, 1);
  image::Image luma({8, 8}, {"Y"}, source.color_space());
  for (float& v : luma.values()) v = 0.99F;
  EXPECT_GT(inference::ComposeRecovered(source, luma, network).outside_px, 0U);
}

TEST(Recovery, GapsAndAssumptionsAreWarnedOfOncePerMedium) {
  DrawnShot shot;
  fs::remove(shot.folder / "source/f.0004.png");
  auto train = shot.Train();
  train.source->range.clear();
  RunTrain(shot.Context(), {train, ToJson(shot.Spec(train)), shot.folder / "scratch", {}});
  EXPECT_THAT(shot.Warnings(),
              testing::Contains(
                  testing::AllOf(testing::HasSubstr("source"), testing::HasSubstr("gaps"), testing::HasSubstr(" 4 "))));
  for (const char* medium : {"source", "reference"}) {
    EXPECT_THAT(shot.Warnings(),
                testing::Contains(testing::AllOf(testing::HasSubstr(std::string(medium) + ":"),
                                                 testing::HasSubstr("is assumed"), testing::HasSubstr("-space")))
                    .Times(1));
  }
}

TEST(NotesOnce, SaysEachThingOnce) {
  KeptEvents events;
  NotesOnce notes(events, "source");
  notes.Add({"dropped: A"});
  notes.Add({"dropped: A", "cropped"});
  EXPECT_EQ(events.All<Notice>().size(), 2U);
}

// Nothing is held, so nothing may be claimed: not in the header, not in the event, not in the figures.
TEST(Recovery, CombinedClaimsNoProof) {
  DrawnShot shot;
  auto render = shot.Render();
  render.output->path = shot.folder / "out/r.%04d.exr";
  render.output->format = FileFormat::kExr;
  EXPECT_EQ(Recover(shot, SmallUnet(shot, interneg::jobs::Recovery::kCombined), render).outcome,
            EngineOutcome::kSucceeded);
  ASSERT_EQ(shot.events.All<RenderedFrame>().size(), 9U);
  for (const auto& frame : shot.events.All<RenderedFrame>()) {
    EXPECT_FALSE(frame.proven);
    EXPECT_TRUE(HoldsNothing(frame));
    EXPECT_THAT(TextOf(EventBody(frame)), testing::HasSubstr("nothing held"));
  }
  for (const char* name : {"composed_error_max", "written_error_max", "unproven_frames"}) {
    EXPECT_TRUE(std::isnan(shot.events.Figure(name, "model"))) << name;
  }
  EXPECT_EQ(BytesOf(shot.folder / "out/r.0001.exr").find("heldPlaneError"), std::string::npos);
}

// Over-bright frames in a display space: PNG clips what it cannot hold, and with it the luma that was to be kept.
class OverBright : public testing::Test {
 protected:
  OverBright() {
    for (int frame = 1; frame <= 9; ++frame) {
      auto picture = Faded(DrawClean(DrawnShot::kSize, frame));
      WriteFrame(shot_.folder / "bright", "f.%04d.exr", frame, picture);
      WriteFrame(shot_.folder / "reference", "f.%04d.exr", frame, DrawClean(DrawnShot::kSize, frame));
    }
    train_.source = FrameSource{shot_.folder / "bright/f.%04d.exr", "1-9", kSpace};
    train_.reference = FrameSource{shot_.folder / "reference/f.%04d.exr", "1-9", kSpace};
    render_.source = train_.source;
  }
  void Brighten(int frame) {
    auto picture = Faded(DrawClean(DrawnShot::kSize, frame));
    for (int c = 0; c < 3; ++c) picture.plane(c)[100] = 1.4F;
    WriteFrame(shot_.folder / "bright", "f.%04d.exr", frame, picture);
  }
  static constexpr char kSpace[] = "Gamma 2.4 Rec.709 - Texture";
  DrawnShot shot_;
  TrainJob train_ = shot_.Train();
  RenderJob render_ = shot_.Render();
};

TEST_F(OverBright, FrameThatPngCannotHoldIsNotDelivered) {
  Brighten(4);
  const auto result = Recover(shot_, train_, render_);
  EXPECT_EQ(result.outcome, EngineOutcome::kPartial);
  EXPECT_EQ(result.manifest.size(), 8U);
  EXPECT_FALSE(fs::exists(shot_.folder / "out/r.0004.png"));
  EXPECT_TRUE(fs::exists(shot_.folder / "out/r.0005.png"));
  ASSERT_TRUE(result.failure);
  EXPECT_THAT(result.failure->message, testing::AllOf(testing::HasSubstr("frame 4"), testing::HasSubstr("uint16")));
  EXPECT_THAT(result.failure->remedy, testing::HasSubstr("exr"));
  for (const auto& frame : shot_.events.All<RenderedFrame>()) {
    EXPECT_EQ(frame.proven, frame.frame != 4);
    EXPECT_EQ(frame.file.has_value(), frame.frame != 4);
    EXPECT_EQ(frame.error.empty(), frame.frame != 4);
  }
  EXPECT_EQ(shot_.events.Figure("unproven_frames", "model"), 1.0);
}

TEST_F(OverBright, RenderWithoutAProvenFrameFails) {
  for (int frame = 1; frame <= 9; ++frame) Brighten(frame);
  EXPECT_EQ(Recover(shot_, train_, render_).outcome, EngineOutcome::kFailed);
  EXPECT_FALSE(fs::exists(shot_.folder / "out"));
}

TEST_F(OverBright, ExrHoldsThem) {
  for (int frame = 1; frame <= 9; ++frame) Brighten(frame);
  render_.output->path = shot_.folder / "out/r.%04d.exr";
  render_.output->format = FileFormat::kExr;
  EXPECT_EQ(Recover(shot_, train_, render_).outcome, EngineOutcome::kSucceeded);
  ExpectEveryFrameProven(shot_, 9);
}

TEST_F(OverBright, ValueThatHalfCannotHoldIsAFaultOfItsFrameAlone) {
  auto picture = Faded(DrawClean(DrawnShot::kSize, 4));
  for (int c = 0; c < 3; ++c) picture.plane(c)[100] = 70000.0F;
  frames::WriteOptions options;
  options.encoding = frames::SampleEncoding::kFloat;
  frames::FrameWriter(shot_.roots, shot_.roots.Locate(shot_.folder / "bright", "/"),
                      frames::FramePattern::Parse("f.%04d.exr"), options)
      .Write(4, picture, {}, {});
  render_.output->path = shot_.folder / "out/r.%04d.exr";
  render_.output->format = FileFormat::kExr;
  const auto result = Recover(shot_, train_, render_);
  EXPECT_EQ(result.outcome, EngineOutcome::kPartial);
  EXPECT_EQ(result.manifest.size(), 8U);
  EXPECT_THAT(result.failure->message, testing::AllOf(testing::HasSubstr("frame 4"), testing::HasSubstr("float")));
}

// The pipeline alone, with callbacks that meet a frame which went away between its two reads, or a disk that fails.
class SecondRead : public testing::Test {
 protected:
  SecondRead() {
    Recover(shot_, shot_.Train(), shot_.Render());
    source_.emplace(shot_.roots, shot_.roots.Locate(shot_.folder / "source/f.%04d.png", "/"));
    transform_.emplace(config_, config_.Rec709Gamma24(), color::TrainingRoute::kDisplayDirect);
    model_.emplace(model::LoadModel(shot_.folder / "scratch/model.safetensors", {}, model::Precision::kFloat32));
  }
  // Frames written and frames that failed, when the second read of frame 2 has `fault`.
  std::pair<std::vector<int>, std::vector<int>> Render(frames::FrameFault fault) {
    const frames::FrameWriter writer(shot_.roots, shot_.roots.Locate(shot_.folder / "alone", "/"),
                                     frames::FramePattern::Parse("r.%04d.exr"), {});
    const inference::RenderPlan plan{*source_, *transform_, *transform_,      *model_,
                                     writer,   {1, 2, 3},   DrawnShot::kSize, std::int64_t{1} << 30};
    std::pair<std::vector<int>, std::vector<int>> seen;
    inference::RenderCallbacks callbacks;
    callbacks.attributes = [&](const inference::ComposedFrame& frame) -> std::map<std::string, std::string> {
      if (frame.frame == 2) throw frames::FrameError(fault, "frame 2");
      return {};
    };
    callbacks.written = [&](const inference::ComposedFrame& frame, const frames::WrittenFrame&) {
      seen.first.push_back(frame.frame);
    };
    callbacks.failed = [&](int frame, const frames::FrameError&) { seen.second.push_back(frame); };
    inference::Render(plan, callbacks, shot_.stop.flag());
    return seen;
  }
  DrawnShot shot_;
  color::ColorConfig config_ = color::ColorConfig::BuiltIn();
  std::optional<frames::FrameSequence> source_;
  std::optional<color::TrainingTransform> transform_;
  std::optional<model::Model> model_;
};

TEST_F(SecondRead, FrameThatWentAwayLeavesTheOthers) {
  const auto [written, failed] = Render(frames::FrameFault::kMissing);
  EXPECT_THAT(written, testing::ElementsAre(1, 3));
  EXPECT_THAT(failed, testing::ElementsAre(2));
}

TEST_F(SecondRead, FailingDiskEndsTheRender) {
  EXPECT_THROW(Render(frames::FrameFault::kStorage), frames::FrameError);
}

// Stops the job as soon as one frame is done.
class StopAfterOneFrame : public EventSink {
 public:
  StopAfterOneFrame(EventSink& next, StopSignal& stop) : next_(next), stop_(stop) {}
  void Send(EventBody body) override {
    if (std::holds_alternative<RenderedFrame>(body)) stop_.Request(StopReason::kTerminated);
    next_.Send(std::move(body));
  }

 private:
  EventSink& next_;
  StopSignal& stop_;
};

TEST(Recovery, StoppedRenderKeepsItsWholeFramesAndSaysWhere) {
  DrawnShot shot;
  Recover(shot, shot.Train(), shot.Render());
  auto render = shot.Render();
  render.output->path = shot.folder / "second/r.%04d.png";
  StopAfterOneFrame events(shot.events, shot.stop);
  auto context = shot.Context();
  const JobContext stopping{context.roots, context.current_folder, events, shot.stop, context.clock, {}, 1, {}};
  const auto result = RenderInPlace(stopping, render, "", shot.folder / "scratch/model.safetensors", "test");
  EXPECT_EQ(result.outcome, EngineOutcome::kPreempted);
  const auto kept = shot.folder / "second/.interneg/standalone-test.1";
  EXPECT_TRUE(fs::exists(kept + "/r.0001.png"));
  EXPECT_FALSE(fs::exists(shot.folder / "second/r.0001.png"));
  EXPECT_THAT(shot.Warnings(), testing::Contains(testing::HasSubstr(kept)));
}

TEST(Recovery, UnreadableFrameIsNamedAndTheOthersAreRendered) {
  DrawnShot shot;
  Recover(shot, shot.Train(), shot.Render());
  const auto broken = shot.folder / "source/f.0004.png";
  fs::resize_file(broken, fs::file_size(broken) / 2);
  fs::remove(shot.folder / "source/f.0007.png");
  auto render = shot.Render();
  render.output->path = shot.folder / "second/r.%04d.png";
  const auto result = RenderInPlace(shot.Context(), render, "", shot.folder / "scratch/model.safetensors", "test");
  EXPECT_EQ(result.outcome, EngineOutcome::kPartial);
  EXPECT_EQ(result.manifest.size(), 7U);
  std::vector<int> faulty;
  for (const auto& frame : shot.events.All<RenderedFrame>()) {
    if (!frame.error.empty()) faulty.push_back(frame.frame);
  }
  EXPECT_THAT(faulty, testing::ElementsAre(4, 7));
  EXPECT_TRUE(fs::exists(shot.folder / "second/r.0009.png"));
  EXPECT_FALSE(fs::exists(shot.folder / "second/r.0004.png"));
}

// As the farm does it: an attempt's own folder, then a publish task, twice.
TEST(Recovery, AttemptIsPublishedByATaskOfItsOwn) {
  DrawnShot shot;
  Recover(shot, shot.Train(), shot.Render());
  auto render = shot.Render();
  render.output->path = shot.folder / "farm/r.%04d.png";
  Assignment assignment;
  assignment.output_folder = shot.folder / "farm/.interneg/task.1";
  const auto rendered = RunRender(shot.Context(), {render,
                                                   "1-3",
                                                   shot.folder / "scratch/model.safetensors",
                                                   shot.roots.Locate(assignment.output_folder, "/"),
                                                   {{"JobId", "j"}}});
  ASSERT_EQ(rendered.manifest.size(), 3U);
  assignment.manifest = rendered.manifest;
  EXPECT_EQ(RunPublish(shot.Context(), render, assignment).outcome, EngineOutcome::kSucceeded);
  EXPECT_EQ(RunPublish(shot.Context(), render, assignment).outcome, EngineOutcome::kSucceeded);
  EXPECT_TRUE(fs::exists(shot.folder / "farm/r.0003.png"));
}

// Nobody publishes it, so nobody would ever take it away.
TEST(Recovery, AttemptThatIsStoppedLeavesNoFrames) {
  DrawnShot shot;
  Recover(shot, shot.Train(), shot.Render());
  auto render = shot.Render();
  render.output->path = shot.folder / "farm/r.%04d.png";
  Assignment assignment;
  assignment.kind = TaskKind::kRender;
  assignment.frames = "1-9";
  assignment.checkpoint_path = shot.folder / "scratch/model.safetensors";
  assignment.output_folder = shot.folder / "farm/.interneg/task.1";
  JobSpec spec;
  spec.schema = kJobSchema;
  spec.kind = render;
  StopAfterOneFrame events(shot.events, shot.stop);
  const auto context = shot.Context();
  const JobContext stopping{context.roots, context.current_folder, events, shot.stop, context.clock, {}, 1, {}};
  EXPECT_EQ(RunTask(stopping, spec, ToJson(spec), assignment).outcome, EngineOutcome::kPreempted);
  EXPECT_FALSE(fs::exists(assignment.output_folder));
}

TEST(Recovery, TiledFrameEqualsTheFullFrame) {
  DrawnShot shot;
  const auto train = shot.SmallGrid();
  RunTrain(shot.Context(), {train, ToJson(shot.Spec(train)), shot.folder / "scratch", {}});
  const auto model = model::LoadModel(shot.folder / "scratch/model.safetensors", {}, model::Precision::kFloat32);
  const auto source = Faded(DrawClean({1100, 130}, 3));
  const auto ignore = [](const std::string&) {};
  inference::FrameRecovery whole(model, std::int64_t{8} << 30, ignore), tiled(model, 1, ignore);
  const auto expected = whole.Recover(source).rgb, actual = tiled.Recover(source).rgb;
  EXPECT_EQ(whole.tile_px(), 0);
  ASSERT_GT(tiled.tile_px(), 0);
  ASSERT_LT(tiled.tile_px(), 1100);
  double worst = 0;
  for (std::size_t i = 0; i < expected.values().size(); ++i) {
    worst = std::max(worst, std::abs(double{expected.values()[i]} - double{actual.values()[i]}));
  }
  EXPECT_LE(worst, 1e-6);
  // The smallest tiles too, which only a lack of memory leads to: many joins.
  const auto full = model.Recover(source, model::RecoverOptions{0}),
             small = model.Recover(source, model::RecoverOptions{32});
  for (std::size_t i = 0; i < full.values().size(); ++i) {
    ASSERT_NEAR(full.values()[i], small.values()[i], 1e-6) << "sample " << i;
  }
}

TEST(Recovery, StoppedRenderIsPreemptedAndLeavesNothing) {
  DrawnShot shot;
  Recover(shot, shot.Train(), shot.Render());
  auto render = shot.Render();
  render.output->path = shot.folder / "second/r.%04d.png";
  shot.stop.Request(StopReason::kTerminated);
  const auto result = RenderInPlace(shot.Context(), render, "", shot.folder / "scratch/model.safetensors", "test");
  EXPECT_EQ(result.outcome, EngineOutcome::kPreempted);
  EXPECT_FALSE(fs::exists(shot.folder / "second"));
}

TEST(Recovery, TheErrorOfLossyDwaaIsReportedAndSmall) {
  DrawnShot shot;
  auto render = shot.Render();
  render.output->path = shot.folder / "out/r.%04d.exr";
  render.output->format = FileFormat::kExr;
  render.output->compression = Compression::kDwaa;
  EXPECT_EQ(Recover(shot, shot.Train(), render).outcome, EngineOutcome::kSucceeded);
  for (const auto& frame : shot.events.All<RenderedFrame>()) {
    EXPECT_TRUE(frame.proven) << "by its composition";
    EXPECT_GT(frame.written_error, 0.0);
    EXPECT_LT(frame.written_error, 0.5 / 255.0);
  }
  EXPECT_THAT(shot.events.All<Notice>(), testing::Contains(testing::Field(&Notice::text, testing::HasSubstr("dwaa is lossy"))));
}

TEST(Preparation, FeedsTheNetworkOnlyAndIsRepeatedByTheRender) {
  DrawnShot plain, prepared;
  auto train = prepared.Train();
  document::Median median;
  median.size_px = 5;
  train.source_preparation.push_back({median});
  ASSERT_EQ(Recover(plain, plain.Train(), plain.Render()).outcome, EngineOutcome::kSucceeded);
  ASSERT_EQ(Recover(prepared, train, prepared.Render()).outcome, EngineOutcome::kSucceeded);
  const auto frames = prepared.events.All<RenderedFrame>();
  ASSERT_EQ(frames.size(), 9U);
  for (const auto& frame : frames) EXPECT_TRUE(frame.proven) << "the unprepared original is held";
  EXPECT_NE(BytesOf(prepared.folder / "out/r.0004.png"), BytesOf(plain.folder / "out/r.0004.png"));
  EXPECT_THAT(prepared.events.All<Notice>(),
              testing::Contains(testing::Field(&Notice::text, testing::HasSubstr("prepared as in its training"))));
}

TEST(Preparation, WhatASpatialReferenceMustNotLoseIsRefusedBeforeAnythingIsDone) {
  DrawnShot shot;
  auto train = shot.Train();
  train.recovery = Recovery::kSpatial;
  train.network = NetworkKind::kUnspecified;
  train.reference_preparation.push_back({document::Median{}});
  const auto failure = FailureOfCall([&] { RunTrain(shot.Context(), {train, "{}", shot.folder / "scratch", {}}); });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, testing::HasSubstr("train.referencePreparation"));
  EXPECT_THAT(failure.message, testing::HasSubstr("median"));
  train.reference_preparation = {document::PreparationStep{}};
  EXPECT_THAT(FailureOfCall([&] { RunTrain(shot.Context(), {train, "{}", shot.folder / "scratch", {}}); }).message,
              testing::HasSubstr("names no step"));
  EXPECT_FALSE(std::filesystem::exists(shot.folder / "scratch"));
}

TEST(Recovery, FinishedModelAsResumeEndsAtOnce) {
  DrawnShot shot;
  Recover(shot, shot.Train(), shot.Render());
  const auto spec = shot.Spec(shot.Train());
  const auto train = shot.Train();
  const auto report = RunTrain(
      shot.Context(), {train, ToJson(spec), shot.folder / "scratch2", shot.folder / "scratch/model.safetensors"});
  EXPECT_EQ(report.result.outcome, EngineOutcome::kSucceeded);
  EXPECT_TRUE(shot.events.All<LocalCheckpoint>().back().best);
}

TEST(Probe, GoodMediaPass) {
  DrawnShot shot;
  ProbeJob job;
  job.media = {*shot.Train().source, *shot.Train().reference};
  job.decoded_frames = {1, 5, 9};
  EXPECT_EQ(RunProbe(shot.Context(), job, StageInputs({}), {}).outcome, EngineOutcome::kSucceeded);
}

}  // namespace
}  // namespace interneg::jobs
