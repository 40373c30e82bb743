#include "worker/engine/inference/render_shape.h"

#include <gtest/gtest.h>

namespace interneg::inference {
namespace {

constexpr image::Size k4K{4096, 2160};

model::NetworkDescription Grid() {
  return model::DescribeNetwork(model::NetworkKind::kGrid, model::NetworkSize::kMedium, model::FreePlanes::kChroma,
                                image::YCbCrMatrix::kBt709);
}

TEST(RenderShape, HasAWriterForEveryTwoCores) {
  const std::int64_t plenty = std::int64_t{1} << 40;
  EXPECT_EQ(ShapeFor(Grid(), k4K, plenty, 1).writers, 1);
  EXPECT_EQ(ShapeFor(Grid(), k4K, plenty, 2).writers, 1);
  EXPECT_EQ(ShapeFor(Grid(), k4K, plenty, 8).writers, 4);
  EXPECT_EQ(ShapeFor(Grid(), k4K, plenty, 96).writers, 8);
  EXPECT_EQ(ShapeFor(Grid(), k4K, plenty, 8).frames_in_flight, 6);
}

TEST(RenderShape, GivesUpWritersBeforeTheComputationsFullFrame) {
  const double pixels = 4096.0 * 2160.0;
  const auto frame = static_cast<std::int64_t>(pixels * model::BytesPerPixel(Grid()));
  const auto writer = static_cast<std::int64_t>(pixels) * kDeliveringFloats * 4;
  const auto reading = static_cast<std::int64_t>(pixels) * kReadingFloats * 4;
  const auto shape = ShapeFor(Grid(), k4K, frame + reading + 2 * writer + 1000, 16);
  EXPECT_EQ(shape.writers, 2);
  EXPECT_GE(shape.compute_bytes, frame);
}

TEST(RenderShape, SmoothingHoldsMoreFramesAndLeavesLess) {
  const std::int64_t memory = std::int64_t{12} << 30;
  const auto plain = ShapeFor(Grid(), k4K, memory, 2),
             smoothed = ShapeFor(Grid(), k4K, memory, 2, Smoothing::kOverFrames);
  EXPECT_EQ(smoothed.frames_in_flight, plain.frames_in_flight + 2);
  EXPECT_LT(smoothed.compute_bytes, plain.compute_bytes);
}

TEST(RenderShape, LeavesTheComputationAQuarterOfLittleMemory) {
  const auto shape = ShapeFor(Grid(), k4K, std::int64_t{1} << 30, 16);
  EXPECT_EQ(shape.writers, 1);
  EXPECT_EQ(shape.compute_bytes, std::int64_t{1} << 28);
}

}  // namespace
}  // namespace interneg::inference
