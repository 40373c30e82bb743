#include "worker/engine/matching/products_opencv.h"

#include <gtest/gtest.h>

namespace interneg::matching {
namespace {

cv::Mat1f Random(int rows, int cols, int seed) {
  cv::RNG random(seed);
  cv::Mat1f out(rows, cols);
  random.fill(out, cv::RNG::NORMAL, .5, 1.0);
  return out;
}

TEST(InOwnSpan, KeepsProductsAndDistancesInFewerNumbers) {
  cv::Mat1f rows = Random(30, 400, 1);
  rows.row(4) = rows.row(3) * 1.0;    // a frame twice
  rows.row(9).setTo(0.0F);            // a blank one
  const cv::Mat1f own = InOwnSpan(rows);
  ASSERT_EQ(own.size(), cv::Size(30, 30));
  EXPECT_LT(cv::norm(GramMatrix(rows), GramMatrix(own), cv::NORM_INF), 1e-3 * 400);
  EXPECT_LT(cv::norm(SquaredDistances(rows, rows), SquaredDistances(own, own), cv::NORM_INF), 1e-2);
  EXPECT_EQ(cv::countNonZero(own.row(9)), 0);
}

TEST(InOwnSpan, LeavesRowsThatItWouldNotShorten) {
  const cv::Mat1f rows = Random(30, 50, 2);
  EXPECT_EQ(InOwnSpan(rows).data, rows.data);
}

TEST(GramMatrix, HoldsTheProductsOfAllRows) {
  const cv::Mat1f rows = Random(130, 37, 3);  // more than a block, and no multiple of what is done at a time
  EXPECT_LT(cv::norm(GramMatrix(rows), cv::Mat1f(rows * rows.t()), cv::NORM_INF), 1e-4);
}

}  // namespace
}  // namespace interneg::matching
