// What a stop and a resume must not change: everything. Each test trains once without interruption and once stopped
// after some steps and resumed from the checkpoint in a new trainer, and compares the files' tensors bit for bit.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/training/drawn_problem.h"
#include "worker/engine/model/safetensors.h"
#include "worker/engine/training/checkpoint_torch.h"
#include "worker/engine/training/resume.h"

namespace interneg::training {
namespace {

struct Stored {
  std::vector<std::byte> bytes;
  model::Safetensors content;
  explicit Stored(const std::filesystem::path& path)
      : bytes(model::ReadFileBytes(path)), content(model::ParseSafetensors(bytes)) {}
};

void ExpectSameTensors(const std::filesystem::path& a, const std::filesystem::path& b) {
  const Stored first(a), second(b);
  ASSERT_EQ(first.content.tensors.size(), second.content.tensors.size());
  for (const auto& [name, view] : first.content.tensors) {
    const auto& other = second.content.tensors.at(name);
    EXPECT_TRUE(std::ranges::equal(view.bytes, other.bytes)) << name;
  }
}

// Trains to the end, but stops after `stop_after` steps when that is not 0.
TrainingResult TrainUntil(const TrainingOptions& options, const TrainingData& data, std::int64_t stop_after,
                          const std::optional<std::filesystem::path>& resume_from = {}) {
  std::atomic<bool> stop = false;
  TrainingCallbacks callbacks;
  callbacks.loss = [&](const LossPoint& point) {
    if (point.step == stop_after) stop = true;
  };
  return Train(options, data, callbacks, stop, resume_from);
}

struct Resumable {
  model::Precision precision;
  FadeKind fade;
};
class Resume : public testing::TestWithParam<Resumable> {};

TEST_P(Resume, EqualsTheUninterruptedRun) {
  const TrainingData data = DrawProblem(GetParam().fade);
  const Folder whole, parts;
  TrainingOptions options = SmallOptions(whole.path(), 14);
  options.precision = GetParam().precision;
  options.validation_interval = 4;
  options.threads = 2;
  const TrainingResult straight = TrainUntil(options, data, 0);
  ASSERT_EQ(straight.outcome, Outcome::kFinished);

  const std::int64_t stop_after = 1 + static_cast<std::int64_t>(testing::UnitTest::GetInstance()->random_seed()) % 13;
  SCOPED_TRACE("stopped after step " + std::to_string(stop_after));
  options.folder = parts.path();
  const TrainingResult stopped = TrainUntil(options, data, stop_after);
  ASSERT_EQ(stopped.outcome, Outcome::kPreempted);
  EXPECT_EQ(stopped.steps_done, stop_after);
  options.seed = 12345;  // the checkpoint's own random state counts
  const TrainingResult resumed = TrainUntil(options, data, 0, stopped.checkpoint);
  ASSERT_EQ(resumed.outcome, Outcome::kFinished);

  ExpectSameTensors(straight.checkpoint, resumed.checkpoint);
  ExpectSameTensors(straight.model, resumed.model);
  EXPECT_EQ(straight.validation->model_db, resumed.validation->model_db);
  EXPECT_EQ(straight.chosen_step, resumed.chosen_step);
}

INSTANTIATE_TEST_SUITE_P(Precisions, Resume,
                         testing::Values(Resumable{model::Precision::kFloat32, FadeKind::kByPlaceAndTexture},
                                         Resumable{model::Precision::kBfloat16, FadeKind::kByPlaceAndTexture},
                                         Resumable{model::Precision::kFloat32, FadeKind::kOfDyes}),
                         [](const auto& named) {
                           const bool dyes = named.param.fade == FadeKind::kOfDyes;
                           return std::string(model::NameOf(named.param.precision)) + (dyes ? "OfDyes" : "");
                         });

// Memory may have shrunk the batch: what the options ask for is not what is shared.
TEST(ResumedGroup, OfMoreProcessesThanTheCheckpointHasPatchesIsRefused) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 6);
  options.batch = 1;
  const auto checkpoint = TrainUntil(options, data, 2).checkpoint;
  options.batch = 2;
  options.group.emplace();
  options.group->ranks = 2;
  ParseMeeting("127.0.0.1:29500", *options.group);
  EXPECT_THAT([&] { TrainUntil(options, data, 0, checkpoint); },
              testing::ThrowsMessage<std::invalid_argument>(
                  testing::HasSubstr("a batch of 1 cannot be shared by 2 processes")));
}

