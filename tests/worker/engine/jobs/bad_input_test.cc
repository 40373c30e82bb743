// What bad input gets: an error of its own kind that names the thing, before any training, with nothing left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <limits>
#include <string>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/color/built_in_config.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/output_folder.h"
#include "worker/engine/jobs/probe_job.h"
#include "worker/engine/jobs/random_name.h"
#include "worker/engine/jobs/recover_options.h"
#include "worker/engine/jobs/render_job.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/jobs/standalone.h"
#include "worker/engine/jobs/train_job.h"

namespace interneg::jobs {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class BadInput : public testing::Test {
 protected:
  // Message and remedy of the refused training; expects that nothing was trained or written.
  std::string RefusalOf(const TrainJob& train, FailureKind kind = FailureKind::kBadInput) {
    const auto failure = FailureOfCall([&] {
      RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
    });
    EXPECT_EQ(failure.kind, kind) << failure.message;
    EXPECT_FALSE(fs::exists(shot_.folder / "scratch"));
    EXPECT_TRUE(shot_.events.All<LossPoint>().empty());
    return failure.message + " | " + failure.remedy;
  }
  std::string RefusalOf(const TrainJob& train, const RenderJob& render) {
    const auto spec = shot_.Spec(train);
    const auto failure = FailureOfCall([&] {
      RunRecovery(shot_.Context(), {spec, ToJson(spec), render, shot_.folder / "scratch", {}, "test"});
    });
    EXPECT_EQ(failure.kind, FailureKind::kBadInput) << failure.message;
    EXPECT_FALSE(fs::exists(shot_.folder / "scratch"));
    return failure.message + " | " + failure.remedy;
  }
  DrawnShot shot_;
};

TEST_F(BadInput, MissingFramesAreListedAsRanges) {
  for (const int frame : {3, 4, 7}) fs::remove(shot_.folder / ("source/f.000" + std::to_string(frame) + ".png"));
  EXPECT_THAT(RefusalOf(shot_.Train()), AllOf(HasSubstr("3-4"), HasSubstr("7"), HasSubstr("source/f.")));
}

TEST_F(BadInput, MissingFolderIsNamed) {
  auto train = shot_.Train();
  train.reference->path = shot_.folder / "nowhere/f.%04d.png";
  EXPECT_THAT(RefusalOf(train), HasSubstr("nowhere"));
}

TEST_F(BadInput, TruncatedPairIsNamed) {
  const auto file = shot_.folder / "reference/f.0005.png";
  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_THAT(RefusalOf(shot_.Train()), AllOf(HasSubstr("f.0005.png"), HasSubstr("5")));
}

TEST_F(BadInput, FileThatIsNoImageIsNamed) {
  WriteText(shot_.folder / "source/f.0001.png", "not a picture");
  EXPECT_THAT(RefusalOf(shot_.Train()), HasSubstr("f.0001.png"));
}

TEST_F(BadInput, DifferentSizesMustBeRegistered) {
  for (int frame = 1; frame <= 9; ++frame) {
    WriteFrame(shot_.folder / "small", "f.%04d.png", frame, DrawClean({32, 48}, frame));
  }
  auto train = shot_.Train();
  train.reference->path = shot_.folder / "small/f.%04d.png";
  EXPECT_THAT(RefusalOf(train), AllOf(HasSubstr("64x48"), HasSubstr("32x48"), HasSubstr("registered")));
}

TEST_F(BadInput, DifferentChannelsMustBeRegistered) {
  for (int frame = 1; frame <= 9; ++frame) {
    image::Image grey(DrawnShot::kSize, {"Y"}, "");
    const auto clean = DrawClean(DrawnShot::kSize, frame);
    std::copy(clean.plane(1).begin(), clean.plane(1).end(), grey.plane(0).begin());
    WriteFrame(shot_.folder / "grey", "f.%04d.png", frame, grey);
  }
  auto train = shot_.Train();
  train.reference->path = shot_.folder / "grey/f.%04d.png";
  EXPECT_THAT(RefusalOf(train), AllOf(HasSubstr("channels"), HasSubstr("registered")));
}

TEST_F(BadInput, OneFrameOfAnotherSizeIsNamedByTheProbe) {
  WriteFrame(shot_.folder / "source", "f.%04d.png", 6, DrawClean({64, 40}, 6));
  ProbeJob probe;
  probe.media = {*shot_.Train().source};
  const auto failure = FailureOfCall([&] { RunProbe(shot_.Context(), probe, StageInputs({}), {}); });
  EXPECT_THAT(failure.message, AllOf(HasSubstr("f.0006.png"), HasSubstr("64x40")));
}

TEST_F(BadInput, MonochromeSourceIsNotColourised) {
  for (int frame = 1; frame <= 9; ++frame) {
    auto grey = DrawClean(DrawnShot::kSize, frame);
    for (const int c : {0, 2}) std::copy(grey.plane(1).begin(), grey.plane(1).end(), grey.plane(c).begin());
    WriteFrame(shot_.folder / "grey", "f.%04d.png", frame, grey);
  }
  auto train = shot_.Train();
  train.source->path = shot_.folder / "grey/f.%04d.png";
  EXPECT_THAT(RefusalOf(train), AllOf(HasSubstr("monochrome"), HasSubstr("colourisation is out of scope")));
  ProbeJob probe;
  probe.media = {*train.source};
  probe.recovery = Recovery::kChroma;
  const auto probed = [&] { RunProbe(shot_.Context(), probe, StageInputs({}), shot_.folder / "probe"); };
  EXPECT_THAT(FailureOfCall(probed).message, AllOf(HasSubstr("monochrome"), HasSubstr("colourisation")));
  probe.inspection = MediaInspection{};
  EXPECT_THAT(FailureOfCall(probed).message, HasSubstr("monochrome"));
  probe.recovery = Recovery::kSpatial;
  EXPECT_NO_THROW(probed()) << "detail has no need of colour";
  probe.recovery = Recovery::kChroma;
  probe.media = {*shot_.Train().source};
  EXPECT_NO_THROW(probed()) << "one that has faded has colour still";
}

TEST_F(BadInput, UnknownColourSpaceListsNearNames) {
  auto train = shot_.Train();
  train.source->color_space = "ACES2056-1";
  EXPECT_THAT(RefusalOf(train), AllOf(HasSubstr("train.source.colorSpace"), HasSubstr("ACES2065-1")));
  auto render = shot_.Render();
  render.output->color_space = "sRGB - Textur";
  EXPECT_THAT(RefusalOf(shot_.Train(), render), HasSubstr("sRGB - Texture"));
}

TEST_F(BadInput, PairOutsideTheRangeIsNamed) {
  auto train = shot_.Train();
  train.pairs = {1, 5, 12};
  EXPECT_THAT(RefusalOf(train), AllOf(HasSubstr("train.pairs"), HasSubstr("12"), HasSubstr("1-9")));
}

TEST_F(BadInput, FewerThanTwoPairsAreRefused) {
  auto train = shot_.Train();
  train.pairs = {5};
  EXPECT_THAT(RefusalOf(train), AllOf(HasSubstr("train.pairs"), HasSubstr("at least two")));
}

TEST_F(BadInput, PairNamedTwiceOrWithheldIsRefused) {
  auto train = shot_.Train();
  train.pairs = {1, 5, 5};
  EXPECT_THAT(RefusalOf(train), HasSubstr("named twice"));
  train.pairs = {1, 5, 9};
  train.held_out = {5};
  EXPECT_THAT(RefusalOf(train), AllOf(HasSubstr("train.heldOut"), HasSubstr("5")));
}

TEST_F(BadInput, NotANumberIsNamed) {
  for (int frame = 1; frame <= 9; ++frame) {
    WriteFrame(shot_.folder / "exr", "f.%04d.exr", frame, Faded(DrawClean(DrawnShot::kSize, frame)));
  }
  auto train = shot_.Train();
  train.source->path = shot_.folder / "exr/f.%04d.exr";
  train.source->color_space = "ACEScg";
  // The writer refuses what is not finite, so the bits are put into the file: uncompressed half, one NaN pixel.
  const auto roots = frames::Roots::WholeFileSystem();
  frames::WriteOptions options;
  options.compression = frames::Compression::kNone;
  auto picture = Faded(DrawClean(DrawnShot::kSize, 5));
  for (float& v : picture.values()) v = 0.5F;
  frames::FrameWriter(roots, roots.Locate(shot_.folder / "exr", "/"), frames::FramePattern::Parse("f.%04d.exr"),
                      options)
      .Write(5, picture, {}, {});
  auto bytes = BytesOf(shot_.folder / "exr/f.0005.exr");
  bytes[bytes.size() - 1] = '\x7E';
  WriteText(shot_.folder / "exr/f.0005.exr", bytes);
  EXPECT_THAT(RefusalOf(train), AllOf(HasSubstr("f.0005.exr"), testing::ContainsRegex("NaN|nan|finite")));
}

TEST_F(BadInput, RangeThatDoesNotParseIsShown) {
  auto train = shot_.Train();
  train.source->range = "1-9x";
  EXPECT_THAT(RefusalOf(train), AllOf(HasSubstr("train.source.range"), HasSubstr("1-9x")));
}

TEST_F(BadInput, PathOutsideItsRootIsRefused) {
  const frames::Roots roots({{"plates", shot_.folder / "source", {}}});
  auto context = shot_.Context();
  const JobContext confined{roots, context.current_folder, shot_.events, shot_.stop, context.clock, {}, 1, {}};
  auto train = shot_.Train();
  train.source->path = "plates:../reference/f.%04d.png";
  const auto failure = FailureOfCall([&] {
    RunTrain(confined, {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
  });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, HasSubstr("plates"));
  train.source->path = "plate:f.%04d.png";
  EXPECT_THAT(FailureOfCall([&] {
                RunTrain(confined, {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
              }).message,
              HasSubstr("plate"));
}

TEST_F(BadInput, PublishedFramesAreNotOverwritten) {
  WriteFrame(shot_.folder / "out", "r.%04d.png", 4, DrawClean(DrawnShot::kSize, 4));
  const auto before = BytesOf(shot_.folder / "out/r.0004.png");
  EXPECT_THAT(RefusalOf(shot_.Train(), shot_.Render()), AllOf(HasSubstr("r.0004.png"), HasSubstr("--replace")));
  EXPECT_EQ(BytesOf(shot_.folder / "out/r.0004.png"), before);
}

TEST_F(BadInput, OutputThatIsNotWritableIsNamed) {
  auto render = shot_.Render();
  render.output->path = "/proc/interneg-out/r.%04d.png";
  EXPECT_THAT(RefusalOf(shot_.Train(), render), HasSubstr("proc/interneg-out"));
}

// What a render would refuse after a training is refused before it, and nothing is made.
TEST_F(BadInput, OutputThatCannotBeIsFoundByTheProbe) {
  ProbeJob probe;
  probe.media = {*shot_.Train().source, *shot_.Train().reference};
  probe.output = shot_.Render().output;
  EXPECT_EQ(RunProbe(shot_.Context(), probe, StageInputs({}), {}).outcome, EngineOutcome::kSucceeded);
  EXPECT_FALSE(fs::exists(shot_.folder / "out"));

  auto wrong = probe;
  wrong.output->color_space = "srgbb";
  EXPECT_THAT(FailureOfCall([&] { RunProbe(shot_.Context(), wrong, StageInputs({}), {}); }).message,
              AllOf(HasSubstr("render.output.colorSpace"), HasSubstr("srgb")));
  wrong = probe;
  wrong.output->path = "/proc/no/r.%04d.png";
  EXPECT_THAT(FailureOfCall([&] { RunProbe(shot_.Context(), wrong, StageInputs({}), {}); }).message, HasSubstr("not writable"));
  wrong = probe;
  wrong.output->path = shot_.folder / "source/f.%04d.png";
  EXPECT_THAT(FailureOfCall([&] { RunProbe(shot_.Context(), wrong, StageInputs({}), {}); }).message, HasSubstr("published already"));
}

TEST_F(BadInput, ScratchFolderOfAnotherRunIsRefused) {
  const auto train = shot_.Train();
  const TrainRequest request{train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}};
  {
    const auto running = RunTrain(shot_.Context(), request);  // its result holds the folder
    const auto failure = FailureOfCall([&] { RunTrain(shot_.Context(), request); });
    EXPECT_EQ(failure.kind, FailureKind::kBadInput) << failure.message;
    EXPECT_THAT(failure.message, AllOf(HasSubstr("scratch"), HasSubstr("in use")));
  }
  EXPECT_EQ(RunTrain(shot_.Context(), request).result.outcome, EngineOutcome::kSucceeded);
}

TEST_F(BadInput, AttemptFolderOfAnotherRunIsNeitherUsedNorRemoved) {
  const auto train = shot_.Train();
  RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
  const auto theirs = shot_.folder / "out/.interneg/standalone-test.1";
  fs::create_directories(theirs);
  WriteText(theirs + "/r.0001.png", "another run's");
  const auto failure = FailureOfCall(
      [&] { RenderInPlace(shot_.Context(), shot_.Render(), "", shot_.folder / "scratch/model.safetensors", "test"); });
  EXPECT_EQ(failure.kind, FailureKind::kStorage) << failure.message;
  EXPECT_EQ(BytesOf(theirs + "/r.0001.png"), "another run's");
  EXPECT_FALSE(fs::exists(shot_.folder / "out/r.0001.png"));
}

// Process numbers repeat: engines of two containers may try one shared folder at the same moment.
TEST_F(BadInput, TheTrialOfAnotherEngineOfThisNumberIsNeitherInTheWayNorRemoved) {
  const std::string theirs = shot_.folder / ("out/.interneg-check-" + std::to_string(::getpid()));
  fs::create_directories(theirs);
  const auto roots = frames::Roots::WholeFileSystem();
  RequireWritable(roots, roots.Locate(shot_.folder / "out", "/"));
  EXPECT_TRUE(fs::exists(theirs));
  fs::create_directory(theirs + "/in it");
  EXPECT_NO_THROW(RequireWritable(roots, roots.Locate(shot_.folder / "out", "/")));
}

TEST(RecoverOptions, ScratchIsNamedAfterFolderAndFrames) {
  EXPECT_EQ(DefaultScratch("shots/out/sh010.%04d.exr"), "shots/out-sh010-recovery");
  EXPECT_NE(DefaultScratch("out/a.####.png"), DefaultScratch("out/b.####.png"));
  EXPECT_EQ(DefaultScratch("out/%04d.png"), "out-recovery");
  EXPECT_EQ(DefaultScratch("a.%04d.png"), "a-recovery");
  EXPECT_EQ(DefaultScratch("plates:out/a.%04d.png"), "interneg-scratch");
}

TEST(RandomName, IsNotTheSameTwice) {
  EXPECT_EQ(RandomName().size(), 16U);
  EXPECT_NE(RandomName(), RandomName());
}

TEST_F(BadInput, FormatThatCannotHoldTheDepthIsRefused) {
  auto render = shot_.Render();
  render.output->bit_depth = BitDepth::kHalf;
  const auto spec = shot_.Spec(shot_.Train());
  const auto failure = FailureOfCall([&] {
    RunRecovery(shot_.Context(), {spec, ToJson(spec), render, shot_.folder / "scratch", {}, "test"});
  });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput) << failure.message;
  EXPECT_FALSE(fs::exists(shot_.folder / "scratch"));
  EXPECT_FALSE(fs::exists(shot_.folder / "out"));
}

TEST_F(BadInput, OtherColourSettingsThanTheModelsAreRefused) {
  const auto spec = shot_.Spec(shot_.Train());
  RunRecovery(shot_.Context(), {spec, ToJson(spec), shot_.Render(), shot_.folder / "scratch", {}, "test"});
  auto render = shot_.Render();
  render.output->path = shot_.folder / "second/r.%04d.png";
  render.color = ColorSettings{};
  render.color->matrix = YcbcrMatrix::kBt601;
  const auto failure = FailureOfCall(
      [&] { RenderInPlace(shot_.Context(), render, "", shot_.folder / "scratch/model.safetensors", "test"); });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, HasSubstr("render.color"));
  EXPECT_FALSE(fs::exists(shot_.folder / "second"));
}

// One path, other bytes: another configuration. Other path, the same bytes: the same.
TEST_F(BadInput, ChangedColourConfigurationIsNoticed) {
  const std::string config = color::kBuiltInConfig;
  WriteText(shot_.folder / "config.ocio", config);
  auto train = shot_.Train();
  train.color = ColorSettings{};
  train.color->config = shot_.folder / "config.ocio";
  RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
  const auto checkpoint = shot_.folder / "scratch/model.safetensors";
  auto render = shot_.Render();
  render.color = train.color;
  WriteText(shot_.folder / "config.ocio", config + "\n# changed\n");
  const auto failure = FailureOfCall([&] { RenderInPlace(shot_.Context(), render, "", checkpoint, "test"); });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, HasSubstr("config.ocio"));
  const auto resumed = FailureOfCall([&] {
    RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "again", checkpoint});
  });
  EXPECT_THAT(resumed.message, HasSubstr("colour configuration"));
  WriteText(shot_.folder / "copy.ocio", config);
  render.color->config = shot_.folder / "copy.ocio";
  EXPECT_EQ(RenderInPlace(shot_.Context(), render, "", checkpoint, "test").outcome, EngineOutcome::kSucceeded);
}

