#include "client/cli/commands/document_text.h"

#include <numbers>

#include <gtest/gtest.h>

namespace interneg::commands {
namespace {

google::protobuf::RepeatedField<double> Transform(std::initializer_list<double> numbers) {
  return {numbers.begin(), numbers.end()};
}

TEST(DocumentText, ASimilarityIsTheSameEverywhereButForItsShift) {
  const double angle = 3 * std::numbers::pi / 180, c = 1.05 * std::cos(angle), s = 1.05 * std::sin(angle);
  for (const double x : {0.0, 960.0}) {
    const LocalTransform local = TransformAt(Transform({c, -s, 10, s, c, -4, 0, 0, 1}), x, 0);
    EXPECT_NEAR(local.scale, 1.05, 1e-12);
    EXPECT_NEAR(local.rotation_deg, 3, 1e-12) << "clockwise where y points downwards";
    EXPECT_NEAR(local.dx_px, (c - 1) * x + 10, 1e-9);
    EXPECT_NEAR(local.dy_px, s * x - 4, 1e-9);
    EXPECT_FALSE(local.mirrored);
  }
}

TEST(DocumentText, AMirroredPictureIsSaid) {
  EXPECT_TRUE(TransformAt(Transform({-1, 0, 100, 0, 1, 0, 0, 0, 1}), 50, 50).mirrored);
}

// Against differences of the mapped points themselves.
TEST(DocumentText, AHomographysScaleIsThatOfItsPlace) {
  const auto h = Transform({1.1, 0.02, 5, -0.01, 0.95, 3, 1e-4, 2e-4, 1});
  const auto map = [&](double x, double y) {
    const double w = h[6] * x + h[7] * y + h[8];
    return std::pair((h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w);
  };
  const double x = 300, y = 200, step = 1e-3;
  const auto [ux, vx] = std::pair((map(x + step, y).first - map(x - step, y).first) / (2 * step),
                                  (map(x + step, y).second - map(x - step, y).second) / (2 * step));
  const auto [uy, vy] = std::pair((map(x, y + step).first - map(x, y - step).first) / (2 * step),
                                  (map(x, y + step).second - map(x, y - step).second) / (2 * step));
  const LocalTransform local = TransformAt(h, x, y);
  EXPECT_NEAR(local.scale, std::sqrt(ux * vy - uy * vx), 1e-6);
  EXPECT_NEAR(local.dx_px, map(x, y).first - x, 1e-9);
}

TEST(DocumentText, TheWorstPairIsTheUnusableOneThenTheLeastExact) {
  v1::Alignment alignment;
  EXPECT_EQ(WorstPair(alignment), nullptr);
  const auto add = [&](int frame, const char* verdict, double rms) {
    v1::AlignedPair& pair = *alignment.add_pairs();
    pair.set_source_frame(frame);
    pair.set_verdict(verdict);
    pair.set_estimated_rms_px(rms);
  };
  add(1, "good", 0.9);
  add(2, "usable", 0.1);
  add(3, "usable", 0.2);
  EXPECT_EQ(WorstPair(alignment)->source_frame(), 3);
  add(4, "unusable", 0);
  EXPECT_EQ(WorstPair(alignment)->source_frame(), 4);
}

}  // namespace
}  // namespace interneg::commands