// Machines differ in what they compute fast: a run that began on one goes on with its own precision on any other.
TEST_P(Resume, AutomaticPrecisionIsTheCheckpoints) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 4);
  options.precision = GetParam().precision;
  const auto checkpoint = TrainUntil(options, data, 2).checkpoint;
  options.precision = model::Precision::kAuto;
  const auto resumed = TrainUntil(options, data, 0, checkpoint);
  EXPECT_EQ(resumed.outcome, Outcome::kFinished);
  EXPECT_EQ(ReadCheckpoint(resumed.checkpoint).state.precision, model::NameOf(GetParam().precision));
}

TEST(Checkpoint, CarriesTheJobAndTheDatasetAndServesAsAModel) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  const TrainingResult result = TrainUntil(SmallOptions(folder.path(), 3), data, 2);
  const Stored stored(result.checkpoint);
  EXPECT_EQ(stored.content.metadata.at("interneg.job"), R"({"kind":"train"})");
  EXPECT_EQ(stored.content.metadata.at("interneg.dataset_sha256"), "d1");
  EXPECT_EQ(stored.content.metadata.at("interneg.step"), "2");
  EXPECT_NO_THROW(model::LoadModel(result.checkpoint, {}, model::Precision::kFloat32));
}

TEST(Checkpoint, OfAnotherDatasetNetworkOrSetOfPairsIsRefused) {
  TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  const TrainingOptions options = SmallOptions(folder.path(), 3);
  const auto checkpoint = TrainUntil(options, data, 1).checkpoint;
  TrainingOptions other = options;
  other.dataset_sha256 = "d2";
  EXPECT_THROW(TrainUntil(other, data, 0, checkpoint), std::invalid_argument);
  other = options;
  other.network.width = 16;
  EXPECT_THROW(TrainUntil(other, data, 0, checkpoint), std::invalid_argument);
  other = options;
  other.precision = model::Precision::kBfloat16;
  EXPECT_THROW(TrainUntil(other, data, 0, checkpoint), std::invalid_argument);
  data.pairs.pop_back();
  EXPECT_THROW(TrainUntil(options, data, 0, checkpoint), std::invalid_argument);
}

// The network's polynomials lie only in chroma's checkpoints: a spatial one must be refused before it is used.
TEST(Checkpoint, OfAnotherRecoveryIsRefusedBeforeItIsUsed) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder, other;
  TrainingOptions spatial = SmallOptions(folder.path(), 2);
  spatial.recovery = dataset::Recovery::kSpatial;
  spatial.network = model::DescribeNetwork(model::NetworkKind::kUNet, model::NetworkSize::kSmall,
                                           model::FreePlanes::kLuma, image::YCbCrMatrix::kBt709);
  const auto checkpoint = TrainUntil(spatial, data, 1).checkpoint;
  try {
    TrainUntil(SmallOptions(other.path(), 2), data, 0, checkpoint);
    ADD_FAILURE() << "resumed";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("recovery"), std::string::npos) << error.what();
  }
}

TEST(Checkpoint, OfOtherInputsIsRefusedByName) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 3);
  options.inputs = {{"reference", "one"}};
  const auto checkpoint = TrainUntil(options, data, 1).checkpoint;
  options.inputs = {{"reference", "another"}};
  try {
    TrainUntil(options, data, 0, checkpoint);
    ADD_FAILURE() << "resumed";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("another reference"), std::string::npos) << error.what();
  }
}

