#include "worker/engine/matching/drift_opencv.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "worker/engine/matching/drift_memory_opencv.h"

namespace interneg::matching {
namespace {

constexpr int kFrames = 60, kCoordinates = 12;

// A picture that moves on evenly, and unevenly in small things; the source has noise of its own and a drift that grows.
struct Elements {
  cv::Mat1f source = cv::Mat1f(kFrames, kCoordinates), reference = cv::Mat1f(kFrames, kCoordinates);
};

Elements Draw(double slow, double drift) {
  cv::RNG random(5);
  Elements out;
  for (int i = 0; i < kFrames; ++i) {
    for (int k = 0; k < kCoordinates; ++k) {
      const double movement = k == 0 ? slow * i : random.gaussian(4.0);
      out.reference(i, k) = static_cast<float>(movement);
      out.source(i, k) = static_cast<float>(movement + drift * (k == 0 ? slow : 1.0) * (1.0 + .01 * i) + random.gaussian(1.0));
    }
  }
  return out;
}

std::vector<int> Counting(int first) {
  std::vector<int> out(kFrames);
  std::iota(out.begin(), out.end(), first);
  return out;
}

TEST(ParallelPaths, TellARightPathFromALateOneWhateverTheDrift) {
  Elements e = Draw(3.0, 1.0);
  const auto path = Counting(0);
  WeaveMetric none;
  const ParallelPaths paths(e.source, e.reference, path, path, none);
  for (int i = 2; i + 2 < kFrames; ++i) {
    EXPECT_LT(paths.Cost(i, i), paths.Cost(i, i - 1)) << i;
    EXPECT_LT(paths.Cost(i, i), paths.Cost(i, i + 1)) << i;
  }
}

TEST(ParallelPaths, ALatePathDoesNotHideTheRightOne) {
  Elements e = Draw(3.0, 1.0);
  auto late = Counting(-1);
  late[0] = 0;
  WeaveMetric none;
  const ParallelPaths paths(e.source, e.reference, late, late, none);
  int right = 0;
  for (int i = 2; i + 2 < kFrames; ++i) right += paths.Cost(i, i) < paths.Cost(i, i - 1) ? 1 : 0;
  EXPECT_GT(right, 50);
}

TEST(ParallelPaths, EvenMovementAloneSaysNothingWhereTheDriftIsLarge) {
  Elements e;
  cv::RNG random(7);
  for (int i = 0; i < kFrames; ++i) {
    for (int k = 0; k < kCoordinates; ++k) {
      e.reference(i, k) = k == 0 ? static_cast<float>(2 * i) : 0.0F;
      e.source(i, k) = e.reference(i, k) + (k == 0 ? 0.0F : 10.0F) + static_cast<float>(random.gaussian(1.0));
    }
  }
  const auto path = Counting(0);
  WeaveMetric none;
  const ParallelPaths paths(e.source, e.reference, path, path, none);
  EXPECT_NEAR(paths.Cost(30, 30), paths.Cost(30, 31), 1.5);
}

// A cheapest path that learns the drift as it goes follows the film past a frame that is too noisy to tell, and pays no
// heed to where the path that the model was made from lies.
TEST(DriftMemory, FollowsTheFilmPastANoisyFrame) {
  Elements e = Draw(3.0, 1.0);
  for (int k = 0; k < kCoordinates; ++k) e.source(30, k) = .5F * (e.reference(30, k) + e.reference(31, k)) + (k == 0 ? 4.0F : 1.3F);
  PairCosts pairs;
  pairs.band = {kFrames, kFrames, kFrames, std::vector<int>(kFrames, 0), std::vector<float>(kFrames * kFrames, 0.0F)};
  Scene scene;
  scene.end = kFrames;
  scene.source = e.source;
  scene.reference = e.reference;
  scene.noise.assign(kFrames, 1.0F);
  scene.drift = 1.0;
  pairs.scenes.push_back(scene);
  PathCosts costs;
  costs.alone.assign(kFrames, 500.0F);
  DriftMemory memory(pairs);
  const auto path = CheapestPath(pairs.band, costs, memory);
  for (int i = 0; i < kFrames; ++i) {
    if (i != 30) {
      EXPECT_EQ(path[static_cast<std::size_t>(i)], i);
    }
  }
}

}  // namespace
}  // namespace interneg::matching
