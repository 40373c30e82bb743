#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/worker/engine/preparation/drawn_shot.h"
#include "worker/engine/preparation/density.h"
#include "worker/engine/preparation/estimate.h"
#include "worker/engine/preparation/prepare.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::preparation {
namespace {

constexpr image::Size kSize{256, 32};

image::Image Ramp() {
  return Drawn(kSize, [](int, int x, int) { return static_cast<float>(x) / 255.0F; });
}

image::Image Through(const Step& step, const image::Image& picture) {
  const Preparation preparation({step}, Role::kSource);
  return preparation.Apply(std::span(&picture, 1), 0);
}

// The largest distance between two channels over the middle three quarters of the ramp.
double Cast(const image::Image& picture) {
  double most = 0.0;
  for (std::size_t x = 32; x < 224; ++x) {
    for (int c : {0, 2})
      most = std::max(most, std::abs(static_cast<double>(picture.plane(c)[x]) - picture.plane(1)[x]));
  }
  return most;
}

TEST(Density, FollowsTheRecipeAndComesBack) {
  EXPECT_NEAR(LinearToDensity(1.0, kPrintFloor), 0.0, 1e-12);
  EXPECT_NEAR(LinearToDensity(0.0, kPrintFloor), 2.4, 1e-12);
  EXPECT_NEAR(LinearToDensity(0.5, kPrintFloor), -std::log10(std::pow(10, -2.4) + (1 - std::pow(10, -2.4)) * .5),
              1e-12);
  for (const double v : {-.001, 0.0, .01, .5, 1.0, 4.0}) {
    EXPECT_NEAR(DensityToLinear(LinearToDensity(v, kPrintFloor), kPrintFloor), v, 1e-12);
  }
  const Encoding cct(image::kTrainingLog), display(image::kTrainingDisplay);
  EXPECT_NEAR(cct.ToLinear(.4135884), .18, 1e-6);  // S-2016-001: 18 % grey
  EXPECT_NEAR(cct.FromLinear(0.0), .0729055, 1e-7);
  EXPECT_NEAR(display.FromLinear(display.ToLinear(-.2)), -.2, 1e-12);
}

TEST(Balance, AtRestNothingChangesBitForBit) {
  auto picture = Grained(Ramp(), .2, 1, 0);
  picture.plane(0)[3] = std::numeric_limits<float>::quiet_NaN();
  NeutralBalance balance;
  EXPECT_TRUE(SameBits(Through(balance, picture), picture));
  FadeCorrectionCurve curve;
  curve.channel[1] = {{0, 0}, {1, 1}, {2, 2}};
  EXPECT_TRUE(SameBits(Through(curve, picture), picture));
  // A channel at rest stays too when another is not.
  picture.plane(0)[3] = .5F;
  balance.channel[2].gain = 1.2;
  const auto out = Through(balance, picture);
  EXPECT_TRUE(std::equal(out.plane(0).begin(), out.plane(0).end(), picture.plane(0).begin()));
  EXPECT_FALSE(std::equal(out.plane(2).begin(), out.plane(2).end(), picture.plane(2).begin()));
}

TEST(Balance, ControlsActInTheStatedOrder) {
  NeutralBalance balance{BalanceDomain::kDisplay, {.1, .5, 2.0, .2}, {}};
  const auto out = Through(balance, Drawn({16, 16}, [](int, int, int) { return .8F; }));
  const double x = std::sqrt(.5 * .8 + .1), l = 2 * x - 1;
  EXPECT_NEAR(out.plane(0)[0], x + .2 * l * l * (3 - 2 * l), 1e-6);
  NeutralBalance density{BalanceDomain::kDensity, {.3, 1.0, 1.0, 0.0}, {}};
  const auto darker = Through(density, Drawn({16, 16}, [](int, int, int) { return .8F; }));
  const Encoding encoding(image::kTrainingDisplay);
  EXPECT_NEAR(LinearToDensity(encoding.ToLinear(darker.plane(1)[0]), kPrintFloor),
              LinearToDensity(encoding.ToLinear(.8), kPrintFloor) + .3, 1e-6);
}

TEST(Balance, TheEstimateMakesACastRampNeutralInDensity) {
  NeutralBalance cast;
  cast.channel[0] = {.15, .6, 1, 0};
  cast.channel[2] = {.25, .8, 1, 0};
  const auto faded = Through(cast, Ramp());
  EXPECT_GT(Cast(faded), 30.0 / 255);
  const auto balance = EstimateBalance(std::span(&faded, 1));
  EXPECT_LT(Cast(Through(balance, faded)), 1.0 / 255);
  EXPECT_NEAR(balance.channel[0].gain, 1 / .6, .01);
}

TEST(Balance, TheEstimateMakesACastRampNeutralInDisplay) {
  const auto cast = Drawn(kSize, [](int c, int x, int) {
    const float v = static_cast<float>(x) / 255.0F;
    return c == 0 ? .08F + .85F * v : c == 2 ? .7F * v : v;
  });
  BalanceEstimate how;
  how.domain = BalanceDomain::kDisplay;
  EXPECT_LT(Cast(Through(EstimateBalance(std::span(&cast, 1), how), cast)), 1.0 / 255);
}

// A third of the picture is a strong colour: a plain grey world would be pulled by it.
TEST(Balance, AStrongColourDoesNotPullTheEstimate) {
  NeutralBalance cast;
  cast.channel[0] = {.1, .7, 1, 0};
  cast.channel[2] = {.2, .9, 1, 0};
  const auto picture = Drawn({256, 96}, [](int c, int x, int y) {
    const float v = static_cast<float>(x) / 255.0F;
    return y < 32 ? (c == 0 ? .9F * v : .3F * v) : v;
  });
  const auto faded = Through(cast, picture);
  const auto back = Through(EstimateBalance(std::span(&faded, 1)), faded);
  double most = 0.0;
  for (std::size_t x = 32; x < 224; ++x) {
    const std::size_t i = 64 * 256 + x;
    for (int c : {0, 2}) most = std::max(most, std::abs(static_cast<double>(back.plane(c)[i]) - back.plane(1)[i]));
  }
  EXPECT_LT(most, 1.0 / 255);
}

// The project's own fading: dyes interact, so that gain and offset alone leave a little; the middle is still neutral.
TEST(Balance, AFadedPrintsGreysComeBack) {
  const auto faded = simulation::FadeFrame(Ramp(), {simulation::ParseRetention("moderate")}, 1);
  EXPECT_GT(Cast(faded), 20.0 / 255);
  EXPECT_LT(Cast(Through(EstimateBalance(std::span(&faded, 1)), faded)), 2.0 / 255);
  EXPECT_LT(Cast(Through(EstimateFadeCorrection(std::span(&faded, 1)), faded)), 2.5 / 255);
}

TEST(Estimates, BlackOrConstantFramesAreRefused) {
  const auto black = Drawn({64, 64}, [](int, int, int) { return 0.0F; });
  const auto grey = Drawn({64, 64}, [](int, int, int) { return .5F; });
  EXPECT_THROW(EstimateBalance(std::span(&black, 1)), std::invalid_argument);
  EXPECT_THROW(EstimateBalance(std::span(&grey, 1)), std::invalid_argument);
  EXPECT_THROW(EstimateBalance({}), std::invalid_argument);
  EXPECT_THROW(EstimateInversion(std::span(&grey, 1)), std::invalid_argument);
}

TEST(Curve, PassesItsPointsAndStaysMonotone) {
  FadeCorrectionCurve curve;
  curve.channel[0] = {{0, .1}, {.5, .1}, {.6, 1.0}, {2, 1.2}};
  const Encoding encoding(image::kTrainingDisplay);
  const auto out = Through(curve, Ramp());
  for (std::size_t x = 1; x < 256; ++x) EXPECT_GE(out.plane(0)[x] + 1e-6F, out.plane(0)[x - 1]) << x;
  const auto at = [&](double density) {
    const auto code = static_cast<float>(encoding.FromLinear(DensityToLinear(density, kPrintFloor)));
    const auto picture = Drawn({16, 16}, [&](int, int, int) { return code; });
    return LinearToDensity(encoding.ToLinear(Through(curve, picture).plane(0)[0]), kPrintFloor);
  };
  EXPECT_NEAR(at(.5), .1, 1e-5);
  EXPECT_NEAR(at(.6), 1.0, 1e-5);
  EXPECT_NEAR(at(1.0e-3), .1, 1e-3);
}

// A negative made by hand: base with an orange mask, density .6 a decade of exposure.
TEST(Inversion, AnEstimatedInversionBringsBackThePositive) {
  const std::array<double, 3> base{.15, .45, .75};
  const Encoding encoding(image::kTrainingDisplay);
  const double black = std::pow(10, -1.2 / .6);
  const auto positive = Ramp();
  auto negative = positive;
  for (int c = 0; c < 3; ++c) {
    for (float& v : negative.plane(c)) {
      const double light = black + (1 - black) * encoding.ToLinear(v);
      const double density = base[static_cast<std::size_t>(c)] + 1.2 + .6 * std::log10(light);
      v = static_cast<float>(encoding.FromLinear(DensityToLinear(density, kNegativeFloor)));
    }
  }
  const auto step = EstimateInversion(std::span(&negative, 1));
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(step.base_density[c], base[c], .01);
  const auto back = Through(step, negative);
  for (std::size_t x = 16; x < 240; ++x) {
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(back.plane(c)[x], positive.plane(c)[x], 4.0 / 255) << x;
  }
  EXPECT_LT(Cast(back), 1.5 / 255);
  const auto clear = image::Crop(negative, {0, 0, {1, 32}}), dense = image::Crop(negative, {250, 0, {6, 32}});
  const auto given = EstimateInversion(std::span(&negative, 1), std::span(&clear, 1));
  EXPECT_NEAR(given.base_density[2], .75, 1e-4);
  EXPECT_THROW(EstimateInversion(std::span(&negative, 1), std::span(&dense, 1)), std::invalid_argument)
      << "a patch of the picture's highlights is no unexposed film";
}

}  // namespace
}  // namespace interneg::preparation
