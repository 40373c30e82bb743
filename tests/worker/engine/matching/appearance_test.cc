#include "worker/engine/matching/appearance_opencv.h"

#include <gtest/gtest.h>

#include "worker/engine/matching/thumbnail.h"

namespace interneg::matching {
namespace {

constexpr int kFrames = 60;

// A large slow change, and small ones from frame to frame in places of their own; each side has its own noise.
TEST(Appearance, SeesSmallFastChangesBesideALargeSlowOne) {
  cv::RNG random(3);
  cv::Mat1f source(kFrames, static_cast<int>(Thumbnail::kCells)), reference = source.clone();
  random.fill(source, cv::RNG::NORMAL, 0.0, .03);
  random.fill(reference, cv::RNG::NORMAL, 0.0, .02);
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < kFrames; ++i) {
    pairs.emplace_back(i, i);
    for (int cell = 0; cell < 1000; ++cell) {
      source(i, cell) += .05F * static_cast<float>(i);
      reference(i, cell) += .04F * static_cast<float>(i);
    }
    for (int part = 0; part < 4; ++part) {
      const auto change = static_cast<float>(random.gaussian(.12));
      for (int cell = 1200 + 100 * part; cell < 1300 + 100 * part; ++cell) {
        source(i, cell) += change;
        reference(i, cell) += .8F * change;
      }
    }
  }
  const Appearance model(source, reference, pairs);
  EXPECT_GE(model.directions(), 5);
  const cv::Mat1f a = model.SourceCoordinates(source), b = model.ReferenceCoordinates(reference);
  int nearest = 0;
  for (int i = 1; i + 1 < kFrames; ++i) {
    const double here = cv::norm(a.row(i), b.row(i));
    nearest += here < cv::norm(a.row(i), b.row(i - 1)) && here < cv::norm(a.row(i), b.row(i + 1)) ? 1 : 0;
  }
  EXPECT_EQ(nearest, kFrames - 2);
}

// Noise that pairs happen to share must not become a direction in which they are alike: the model would believe any path.
TEST(Appearance, FindsNothingInNoise) {
  cv::RNG random(4);
  cv::Mat1f source(kFrames, static_cast<int>(Thumbnail::kCells)), reference = source.clone();
  random.fill(source, cv::RNG::NORMAL, 0.0, 1.0);
  random.fill(reference, cv::RNG::NORMAL, 0.0, 1.0);
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < kFrames; ++i) pairs.emplace_back(i, i);
  EXPECT_LE(Appearance(source, reference, pairs).directions(), 4);
}

}  // namespace
}  // namespace interneg::matching
