#include "worker/engine/training/first_guess_choice_torch.h"

#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "worker/engine/model/first_guess_torch.h"

namespace interneg::training {
namespace {

constexpr image::Size kSize{32, 24};

// Cb and Cr of one value everywhere.
model::PolynomialMap Constant(double value) {
  model::PolynomialMap map;
  map.weights.assign(model::kColorTerms * 2, 0.0);
  map.weights[0] = map.weights[1] = value;
  return map;
}

model::DyeMap ConstantDyes(double value) {
  model::DyeMap map;
  map.gain.assign(3 * map.control_count(), 0.0);
  map.offset = {value, value};
  return map;
}

std::vector<KnownFrame> HeldOut() {
  KnownFrame frame;
  frame.ycbcr = at::cat(
      {at::full({1, 1, kSize.height_px, kSize.width_px}, 0.5), at::zeros({1, 2, kSize.height_px, kSize.width_px})}, 1);
  frame.truth = at::full({1, 2, kSize.height_px, kSize.width_px}, 0.2);
  return {frame};
}

TEST(FirstGuessChoice, IsTheDyesThatTellHeldOutFramesBest) {
  const auto choice =
      ChooseFirstGuess(Constant(0.1), {ConstantDyes(0.15), ConstantDyes(0.19), ConstantDyes(0.17)}, HeldOut());
  ASSERT_TRUE(std::holds_alternative<model::DyeMap>(choice.guess));
  EXPECT_EQ(std::get<model::DyeMap>(choice.guess).offset[0], 0.19);
  EXPECT_THAT(choice.remark, testing::HasSubstr("how the dyes have faded"));
  EXPECT_THAT(choice.remark, testing::HasSubstr("20.0 dB from the polynomial, 40.0 dB from the dyes"));
}

TEST(FirstGuessChoice, IsThePolynomialUnlessDyesAreClearlyBetter) {
  const auto choice = ChooseFirstGuess(Constant(0.1), {ConstantDyes(0.11)}, HeldOut());  // .9 dB
  EXPECT_TRUE(std::holds_alternative<model::PolynomialMap>(choice.guess));
  EXPECT_THAT(choice.remark, testing::HasSubstr("a polynomial of colour and place"));
}

TEST(FirstGuessChoice, IsThePolynomialWhereNothingIsHeldOutOrNoDyesWereFitted) {
  EXPECT_TRUE(
      std::holds_alternative<model::PolynomialMap>(ChooseFirstGuess(Constant(0.1), {ConstantDyes(0.2)}, {}).guess));
  const auto choice = ChooseFirstGuess(Constant(0.1), {}, HeldOut());
  EXPECT_TRUE(std::holds_alternative<model::PolynomialMap>(choice.guess));
  EXPECT_THAT(choice.remark, testing::HasSubstr("too little is seen"));
}

}  // namespace
}  // namespace interneg::training