// As the command line writes it into every job of a farm.
TEST_F(BadInput, ColourConfigurationBelowARootIsFoundThereOrMissed) {
  const std::string path = shot_.folder / "config.ocio";
  WriteText(path, color::kBuiltInConfig);
  ColorSettings plain, below, missing, elsewhere;
  plain.config = path;
  below.config = "local:" + path.substr(1);
  missing.config = "local:" + (shot_.folder / "none.ocio").substr(1);
  elsewhere.config = "shows:config.ocio";
  const auto context = shot_.Context();
  EXPECT_EQ(PlanColor(below, "color", context).config.hash(), PlanColor(plain, "color", context).config.hash());
  EXPECT_THAT(FailureOfCall([&] { PlanColor(missing, "color", context); }).message, HasSubstr("none.ocio"));
  EXPECT_THAT(FailureOfCall([&] { PlanColor(elsewhere, "color", context); }).message, HasSubstr("shows"));
}

TEST_F(BadInput, OutputFolderThatWasThereStaysThere) {
  const auto train = shot_.Train();
  RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
  fs::create_directories(shot_.folder / "out");
  FailureOfCall([&] {
    RenderInPlace(shot_.Context(), shot_.Render(), "77", shot_.folder / "scratch/model.safetensors", "test");
  });
  EXPECT_TRUE(fs::exists(shot_.folder / "out"));
}

