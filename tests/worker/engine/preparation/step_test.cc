#include "worker/engine/preparation/step.h"

#include <limits>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::preparation {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Refusal(const std::vector<Step>& steps, Role role = Role::kSource) {
  try {
    Validate(steps, role);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

const std::vector<Step>& OneOfEach() {
  static const std::vector<Step> steps{
      NeutralBalance{}, FadeCorrectionCurve{}, Invert{},          DustRepair{}, ScratchRepair{}, Degrain{}, Median{},
      Deband{},         Deinterlace{},         LumaMatch{},  ColourMatch{}};
  return steps;
}

TEST(Step, EveryDefaultIsValidOnAChromaReference) {
  for (const Step& step : OneOfEach()) {
    EXPECT_EQ(Refusal({step}, Role::kChromaReference), "accepted") << NameOf(step);
    EXPECT_TRUE(Validate(std::vector<Step>{step}, Role::kChromaReference).empty()) << NameOf(step);
  }
}

TEST(Step, ARefusalNamesTheStepTheFieldTheValueAndTheRange) {
  EXPECT_THAT(Refusal({Deband{}, Median{100}}),
              AllOf(HasSubstr("step 2 (median)"), HasSubstr("size_px is 100"), HasSubstr("1 to 63")));
  NeutralBalance balance;
  balance.channel[2].gain = 0.0;
  EXPECT_THAT(Refusal({balance}), AllOf(HasSubstr("B gain is 0"), HasSubstr("0.05 to 20")));
}

TEST(Step, EveryFieldOutOfItsRangeIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Step> wrong{DustRepair{1.1},
                                DustRepair{1, .005},
                                DustRepair{1, .06, 0},
                                ScratchRepair{-.1},
                                ScratchRepair{1, nan},
                                ScratchRepair{1, .02, 32},
                                ScratchRepair{1, .02, 5, .05},
                                Degrain{5},
                                Degrain{1, DegrainExtent::kBoth, 6},
                                Degrain{1, DegrainExtent::kBoth, 2, 0},
                                Median{0},
                                Deband{.06},
                                Deband{.01, 0},
                                Invert{{0, 0, 4}},
                                Invert{{0, 0, 0}, {1, 1, 0}},
                                Invert{{0, 0, 0}, {1, 1, 1}, 3},
                                NeutralBalance{BalanceDomain::kDisplay, {1.5}, {}},
                                NeutralBalance{BalanceDomain::kDensity, {0, 1, nan}, {}}};
  for (const Step& step : wrong) EXPECT_THAT(Refusal({step}), HasSubstr("allowed")) << NameOf(step);
  EXPECT_THAT(Refusal({LumaMatch{1, 1.0}}, Role::kChromaReference), HasSubstr("sigma_px is 1; allowed 2 to 512"));
  EXPECT_THAT(Refusal({ColourMatch{2}}, Role::kChromaReference), HasSubstr("strength is 2"));
}

TEST(Step, ACurveMustRiseAndHaveTwoPoints) {
  FadeCorrectionCurve curve;
  curve.channel[0] = {{0, 0}};
  EXPECT_THAT(Refusal({curve}), HasSubstr("number of points of the R curve is 1; allowed 2 to 32"));
  curve.channel[0] = {{1, 0}, {0, 1}};
  EXPECT_THAT(Refusal({curve}), HasSubstr("does not rise"));
  curve.channel[0] = {{0, 1}, {1, .5}};
  EXPECT_THAT(Refusal({curve}), HasSubstr("falls"));
}

TEST(Step, ASpatialReferenceTakesOnlyWhatLeavesItsDetail) {
  for (const Step& step :
       std::vector<Step>{Median{3}, Degrain{}, Deband{}, Deinterlace{}, NeutralBalance{}, FadeCorrectionCurve{}}) {
    EXPECT_THAT(Refusal({step}, Role::kSpatialReference),
                AllOf(HasSubstr(std::string(NameOf(step))), HasSubstr("only dust and scratch repair")))
        << NameOf(step);
  }
  for (const Step& step :
       std::vector<Step>{DustRepair{}, ScratchRepair{}, Invert{}, LumaMatch{}, ColourMatch{}}) {
    EXPECT_EQ(Refusal({step}, Role::kSpatialReference), "accepted") << NameOf(step);
  }
}

TEST(Step, ASourceHasNoPartnerToBeMatchedTo) {
  EXPECT_THAT(Refusal({LumaMatch{}}), HasSubstr("has no partner"));
  EXPECT_THAT(Refusal({ColourMatch{}}), HasSubstr("has no partner"));
}

TEST(Step, FieldsComeFirstAndMatchesAfterWhatLooksAround) {
  EXPECT_THAT(Refusal({Median{3}, Deinterlace{}}), HasSubstr("first place"));
  EXPECT_THAT(Refusal({LumaMatch{}, DustRepair{}}, Role::kChromaReference), HasSubstr("in front of luma-match"));
  EXPECT_EQ(Refusal({Deinterlace{}, DustRepair{}, LumaMatch{}, Median{}}, Role::kChromaReference), "accepted");
}

TEST(Step, ALargeMedianIsWarnedOf) {
  EXPECT_TRUE(Validate(std::vector<Step>{Median{10}}, Role::kChromaReference).empty());
  EXPECT_THAT(Validate(std::vector<Step>{Median{11}}, Role::kChromaReference),
              ::testing::ElementsAre(HasSubstr("colour bleeds")));
  EXPECT_THAT(Validate(std::vector<Step>{Median{7}}, Role::kSource), ::testing::ElementsAre(HasSubstr("3 to 5")));
  EXPECT_EQ(DefaultMedian(Role::kChromaReference).size_px, 10);
  EXPECT_EQ(DefaultMedian(Role::kSource).size_px, 3);
  EXPECT_THROW(DefaultMedian(Role::kSpatialReference), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::preparation
