// Training on pictures of half the size first: the place that the network is told, time limits, stops and resumes.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "tests/worker/engine/training/drawn_problem.h"
#include "worker/engine/model/safetensors.h"
#include "worker/engine/training/training.h"

namespace interneg::training {
namespace {

TrainingOptions HalfFirst(const std::filesystem::path& folder, std::int64_t steps) {
  TrainingOptions options = SmallOptions(folder, steps);
  options.patch_px = 32;
  options.multi_resolution = MultiResolution::kHalfFirst;
  return options;
}

TrainingResult TrainUntil(const TrainingOptions& options, std::int64_t stop_after,
                          const std::optional<std::filesystem::path>& resume_from = {},
                          std::vector<int>* widths_px = nullptr) {
  static const TrainingData data = DrawProblem(FadeKind::kByPlaceAndTexture);
  std::atomic<bool> stop = false;
  TrainingCallbacks callbacks;
  callbacks.loss = [&](const LossPoint& point) { stop = point.step == stop_after; };
  if (widths_px != nullptr) {
    callbacks.contact_sheet = [&](const ContactSheet& sheet) { widths_px->push_back(sheet.rows[0].input.width_px()); };
  }
  return Train(options, data, callbacks, stop, resume_from);
}

TEST(MultiResolution, SeesReducedPatchesFirst) {
  const Folder folder;
  TrainingOptions options = HalfFirst(folder.path(), 5);
  options.contact_sheet_interval = 1;
  std::vector<int> widths_px;
  TrainUntil(options, 0, {}, &widths_px);
  EXPECT_EQ(widths_px, (std::vector<int>{16, 16, 32, 32, 32}));
}

// By a person: steps that are added do not lead back, steps that are taken away bring the change forward.
TEST(MultiResolution, AddedStepsDoNotLeadBackToReducedPatches) {
  const auto widths_px = [](std::int64_t at, std::int64_t steps) {
    const Folder folder;
    TrainingOptions options = HalfFirst(folder.path(), 10);
    options.contact_sheet_interval = 1;
    std::vector<int> found;
    TrainingCallbacks callbacks;
    callbacks.contact_sheet = [&](const ContactSheet& sheet) { found.push_back(sheet.rows[0].input.width_px()); };
    callbacks.next_adjustment = [&, asked = false]() mutable -> std::optional<Adjustment> {
      if (asked || static_cast<std::int64_t>(found.size()) < at) return std::nullopt;
      asked = true;
      Adjustment adjustment;
      adjustment.steps = steps;
      return adjustment;
    };
    const std::atomic<bool> never = false;
    Train(options, DrawProblem(FadeKind::kByColour), callbacks, never);
    return found;
  };
  EXPECT_EQ(widths_px(5, 14), (std::vector<int>{16, 16, 16, 16, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32}));
  EXPECT_EQ(widths_px(1, 5), (std::vector<int>{16, 16, 32, 32, 32}));
}

TEST(MultiResolution, ResumesBitForBitFromEitherPart) {
  const Folder whole, parts;
  TrainingOptions options = HalfFirst(whole.path(), 10);
  options.softness = model::Softness{1.0, 0.7};
  options.patch_sampling = PatchSampling::kByDifficulty;
  const TrainingResult straight = TrainUntil(options, 0);
  options.folder = parts.path();
  for (const std::int64_t stop_after : {2, 4, 7}) {
    const TrainingResult stopped = TrainUntil(options, stop_after);
    ASSERT_EQ(stopped.outcome, Outcome::kPreempted);
    const TrainingResult resumed = TrainUntil(options, 0, stopped.checkpoint);
    EXPECT_EQ(model::ReadFileBytes(resumed.model), model::ReadFileBytes(straight.model)) << stop_after;
  }
}

// The two objects of this problem differ by place and texture: a network that was told wrong places would have learnt
// the left one's colour for the right one.
TEST(MultiResolution, WhatIsLearntReducedHoldsAtFullResolution) {
  const Folder folder;
  TrainingOptions options = HalfFirst(folder.path(), 150);
  options.patch_px = 64;
  const TrainingResult stopped = TrainUntil(options, 60);  // all of them reduced
  ASSERT_EQ(stopped.outcome, Outcome::kPreempted);
  options.steps = 0;
  TrainingCallbacks callbacks;
  callbacks.next_adjustment = [asked = false]() mutable -> std::optional<Adjustment> {
    if (asked) return std::nullopt;
    asked = true;
    Adjustment adjustment;
    adjustment.steps = 60;
    return adjustment;
  };
  const std::atomic<bool> never = false;
  const auto result = Train(options, DrawProblem(FadeKind::kByPlaceAndTexture), callbacks, never, stopped.checkpoint);
  EXPECT_GT(result.validation->model_db, result.validation->closed_form_db + 1.0);
}

// As cheap as its steps are: every look at the clock costs a tenth of a second.
TEST(MultiResolution, ATimeLimitCountsBothKindsOfSteps) {
  const auto steps_for = [](MultiResolution multi_resolution) {
    const Folder folder;
    TrainingOptions options = HalfFirst(folder.path(), 0);
    options.multi_resolution = multi_resolution;
    options.time_limit = std::chrono::seconds(20);
    double now = 0;
    const std::atomic<bool> at_once = true;
    return Train(options, DrawProblem(FadeKind::kByColour), {}, at_once, {},
                 [&] { return std::chrono::duration<double>(now += 0.1); })
        .steps;
  };
  const auto even = steps_for(MultiResolution::kOff), mixed = steps_for(MultiResolution::kHalfFirst);
  EXPECT_LE(mixed, even);
  EXPECT_GT(mixed, even / 2);
}

}  // namespace
}  // namespace interneg::training