TEST_F(BadInput, CheckpointThatIsNoneIsRefused) {
  WriteText(shot_.folder / "broken.safetensors", "nothing of the kind");
  const auto failure = FailureOfCall(
      [&] { RenderInPlace(shot_.Context(), shot_.Render(), "", shot_.folder / "broken.safetensors", "test"); });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput) << failure.message;
  EXPECT_FALSE(fs::exists(shot_.folder / "out"));
}

TEST_F(BadInput, ACheckpointThatCannotBeGoneOnFromIsNamedBeforeAFrameIsRead) {
  auto train = shot_.Train();
  train.source->path = shot_.folder / "nowhere/f.%04d.exr";
  const auto refusal = [&](const fs::path& resume) {
    return FailureOfCall([&] {
             RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", resume});
           })
        .message;
  };
  WriteText(shot_.folder / "broken.safetensors", "nothing of the kind");
  EXPECT_THAT(refusal(shot_.folder / "broken.safetensors"), HasSubstr("broken.safetensors"));
  EXPECT_THAT(refusal(shot_.folder / "none.safetensors"), HasSubstr("none.safetensors"));
}

TEST_F(BadInput, ATrainingThatCannotBeMeantIsRefusedBeforeAFrameIsRead) {
  auto train = shot_.Train();
  train.source->path = shot_.folder / "nowhere/f.%04d.exr";
  train.training = TrainingSettings{};
  train.training->patch_px = 1;
  EXPECT_THAT(RefusalOf(train, shot_.Render()), HasSubstr("patchPx"));
  train = shot_.SmallGrid();
  train.source->path = shot_.folder / "nowhere/f.%04d.exr";
  train.training->grain_weight = 11;
  EXPECT_THAT(RefusalOf(train), HasSubstr("grainWeight"));
}

