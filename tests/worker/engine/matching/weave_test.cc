#include "worker/engine/matching/weave_opencv.h"

#include <cmath>

#include <gtest/gtest.h>

#include "worker/engine/matching/thumbnail.h"

namespace interneg::matching {
namespace {

constexpr double kRight = .08, kDown = -.05;  // cells

// Soft spots, all of them shifted.
cv::Mat1f DrawPicture(double right = 0.0, double down = 0.0) {
  cv::RNG random(9);
  cv::Mat1f picture(Thumbnail::kHeight, Thumbnail::kWidth, 0.0F);
  for (int spot = 0; spot < 40; ++spot) {
    const double x = random.uniform(0.0, 63.0) + right, y = random.uniform(0.0, 47.0) + down, light = random.uniform(-1.0, 1.0);
    for (int v = 0; v < picture.rows; ++v) {
      for (int u = 0; u < picture.cols; ++u) picture(v, u) += static_cast<float>(light * std::exp(-((u - x) * (u - x) + (v - y) * (v - y)) / 18));
    }
  }
  return picture;
}

cv::Mat1f RowOf(const cv::Mat1f& picture) { return picture.clone().reshape(1, 1); }

std::span<const float> SpanOf(const cv::Mat1f& row) { return {row[0], static_cast<std::size_t>(row.cols)}; }

TEST(Weave, AJumpIsMeasuredInCells) {
  const cv::Mat1f picture = DrawPicture();
  const cv::Mat1f weave = WeaveRows(RowOf(picture));
  ASSERT_EQ(weave.rows, kJumps);
  const cv::Mat1f difference = RowOf(DrawPicture(kRight, kDown) - picture);
  const cv::Vec3d jump = JumpOf(weave, 0, SpanOf(difference));
  EXPECT_NEAR(jump(0), kRight, .02);
  EXPECT_NEAR(jump(1), kDown, .02);
  EXPECT_NEAR(jump(2), 0.0, .02);
  EXPECT_LT(cv::norm(difference, RowOfJump(weave, 0, jump)), .35 * cv::norm(difference));
}

// Two frames that differ by a jump are near; two that differ by as much in another way are not.
TEST(Weave, AJumpCostsLittleAndAnythingElseWhatItIs) {
  const cv::Mat1f picture = DrawPicture(), weave = WeaveRows(RowOf(picture));
  constexpr double kDeviation = .1, kNoise = .02;
  const WeaveMetric metric(cv::Mat1f(weave * (kDeviation / kNoise)), 0);
  const cv::Mat1f here = RowOf(picture) / kNoise, jumped = here + RowOfJump(weave, 0, {kRight, kDown, 0}) / kNoise;
  cv::Mat1f other = here.clone();
  other(0) += static_cast<float>(cv::norm(jumped, here));
  EXPECT_LT(metric.Squared(0, jumped, here), 3.0) << "about one for each jump of a deviation";
  EXPECT_GT(metric.Squared(0, other, here), .9 * cv::norm(other, here, cv::NORM_L2SQR));
  EXPECT_DOUBLE_EQ(WeaveMetric().Squared(0, other, here), cv::Mat1f(other - here).dot(other - here));
}

TEST(Weave, FramesHaveTheDerivativesOfTheirGroup) {
  cv::Mat1f frames(2 * kWeaveFrames, static_cast<int>(Thumbnail::kCells), 0.0F);
  const cv::Mat1f row = RowOf(DrawPicture());
  for (int i = kWeaveFrames; i < frames.rows; ++i) row.copyTo(frames.row(i));
  const cv::Mat1f weave = WeaveRows(frames);
  ASSERT_EQ(weave.rows, 2 * kJumps);
  EXPECT_EQ(cv::countNonZero(weave.rowRange(0, kJumps)), 0);
  const WeaveMetric metric(weave, 1);  // frame 0 is the second of its group
  const cv::Mat1f jump = weave.row(kJumps);
  EXPECT_EQ(metric.Explained(kWeaveFrames - 2, SpanOf(jump)), 0.0);
  EXPECT_GT(metric.Explained(kWeaveFrames - 1, SpanOf(jump)), 0.0);
}

}  // namespace
}  // namespace interneg::matching
