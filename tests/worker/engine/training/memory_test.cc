// Training with less memory than it asks for.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/worker/engine/model/limited_allocator.h"
#include "tests/worker/engine/training/drawn_problem.h"
#include "worker/engine/model/model.h"
#include "worker/engine/training/checkpoint_torch.h"

namespace interneg::training {
namespace {

using model::LimitedAllocator;

class ShortOfMemory : public testing::Test {
 protected:
  ShortOfMemory() : data_(DrawProblem(FadeKind::kByColour)), options_(SmallOptions(folder_.path(), 4)) {
    options_.network.levels = 1;
    options_.patch_px = 128;
    options_.batch = 16;  // a step asks for more than the fit of the first guess
    callbacks_.notice = [this](const Notice& notice) { notices_ += notice.text + "\n"; };
    callbacks_.loss = [this](const LossPoint&) { ++steps_; };
  }
  std::size_t LargestOfAStep() const {
    const LimitedAllocator watched;
    Train(options_, data_, {}, stop_);
    return watched.largest_seen();
  }
  TrainingResult Run() { return Train(options_, data_, callbacks_, stop_); }

  Folder folder_;
  TrainingData data_;
  TrainingOptions options_;
  TrainingCallbacks callbacks_;
  std::atomic<bool> stop_ = false;
  std::string notices_;
  int steps_ = 0;
};

TEST_F(ShortOfMemory, HalvesTheBatchAndGoesOnLonger) {
  const LimitedAllocator limited(LargestOfAStep() - 1);
  const auto result = Run();
  EXPECT_EQ(result.outcome, Outcome::kFinished);
  EXPECT_NE(notices_.find("out of memory: going on with 8 patches"), std::string::npos) << notices_;
  EXPECT_EQ(result.steps, 8);
  EXPECT_EQ(steps_, 8);
  EXPECT_EQ(ReadCheckpoint(result.checkpoint).state.batch, 8);
}

// Memory first runs out where the pictures become whole. Steps are added then; they are no steps of reduced pictures.
TEST_F(ShortOfMemory, GoesOnAtFullResolutionWhereTheReducedPartHasEnded) {
  options_.steps = 10;
  options_.multi_resolution = MultiResolution::kHalfFirst;
  options_.contact_sheet_interval = 1;
  std::vector<int> heights_px;
  callbacks_.contact_sheet = [&](const ContactSheet& sheet) { heights_px.push_back(sheet.rows[0].input.height_px()); };
  const LimitedAllocator limited(LargestOfAStep() - 1);
  const auto result = Run();
  EXPECT_EQ(result.steps, 16);
  std::vector<int> expected(16, 64);
  std::fill_n(expected.begin(), 4, 32);
  EXPECT_EQ(heights_px, expected);
}

// A clock that goes by what is asked of the allocator: how many steps fit must not depend on when less was found to do.
TEST_F(ShortOfMemory, ATimeLimitIsPlannedForWhatTheStepsWillCost) {
  options_.multi_resolution = MultiResolution::kHalfFirst;
  const std::size_t too_little = LargestOfAStep() - 1;
  options_.steps = 0;
  options_.time_limit = std::chrono::seconds(10000);
  stop_ = true;
  const auto steps_within = [&](std::size_t largest_bytes) {
    const LimitedAllocator limited(largest_bytes);
    const auto clock = [&] { return std::chrono::duration<double>(static_cast<double>(limited.total_bytes()) / 1e7); };
    return static_cast<double>(Train(options_, data_, callbacks_, stop_, {}, clock).steps);
  };
  const double shrunk = steps_within(too_little);
  EXPECT_NE(notices_.find("going on with 8 patches"), std::string::npos) << notices_;
  options_.batch = 8;
  EXPECT_NEAR(shrunk / steps_within(std::numeric_limits<std::size_t>::max()), 1.0, 0.15);
}

TEST_F(ShortOfMemory, FixedSizeFailsInstead) {
  options_.fixed_size = true;
  const LimitedAllocator limited(LargestOfAStep() - 1);
  EXPECT_THROW(Run(), model::OutOfMemory);
}

TEST_F(ShortOfMemory, WholeFramesAreComputedInTiles) {
  options_.memory_bytes = 1;
  Run();
  EXPECT_NE(notices_.find("in tiles of"), std::string::npos) << notices_;
}

}  // namespace
}  // namespace interneg::training
