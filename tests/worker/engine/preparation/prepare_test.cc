#include "worker/engine/preparation/prepare.h"

#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "tests/worker/engine/preparation/drawn_shot.h"

namespace interneg::preparation {
namespace {

constexpr image::Size kSize{96, 64};

std::vector<image::Image> Shot(int count) {
  std::vector<image::Image> frames;
  for (int i = 0; i < count; ++i) frames.push_back(Grained(DrawShot(i, kSize), .03, 31, i));
  return frames;
}

const std::vector<Step>& Chain() {
  static const std::vector<Step> steps{DustRepair{}, Degrain{1, DegrainExtent::kBoth, 1, 2}, Median{3}};
  return steps;
}

TEST(Preparation, AtRestGivesThePictureBackBitForBit) {
  auto frames = Shot(1);
  frames[0].plane(1)[7] = std::numeric_limits<float>::infinity();
  const std::vector<Step> resting{
      NeutralBalance{}, FadeCorrectionCurve{}, DustRepair{0}, ScratchRepair{0}, Degrain{0}, Median{1},
      Deband{0},        LumaMatch{0},          ColourMatch{0}};
  for (const auto& preparation : {Preparation(), Preparation(resting, Role::kChromaReference)}) {
    EXPECT_TRUE(preparation.is_identity());
    EXPECT_EQ(preparation.radius_frames(), 0);
    EXPECT_FALSE(preparation.needs_partner());
    EXPECT_TRUE(SameBits(preparation.Apply(frames, 0), frames[0]));
  }
}

TEST(Preparation, KnowsHowManyNeighboursItWants) {
  EXPECT_EQ(Preparation(Chain(), Role::kSource).radius_frames(), 2);
  EXPECT_EQ(
      Preparation({Deinterlace{}, ScratchRepair{}, Degrain{1, DegrainExtent::kBoth, 3}}, Role::kSource).radius_frames(),
      6);
  EXPECT_EQ(Preparation({Degrain{1, DegrainExtent::kSpatial}}, Role::kSource).radius_frames(), 0);
}

// In training single frames are asked for, in rendering the run: both must give the network the same pixels.
TEST(Preparation, AShotAWindowAndAnyOrderGiveTheSamePixels) {
  const auto frames = Shot(5);
  const Preparation preparation(Chain(), Role::kSource);
  std::map<int, int> read;
  PreparedShot run(preparation, 5, [&](int i) {
    ++read[i];
    return frames[static_cast<std::size_t>(i)];
  });
  PreparedShot back(preparation, 5, [&](int i) { return frames[static_cast<std::size_t>(i)]; });
  std::vector<image::Image> prepared, backwards(5);
  for (int i = 0; i < 5; ++i) prepared.push_back(run.Frame(i));
  for (int i = 4; i >= 0; --i) backwards[static_cast<std::size_t>(i)] = back.Frame(i);
  for (int i = 0; i < 5; ++i) {
    const int first = std::max(0, i - 2), last = std::min(4, i + 2);
    const std::span window(frames.data() + first, static_cast<std::size_t>(last - first + 1));
    EXPECT_TRUE(SameBits(preparation.Apply(window, i - first), prepared[static_cast<std::size_t>(i)])) << i;
    EXPECT_TRUE(SameBits(backwards[static_cast<std::size_t>(i)], prepared[static_cast<std::size_t>(i)])) << i;
    EXPECT_EQ(read[i], 1) << i;
  }
}

TEST(Preparation, PixelsDoNotDependOnThreads) {
  const auto frames = Shot(5);
  const Preparation preparation(
      {ScratchRepair{}, Degrain{}, NeutralBalance{BalanceDomain::kDensity, {.1}, {}}, Deband{}}, Role::kSource);
  const int threads = cv::getNumThreads();
  cv::setNumThreads(1);
  const auto single = preparation.Apply(frames, 2);
  cv::setNumThreads(5);
  image::Image first, second;
  std::thread one([&] { first = preparation.Apply(frames, 2); }), two([&] { second = preparation.Apply(frames, 2); });
  one.join();
  two.join();
  cv::setNumThreads(threads);
  EXPECT_TRUE(SameBits(first, single));
  EXPECT_TRUE(SameBits(second, single));
}

TEST(Preparation, StepsActInTheirOrder) {
  const auto frames = Shot(1);
  const NeutralBalance steep{BalanceDomain::kDisplay, {0, 1, .3}, {}};
  const Degrain smooth{2, DegrainExtent::kSpatial};
  const auto one = Preparation({steep, smooth}, Role::kSource).Apply(frames, 0);
  const auto other = Preparation({smooth, steep}, Role::kSource).Apply(frames, 0);
  EXPECT_LT(Psnr_db(one, other), 60.0);
  const auto by_hand = Preparation({steep}, Role::kSource).Apply(frames, 0);
  EXPECT_TRUE(SameBits(Preparation({smooth}, Role::kSource).Apply(std::span(&by_hand, 1), 0), one));
}

TEST(Preparation, ValuesThatAreNotFiniteDoNotSpread) {
  auto frames = Shot(3);
  for (auto& frame : frames) {
    frame.plane(0)[1000] = std::numeric_limits<float>::quiet_NaN();
    frame.plane(2)[2000] = std::numeric_limits<float>::infinity();
  }
  const auto out =
      Preparation({DustRepair{}, ScratchRepair{}, Degrain{}, Median{3}, Deband{}}, Role::kSource).Apply(frames, 1);
  for (const float v : out.values()) ASSERT_TRUE(std::isfinite(v));
}

TEST(Preparation, PicturesThatDoNotFitAreRefused) {
  const auto frames = Shot(2);
  const Preparation preparation({Degrain{}}, Role::kSource);
  EXPECT_THROW(preparation.Apply({}, 0), std::invalid_argument);
  EXPECT_THROW(preparation.Apply(frames, 2), std::invalid_argument);
  EXPECT_THROW(preparation.Apply(frames, -1), std::invalid_argument);
  EXPECT_THROW(preparation.Apply(std::vector<image::Image>{frames[0], DrawShot(0, {60, 80})}, 0),
               std::invalid_argument);
  const image::Image grey(kSize, {"Y"}, image::kTrainingDisplay);
  EXPECT_THROW(preparation.Apply(std::span(&grey, 1), 0), std::invalid_argument);
  const image::Image tiny({8, 8}, {"R", "G", "B"}, image::kTrainingDisplay);
  EXPECT_THROW(preparation.Apply(std::span(&tiny, 1), 0), std::invalid_argument);
  PreparedShot shot(preparation, 2, [&](int i) { return frames[static_cast<std::size_t>(i)]; });
  EXPECT_THROW(shot.Frame(2), std::out_of_range);
}

TEST(Preparation, EveryStepWorksOnSmallAndOddPictures) {
  for (const image::Size size : {image::Size{16, 16}, image::Size{17, 31}, image::Size{64, 17}}) {
    std::vector<image::Image> frames;
    for (int i = 0; i < 3; ++i) frames.push_back(Grained(DrawShot(i, size), .03, 41, i));
    const Partner partner{&frames[0], nullptr};
    const std::vector<Step> steps{NeutralBalance{BalanceDomain::kDensity, {.1}, {}},
                                  Invert{},
                                  DustRepair{},
                                  ScratchRepair{},
                                  Degrain{},
                                  Median{},
                                  Deband{},
                                  Deinterlace{},
                                  LumaMatch{},
                                  ColourMatch{}};
    for (const Step& step : steps) {
      const auto out = Preparation({step}, Role::kChromaReference).Apply(frames, 1, partner);
      EXPECT_EQ(out.size(), size) << NameOf(step);
      for (const float v : out.values()) ASSERT_TRUE(std::isfinite(v)) << NameOf(step);
    }
  }
}

}  // namespace
}  // namespace interneg::preparation