// What a resume with these options says of a file with that text: "" for a resume.
std::string RefusalOf(const std::map<std::string, std::string>& stored, const TrainingOptions& options) {
  try {
    return RequireSameTraining(options.network, stored, options);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

using Change = std::function<void(TrainingOptions&)>;

// With one setting changed the refusal names it.
void ExpectNamed(const TrainingOptions& begun, const char* name, const Change& change) {
  TrainingOptions other = begun;
  change(other);
  const std::string refusal = RefusalOf(TrainedFrom(begun), other);
  EXPECT_NE(refusal.find(std::string("another ") + name), std::string::npos) << name << ": " << refusal;
}

TEST(Checkpoint, OfOtherSettingsIsRefusedByName) {
  TrainingOptions options = SmallOptions("unused", 3);
  EXPECT_EQ(RefusalOf(TrainedFrom(options), options), "");
  ExpectNamed(options, "augmentation", [](auto& o) { o.augmentation.horizontal_flip = false; });
  ExpectNamed(options, "augmentation", [](auto& o) { o.augmentation.scale = 0.1; });
  ExpectNamed(options, "augmentation", [](auto& o) { o.augmentation.exposure = 0.1; });
  ExpectNamed(options, "shift tolerance", [](auto& o) { o.tolerance_px = 1; });
  ExpectNamed(options, "patch sampling", [](auto& o) { o.patch_sampling = PatchSampling::kByDifficulty; });
  ExpectNamed(options, "multi-resolution", [](auto& o) { o.multi_resolution = MultiResolution::kHalfFirst; });
  ExpectNamed(options, "chroma bandwidth", [](auto& o) { o.softness = model::Softness{1.5, 1.5}; });
  options.softness = model::Softness{1.5, 1.5};
  EXPECT_EQ(RefusalOf(TrainedFrom(options), options), "");
  ExpectNamed(options, "chroma bandwidth", [](auto& o) { o.softness = model::Softness{1.5, 0.75}; });
  ExpectNamed(options, "chroma bandwidth", [](auto& o) { o.softness.reset(); });
  options.recovery = dataset::Recovery::kSpatial;
  ExpectNamed(options, "grain weight", [](auto& o) { o.grain_weight = 0; });
  ExpectNamed(options, "luma match", [](auto& o) { o.luma_match = dataset::LumaMatch::kOff; });
}

TEST(Checkpoint, SettingsThatARecoveryDoesNotUseAreNoneOfItsOwn) {
  TrainingOptions options = SmallOptions("unused", 3);
  const auto stored = TrainedFrom(options);
  options.luma_match = dataset::LumaMatch::kOff;
  options.grain_weight = 0;
  EXPECT_EQ(RefusalOf(stored, options), "");
}

// Older engines told no settings: they mirrored patches and matched luma, whatever else they did.
TEST(Checkpoint, OfAnOlderEngineHasTheSettingsThatItAlwaysHad) {
  TrainingOptions options = SmallOptions("unused", 3);
  options.recovery = dataset::Recovery::kCombined;
  auto stored = TrainedFrom(options);
  std::erase_if(stored, [](const auto& entry) { return entry.first.starts_with("interneg.setting."); });
  options.tolerance_px = 1;
  EXPECT_EQ(RefusalOf(stored, options), "");
  options.augmentation.horizontal_flip = false;
  EXPECT_NE(RefusalOf(stored, options), "");
  options.augmentation.horizontal_flip = true;
  options.luma_match = dataset::LumaMatch::kOff;
  EXPECT_NE(RefusalOf(stored, options), "");
}

// As one of an older engine, which says nothing of its inputs.
TEST(Checkpoint, WhatCannotBeComparedIsSaid) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 3);
  options.inputs = {{"colour space", "sRGB"}};
  const auto checkpoint = TrainUntil(options, data, 1).checkpoint;
  options.inputs = {{"colour space", "sRGB"}, {"reference frames", "one"}, {"source frames", "two"}};
  std::string said;
  TrainingCallbacks callbacks;
  callbacks.notice = [&](const Notice& notice) { said += notice.text + "\n"; };
  std::atomic<bool> stop = false;
  Train(options, data, callbacks, stop, checkpoint);
  EXPECT_NE(said.find("reference frames, source frames"), std::string::npos) << said;
  EXPECT_EQ(said.find("colour space"), std::string::npos) << said;
}

TEST(Checkpoint, ThatSaysNothingOfItsPicturesIsRefused) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 3);
  options.dataset_sha256.clear();
  const auto checkpoint = TrainUntil(options, data, 1).checkpoint;
  options.inputs = {{"reference frames", "one"}};
  try {
    TrainUntil(options, data, 0, checkpoint);
    ADD_FAILURE() << "resumed";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("reference frames"), std::string::npos) << error.what();
  }
}

TEST(Checkpoint, DamagedFilesAndPlainModelsAreRefused) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  const TrainingOptions options = SmallOptions(folder.path(), 2);
  const TrainingResult result = TrainUntil(options, data, 0);
  EXPECT_THROW(ReadCheckpoint(result.model), std::invalid_argument);
  auto bytes = model::ReadFileBytes(result.checkpoint);
  bytes.resize(bytes.size() - 4);
  model::WriteFileAtomically(folder.path() / "short.safetensors", bytes);
  EXPECT_THROW(ReadCheckpoint(folder.path() / "short.safetensors"), std::invalid_argument);
  EXPECT_THROW(ReadCheckpoint(folder.path() / "missing.safetensors"), std::runtime_error);
}

}  // namespace
}  // namespace interneg::training