TEST_F(BadInput, ABatchThatAGroupCannotShareIsRefusedBeforeAFrameIsRead) {
  auto train = shot_.SmallGrid();
  train.source->path = shot_.folder / "nowhere/f.%04d.exr";
  auto context = shot_.Context();
  context.group.emplace();
  context.group->ranks = 4;
  training::ParseMeeting("render01:29500", *context.group);
  const auto failure = FailureOfCall([&] {
    RunTrain(context, {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
  });
  EXPECT_THAT(failure.message, HasSubstr("a batch of 3 cannot be shared by 4 processes"));
  EXPECT_FALSE(fs::exists(shot_.folder / "scratch"));
}

// Two machines that were each told of a group would train a model of their own.
TEST_F(BadInput, WordsOfAGroupWithoutAPlaceInItAreRefused) {
  const auto job = shot_.folder / "job.json";
  WriteText(job, ToJson(shot_.Spec(shot_.SmallGrid())));
  const auto complaint = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"interneg-engine", "run", "--job", job, "--scratch", shot_.folder / "scratch"});
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    testing::internal::CaptureStderr();
    EXPECT_EQ(RunProgram(static_cast<int>(arguments.size()), arguments.data()), kExitUsage);
    EXPECT_FALSE(fs::exists(shot_.folder / "scratch"));
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(complaint({"--ranks", "2", "--meeting", "render01:29500"}), HasSubstr("--rank"));
  EXPECT_THAT(complaint({"--meeting", "render01:29500"}), HasSubstr("--rank"));
  EXPECT_THAT(complaint({"--patience", "20"}), HasSubstr("--rank"));
  EXPECT_THAT(complaint({"--rank", "1", "--ranks", "2"}), HasSubstr("--meeting"));
}

