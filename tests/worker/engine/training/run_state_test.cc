#include "worker/engine/training/run_state.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace interneg::training {
namespace {

RunState Example() {
  RunState state;
  state.step = 12;
  state.steps = 100;
  state.learning_rate = 0.1 + 0.2;
  state.validation_interval = 5;
  state.best_db = 31.4159265358979;
  state.random = {~0ULL, 1, 2, 3};
  state.order = {2, 0, 1};
  state.full_from_step = 40;
  state.trend = {3, 0.1 + 0.2, 2, 27.1828182845904};
  state.annealing = {11, 1.0 / 3};
  state.diverged = true;
  state.patch_px = 64;
  state.batch = 3;
  state.precision = "fp32";
  state.pair_frames = {-4, 10};
  return state;
}

TEST(RunState, SurvivesItsTextBitForBit) {
  const RunState state = Example(), again = ParseRunState(ToJson(state));
  EXPECT_EQ(ToJson(again), ToJson(state));
  EXPECT_EQ(again.learning_rate, state.learning_rate);
  EXPECT_EQ(again.random, state.random);
  EXPECT_EQ(again.full_from_step, 40);
  EXPECT_EQ(again.trend, state.trend);
  EXPECT_EQ(again.annealing.share, state.annealing.share);
  EXPECT_TRUE(again.diverged);
}

TEST(RunState, MalformedTextIsRefused) {
  RunState state = Example();
  state.step = 101;
  EXPECT_THROW(ParseRunState(ToJson(state)), std::invalid_argument);
  state = Example();
  state.batch = 0;
  EXPECT_THROW(ParseRunState(ToJson(state)), std::invalid_argument);
  state = Example();
  state.annealing.first_step = 101;
  EXPECT_THROW(ParseRunState(ToJson(state)), std::invalid_argument);
  state = Example();
  state.full_from_step = -1;
  EXPECT_THROW(ParseRunState(ToJson(state)), std::invalid_argument);
  state = Example();
  state.trend.fallen = -1;
  EXPECT_THROW(ParseRunState(ToJson(state)), std::invalid_argument);
  for (const char* text : {"", "{}", "[]", "{\"step\":\"x\"}"})
    EXPECT_THROW(ParseRunState(text), std::invalid_argument);
}

// Cut off or rounded they would be steps that nobody made.
TEST(RunState, NumbersThatAreNoWholeOnesOrDoNotFitAreRefused) {
  const std::string text = ToJson(Example());
  const auto with = [&](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return std::string(text).replace(at, from.size(), to);
  };
  EXPECT_NO_THROW(ParseRunState(with("\"step\":12,", "\"step\":13,")));
  for (const char* step : {"12.5", "1e300", "18446744073709551615"})
    EXPECT_THROW(ParseRunState(with("\"step\":12,", std::string("\"step\":") + step + ",")), std::invalid_argument)
        << step;
  EXPECT_THROW(ParseRunState(with("\"batch\":3", "\"batch\":4294967297")), std::invalid_argument);
  EXPECT_THROW(ParseRunState(with("[2,0,1]", "[2,0.5,1]")), std::invalid_argument);
  EXPECT_THROW(ParseRunState(with("\"random\":[", "\"random\":[-1,")), std::invalid_argument);
}

TEST(RunState, OfAnEngineThatNeverEndedEarlyGoesOnAsItBegan) {
  std::string text = ToJson(RunState(Example()));
  const auto drop = [&](const std::string& from, const std::string& to) {
    const auto begin = text.find(from), end = text.find(to, begin);
    ASSERT_NE(end, std::string::npos);
    text.erase(begin, end - begin);
  };
  drop("\"annealing\"", "\"batch\"");
  drop("\"diverged\"", "\"drawn\"");
  drop(",\"trend\"", ",\"updates\"");
  const RunState state = ParseRunState(text);
  EXPECT_EQ(state.trend, ValidationTrend());
  EXPECT_EQ(state.annealing.first_step, 0);
  EXPECT_FALSE(state.diverged);
}

}  // namespace
}  // namespace interneg::training
