// Grain, dust and scratches drawn onto a moving shot whose clean pictures are known.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <vector>

#include <gtest/gtest.h>

#include "tests/worker/engine/preparation/drawn_damage.h"
#include "tests/worker/engine/preparation/drawn_shot.h"
#include "worker/engine/preparation/prepare.h"

namespace interneg::preparation {
namespace {

constexpr image::Size kSize{240, 160};
const auto kEverywhere = [](int, int) { return true; };

std::vector<image::Image> Clean(int count) {
  std::vector<image::Image> frames;
  for (int i = 0; i < count; ++i) frames.push_back(DrawShot(i, kSize));
  return frames;
}

std::vector<image::Image> WithGrain(const std::vector<image::Image>& clean, double sigma, std::uint64_t seed) {
  std::vector<image::Image> out;
  for (std::size_t i = 0; i < clean.size(); ++i) out.push_back(Grained(clean[i], sigma, seed, static_cast<int>(i)));
  return out;
}

image::Image Through(const Step& step, const std::vector<image::Image>& frames, int centre) {
  return Preparation({step}, Role::kSource).Apply(frames, centre);
}

class Grain : public ::testing::TestWithParam<double> {};

TEST_P(Grain, IsTakenOffAMovingSceneWithoutGhosts) {
  const double sigma = GetParam();
  for (const std::uint64_t seed : {1}) {
    const auto clean = Clean(5), grained = WithGrain(clean, sigma, seed);
    const auto out = Through(Degrain{}, grained, 2);
    // The rim of the ball and where it has just been: a ghost would be there.
    const auto near_ball = [](int x, int y) {
      return !InBall(2, x, y, -4) && (InBall(2, x, y, 4) || InBall(1, x, y, 3) || InBall(3, x, y, 3));
    };
    const double before = Psnr_db(grained[2], clean[2]), after = Psnr_db(out, clean[2]);
    const double rim_before = Psnr_db(grained[2], clean[2], near_ball), rim_after = Psnr_db(out, clean[2], near_ball);
    std::cout << "degrain seed " << seed << " sigma " << sigma << ": " << before << " -> " << after
              << " dB, at the rim " << rim_before << " -> " << rim_after << " dB\n";
    EXPECT_GE(after, before + 3.0);
    EXPECT_GE(rim_after, rim_before);
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, Grain, ::testing::Values(.015, .06));

TEST(Degrain, EachPartAloneHelpsAndTheEndsOfAShotAreServed) {
  const auto clean = Clean(3), grained = WithGrain(clean, .04, 3);
  const double before = Psnr_db(grained[0], clean[0]);
  const double temporal = Psnr_db(Through(Degrain{1, DegrainExtent::kTemporal}, grained, 0), clean[0]);
  const double spatial = Psnr_db(Through(Degrain{1, DegrainExtent::kSpatial}, grained, 0), clean[0]);
  const double both = Psnr_db(Through(Degrain{}, grained, 0), clean[0]);
  std::cout << "degrain at the end of a shot: " << before << " temporal " << temporal << " spatial " << spatial
            << " both " << both << " dB\n";
  EXPECT_GT(temporal, before + 2.0);
  EXPECT_GT(spatial, before + 1.0);
  EXPECT_GT(both, temporal);
  EXPECT_TRUE(SameBits(Through(Degrain{0.0}, grained, 0), grained[0]));
}

TEST(Degrain, ACleanPictureStaysNearlyAsItIs) {
  const auto clean = Clean(3);
  EXPECT_GT(Psnr_db(Through(Degrain{}, clean, 1), clean[1]), 45.0);
}

// A cut in the window: the other shot must not shine through.
TEST(Degrain, FramesOfAnotherShotAreLeftOut) {
  const auto clean = Clean(1);
  const std::vector<image::Image> shots{
      Grained(clean[0], .04, 4, 0),
      Grained(Drawn(kSize, [](int c, int x,
                              int y) { return .5F + .3F * std::sin(.05F * static_cast<float>(x * (c + 1) + 2 * y)); }),
              .04, 4, 1)};
  const auto out = Through(Degrain{1, DegrainExtent::kTemporal}, shots, 0);
  EXPECT_GE(Psnr_db(out, clean[0]), Psnr_db(shots[0], clean[0]) - .1);
}

TEST(Dust, IsRepairedAndCleanPixelsAreLeft) {
  int specks = 0, repaired = 0;
  double changed = 0.0;
  for (const std::uint64_t seed : {11, 12, 13}) {
    const auto clean = Clean(3);
    auto frames = clean;
    std::vector<Dusty> dusty;
    for (std::size_t i = 0; i < 3; ++i) {
      dusty.push_back(WithDust(clean[i], seed * 100 + i, 10));
      frames[i] = dusty[i].picture;
    }
    const auto out = Through(DustRepair{}, frames, 1);
    const SpeckCount count = CountSpecks(dusty[1], out, clean[1]);
    specks += count.visible;
    repaired += count.repaired;
    const double share = ChangedShare(out, frames[1], [&](int x, int y) {
      return dusty[1].speck[static_cast<std::size_t>(y) * kSize.width_px + x] == 0;
    });
    changed = std::max(changed, share);
  }
  std::cout << "dust: " << repaired << " of " << specks << " specks repaired, " << 100 * changed
            << " % of clean pixels changed\n";
  EXPECT_GE(specks, 25);
  EXPECT_GE(repaired, .9 * specks);
  EXPECT_LT(changed, .001);
}

TEST(Dust, ACleanMovingShotIsLeftAlone) {
  const auto clean = Clean(3);
  for (const int centre : {0, 1}) {
    EXPECT_LT(ChangedShare(Through(DustRepair{}, clean, centre), clean[static_cast<std::size_t>(centre)], kEverywhere),
              .001);
  }
  EXPECT_LT(ChangedShare(Through(DustRepair{}, {clean[1]}, 0), clean[1], kEverywhere), .001);
  const auto grained = WithGrain(clean, .05, 9);
  const double share = ChangedShare(Through(DustRepair{}, grained, 1), grained[1], kEverywhere);
  std::cout << "dust: " << 100 * share << " % of pixels of strong grain changed\n";
  EXPECT_LT(share, .001);
}

TEST(Dust, TheFirstFrameAndASingleFrameAreServed) {
  const auto clean = Clean(2);
  const auto dusty = WithDust(clean[0], 77, 20);
  const SpeckCount first = CountSpecks(dusty, Through(DustRepair{}, {dusty.picture, clean[1]}, 0), clean[0]);
  const auto flat = Drawn(
      kSize, [](int c, int x, int) { return .4F + .1F * static_cast<float>(c) + .0005F * static_cast<float>(x); });
  const auto alone = WithDust(flat, 78, 20);
  const SpeckCount single = CountSpecks(alone, Through(DustRepair{}, {alone.picture}, 0), flat);
  std::cout << "dust: first frame " << first.repaired << " of " << first.visible << ", a single flat frame "
            << single.repaired << " of " << single.visible << "\n";
  EXPECT_GE(first.repaired, .7 * first.visible);  // one neighbour alone: it must be stricter with itself
  EXPECT_GE(single.repaired, .85 * single.visible);
  EXPECT_TRUE(SameBits(Through(DustRepair{0.0}, {dusty.picture, clean[1]}, 0), dusty.picture));
}

// What flashes up for one frame but is larger than a speck is picture.
TEST(Dust, LargeThingsAreTakenForPicture) {
  const auto clean = Clean(3);
  auto frames = clean;
  for (int y = 30; y < 80; ++y) {
    for (int x = 150; x < 200; ++x) frames[1].plane(0)[static_cast<std::size_t>(y) * kSize.width_px + x] = .95F;
  }
  EXPECT_TRUE(SameBits(Through(DustRepair{}, frames, 1), frames[1]));
}

const std::vector<Scratch> kScratches{
    {35, 1, 0, 159, .12F}, {101, 2, 20, 150, -.10F}, {140, 3, 0, 159, .08F}, {205, 2, 30, 159, .2F}};

TEST(Scratches, AreRepairedAndCleanPixelsAreLeft) {
  const auto clean = Clean(5);
  for (const double grain : {0.0, .02}) {
    std::vector<image::Image> under = WithGrain(clean, grain, 21), frames;
    for (std::size_t i = 0; i < 5; ++i) frames.push_back(WithScratches(under[i], kScratches, i % 2 == 0 ? 0 : 1));
    const auto out = Through(ScratchRepair{}, frames, 2);
    double repaired = 0, total = 0;
    for (const Scratch& s : kScratches) {
      const auto inside = [&](int x, int y) {
        return x >= s.left_px && x < s.left_px + s.width_px && y >= s.first_row && y <= s.last_row;
      };
      const double gain = Psnr_db(out, clean[2], inside) - Psnr_db(frames[2], clean[2], inside);
      std::cout << "scratch at " << s.left_px << " grain " << grain << ": " << gain << " dB better\n";
      EXPECT_GT(gain, 6.0) << s.left_px;
    }
    for (int y = 0; y < kSize.height_px; ++y) {
      for (int x = 0; x < kSize.width_px; ++x) {
        if (!InScratch(kScratches, x, y)) continue;
        const auto i = static_cast<std::size_t>(y) * kSize.width_px + x;
        total += 1;
        repaired += std::abs(out.plane(1)[i] - frames[2].plane(1)[i]) > 0;
      }
    }
    const double changed = ChangedShare(out, frames[2], [](int x, int y) { return !InScratch(kScratches, x, y); });
    std::cout << "scratches: " << 100 * repaired / total << " % of their pixels drawn over, " << 100 * changed
              << " % of clean pixels changed\n";
    EXPECT_GE(repaired, .9 * total);
    EXPECT_LT(changed, .001);
  }
}

TEST(Scratches, UprightsThatMoveWithThePictureAreKept) {
  const auto clean = Clean(5);  // its bar moves by two pixels a frame
  const auto out = Through(ScratchRepair{1, .015, 9}, clean, 2);
  EXPECT_LT(ChangedShare(out, clean[2], kEverywhere), .001);
  EXPECT_TRUE(SameBits(Through(ScratchRepair{0.0}, clean, 2), clean[2]));
}

}  // namespace
}  // namespace interneg::preparation