TEST_F(BadInput, InitialWeightsOfAnotherNetworkAreRefusedBeforeAFrameIsRead) {
  auto train = shot_.SmallGrid();
  RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "earlier", {}});
  const auto model = shot_.folder / "earlier/model.safetensors";
  train.initial_checkpoint_sha256 = HashOfLocalFile(model);
  train.source->path = shot_.folder / "nowhere/f.%04d.exr";
  const auto refusal = [&] {
    const auto failure = FailureOfCall([&] {
      RunTrain(shot_.Context(),
               {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}, StageInputs({}), model});
    });
    EXPECT_EQ(failure.kind, FailureKind::kBadInput);
    EXPECT_FALSE(fs::exists(shot_.folder / "scratch"));
    return failure.message;
  };
  train.size = NetworkSize::kMedium;
  EXPECT_THAT(refusal(), HasSubstr("its network size is small"));
  train.size = NetworkSize::kSmall;
  train.color = ColorSettings{};
  train.color->domain = TrainingDomain::kLog;
  EXPECT_THAT(refusal(), HasSubstr("its training domain is display, this training's is log"));
}

TEST_F(BadInput, NewerSchemaIsRefused) {
  JobSpec spec = shot_.Spec(shot_.Train());
  spec.schema = kJobSchema + 1;
  const auto failure = FailureOfCall([&] { RunTask(shot_.Context(), spec, ToJson(spec), {}); });
  EXPECT_THAT(failure.message, HasSubstr("schema " + std::to_string(kJobSchema + 1)));
}

TEST_F(BadInput, GridForSpatialRecoveryIsRefused) {
  auto train = shot_.Train();
  train.recovery = Recovery::kSpatial;
  train.network = NetworkKind::kGrid;
  EXPECT_THAT(RefusalOf(train), HasSubstr("NETWORK_KIND_UNET"));
}

}  // namespace
}  // namespace interneg::jobs
