// Patches drawn by difficulty: what is learnt of places, and that a resume draws as the uninterrupted run does.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "tests/worker/engine/training/drawn_problem.h"
#include "worker/engine/model/safetensors.h"
#include "worker/engine/training/checkpoint_torch.h"
#include "worker/engine/training/patch_misses_torch.h"

namespace interneg::training {
namespace {

TEST(PatchMisses, LieWhereThePatchLay) {
  dataset::Patches patches;
  patches.truth = at::zeros({2, 2, 16, 24});
  patches.places = {{10, 2, 20, 2}, {100, -1, 5, 1}};
  patches.pairs = {4, 7};
  at::Tensor output = at::zeros({2, 2, 16, 24});
  output[0].narrow(1, 8, 8).narrow(2, 16, 8).fill_(0.5);  // the last block
  output[1].narrow(1, 0, 8).narrow(2, 0, 8).fill_(-0.25);
  const auto seen = MissesOf(output, patches, MissKind::kSmooth);
  ASSERT_EQ(seen.size(), 12U);
  EXPECT_EQ(seen[5].pair, 4);
  EXPECT_FLOAT_EQ(static_cast<float>(seen[5].miss), 0.5F);
  EXPECT_DOUBLE_EQ(seen[5].x_px, 10 + 2 * 19.5);
  EXPECT_DOUBLE_EQ(seen[5].y_px, 20 + 2 * 11.5);
  EXPECT_EQ(seen[6].pair, 7);
  EXPECT_FLOAT_EQ(static_cast<float>(seen[6].miss), 0.25F);
  EXPECT_DOUBLE_EQ(seen[6].x_px, 100 - 3.5);
  EXPECT_EQ(seen[7].miss, 0.0);
}

TEST(PatchMisses, GrainIsNoDifficultyOfColour) {
  dataset::Patches patches;
  patches.truth = at::zeros({1, 2, 8, 8});
  patches.places = {{}};
  patches.pairs = {0};
  const at::Tensor board = (at::arange(8).view({8, 1}) + at::arange(8).view({1, 8})).remainder(2).to(at::kFloat) - 0.5;
  const at::Tensor output = board.expand({1, 2, 8, 8});
  EXPECT_NEAR(MissesOf(output, patches, MissKind::kSmooth)[0].miss, 0.0, 1e-6);
  EXPECT_NEAR(MissesOf(output, patches, MissKind::kDetail)[0].miss, 0.5, 1e-6);
}

TEST(PatchMisses, WhatIsNotTrustedIsNotMissed) {
  dataset::Patches patches;
  patches.truth = at::zeros({1, 1, 8, 8});
  patches.weight = at::full({1, 1, 8, 8}, 0.1);
  patches.places = {{}};
  patches.pairs = {0};
  EXPECT_NEAR(MissesOf(at::ones({1, 1, 8, 8}), patches, MissKind::kDetail)[0].miss, 0.1, 1e-6);
}

TrainingOptions Guided(const std::filesystem::path& folder) {
  TrainingOptions options = SmallOptions(folder, 12);
  options.patch_px = 32;
  options.patch_sampling = PatchSampling::kByDifficulty;
  options.augmentation.scale = 0.1;
  return options;
}

struct Trained {
  TrainingResult result;
  std::vector<double> losses;
};
Trained TrainUntil(const TrainingOptions& options, std::int64_t stop_after,
                   const std::optional<std::filesystem::path>& resume_from = {}) {
  static const TrainingData data = DrawProblem(FadeKind::kByPlaceAndTexture);
  std::atomic<bool> stop = false;
  Trained run;
  TrainingCallbacks callbacks;
  callbacks.loss = [&](const LossPoint& point) {
    run.losses.push_back(point.loss);
    stop = point.step == stop_after;
  };
  run.result = Train(options, data, callbacks, stop, resume_from);
  return run;
}

TEST(PatchSampling, ByDifficultyResumesBitForBit) {
  const Folder whole, parts;
  const Trained straight = TrainUntil(Guided(whole.path()), 0);
  for (const std::int64_t stop_after : {1, 7}) {  // the warm-up is one step
    const Trained stopped = TrainUntil(Guided(parts.path()), stop_after);
    ASSERT_EQ(stopped.result.outcome, Outcome::kPreempted);
    const Trained resumed = TrainUntil(Guided(parts.path()), 0, stopped.result.checkpoint);
    EXPECT_EQ(model::ReadFileBytes(resumed.result.model), model::ReadFileBytes(straight.result.model)) << stop_after;
    EXPECT_TRUE(at::equal(ReadCheckpoint(resumed.result.checkpoint).tensors.difficulty,
                          ReadCheckpoint(straight.result.checkpoint).tensors.difficulty));
  }
}

TEST(PatchSampling, ByDifficultyBeginsAfterTheWarmUp) {
  const Folder guided, even;
  TrainingOptions options = Guided(even.path());
  options.patch_sampling = PatchSampling::kEven;
  const auto plain = TrainUntil(options, 0).losses, other = TrainUntil(Guided(guided.path()), 0).losses;
  EXPECT_EQ(plain[0], other[0]);
  EXPECT_NE(plain, other);
}

TEST(PatchSampling, ACheckpointHoldsWhatIsKnownOfPlaces) {
  const Folder folder;
  const auto known = ReadCheckpoint(TrainUntil(Guided(folder.path()), 0).result.checkpoint).tensors.difficulty;
  ASSERT_TRUE(known.defined());
  EXPECT_EQ(known.sizes().vec(), (std::vector<std::int64_t>{4, 8, 12}));
  EXPECT_GT((known > 0).sum().item<std::int64_t>(), known.numel() / 2);
  TrainingOptions options = Guided(folder.path());
  options.patch_sampling = PatchSampling::kEven;
  EXPECT_FALSE(ReadCheckpoint(TrainUntil(options, 2).result.checkpoint).tensors.difficulty.defined());
}

TEST(PatchSampling, ACheckpointOfEvenDrawsIsNotGoneOnWithByDifficulty) {
  const Folder folder;
  TrainingOptions options = Guided(folder.path());
  options.patch_sampling = PatchSampling::kEven;
  const auto checkpoint = TrainUntil(options, 3).result.checkpoint;
  EXPECT_THROW(TrainUntil(Guided(folder.path()), 0, checkpoint), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::training
