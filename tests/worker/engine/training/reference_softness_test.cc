#include "worker/engine/training/reference_softness_torch.h"

#include <gtest/gtest.h>

#include "worker/engine/model/softness_torch.h"

namespace interneg::training {
namespace {

constexpr std::int64_t kSide_px = 288;

// Blocks of 4 to 12 pixels, each of its own brightness and colour: edges of all kinds.
at::Tensor Blocks(std::int64_t planes) {
  at::Tensor out = at::zeros({1, planes, kSide_px, kSide_px});
  for (const std::int64_t block : {4, 6, 12}) {
    const at::Tensor small = at::rand({1, planes, kSide_px / block, kSide_px / block}) - 0.5;
    out = out + at::upsample_nearest2d(small, {kSide_px, kSide_px});
  }
  return 0.2 * out;
}

SharpAndSoft Frame(const model::Softness& softness, double grain) {
  const at::Tensor drawn = Blocks(3);
  SharpAndSoft frame;
  frame.luma = drawn.narrow(1, 0, 1);
  // The colour follows the brightness in places, as real colours do.
  const at::Tensor colour = drawn.narrow(1, 1, 2) + 0.6 * frame.luma;
  frame.soft = model::Softened(colour, softness) + 0.005 * at::randn({1, 2, kSide_px, kSide_px});
  frame.sharp = 0.8 * colour + grain * at::randn({1, 2, kSide_px, kSide_px});
  return frame;
}

std::vector<SharpAndSoft> Tiles(const std::vector<SharpAndSoft>& frames) {
  std::vector<SharpAndSoft> tiles;
  for (const SharpAndSoft& frame : frames) {
    for (SharpAndSoft& tile : DetailedTiles(frame)) tiles.push_back(std::move(tile));
  }
  return tiles;
}

class ReferenceSoftness : public testing::Test {
 protected:
  void SetUp() override { at::manual_seed(7); }
};

TEST_F(ReferenceSoftness, IsFoundAlongEachAxis) {
  const auto found = MeasureSoftness(Tiles({Frame({2.0, 1.0}, 0.0), Frame({2.0, 1.0}, 0.0)}), kLeastGainUnknown);
  EXPECT_DOUBLE_EQ(found.x_px, 2.0);
  EXPECT_DOUBLE_EQ(found.y_px, 1.0);
}

TEST_F(ReferenceSoftness, IsNoneWhereTheReferenceIsAsSharp) {
  EXPECT_TRUE(MeasureSoftness(Tiles({Frame({}, 0.0)}), kLeastGainUnknown).is_sharp());
}

TEST_F(ReferenceSoftness, GrainThatTheReferenceLacksIsNotTakenForIt) {
  EXPECT_TRUE(MeasureSoftness(Tiles({Frame({}, 0.15)}), kLeastGainUnknown).is_sharp());
  const auto found = MeasureSoftness(Tiles({Frame({1.4142, 1.4142}, 0.15)}), kLeastGainUnknown);
  EXPECT_NEAR(found.x_px, 1.4142, 0.5);
  EXPECT_NEAR(found.y_px, 1.4142, 0.5);
}

TEST_F(ReferenceSoftness, OfAReferenceKnownToBeSubsampledIsFoundInNoise) {
  const auto noisy = [](const model::Softness& softness) {
    SharpAndSoft frame = Frame(softness, 0.0);
    frame.soft = frame.soft + 0.4 * at::randn({1, 2, kSide_px, kSide_px});
    return Tiles({frame});
  };
  EXPECT_TRUE(MeasureSoftness(noisy({0.7, 0.7}), kLeastGainUnknown).is_sharp());
  const auto found = MeasureSoftness(noisy({0.7, 0.7}), kLeastGainSubsampled);
  EXPECT_NEAR(found.x_px, 0.7, 0.2);
  EXPECT_NEAR(found.y_px, 0.7, 0.2);
}

TEST_F(ReferenceSoftness, IsFoundBetweenWhatIsNotTrusted) {
  SharpAndSoft frame = Frame({0.85, 0.85}, 0.0);
  frame.weight = at::ones({1, 1, kSide_px, kSide_px});
  for (std::int64_t at = 0; at < kSide_px; at += 48) {  // something else in every tile
    frame.weight.narrow(2, at, 6).narrow(3, at, 6).zero_();
    frame.soft.narrow(2, at, 6).narrow(3, at, 6).fill_(0.4);
  }
  const auto found = MeasureSoftness(Tiles({frame}), kLeastGainUnknown);
  EXPECT_NEAR(found.x_px, 0.85, 0.16);
  EXPECT_NEAR(found.y_px, 0.85, 0.16);
}

TEST_F(ReferenceSoftness, IsNoneWhereNothingCanBeSeen) {
  SharpAndSoft flat;
  flat.luma = at::full({1, 1, kSide_px, kSide_px}, 0.5);
  flat.sharp = at::zeros({1, 2, kSide_px, kSide_px});
  flat.soft = at::zeros({1, 2, kSide_px, kSide_px});
  EXPECT_TRUE(MeasureSoftness(Tiles({flat}), kLeastGainUnknown).is_sharp());
  SharpAndSoft masked = Frame({2.0, 2.0}, 0.0);
  masked.weight = at::zeros({1, 1, kSide_px, kSide_px});
  EXPECT_TRUE(MeasureSoftness(Tiles({masked}), kLeastGainUnknown).is_sharp());
  SharpAndSoft small{at::rand({1, 1, 40, 40}), at::rand({1, 2, 40, 40}), at::rand({1, 2, 40, 40}), {}};
  EXPECT_TRUE(MeasureSoftness(Tiles({small}), kLeastGainUnknown).is_sharp());
}

}  // namespace
}  // namespace interneg::training
