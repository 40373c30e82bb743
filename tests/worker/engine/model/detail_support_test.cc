#include "worker/engine/model/detail_support.h"

#include <cmath>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::model {
namespace {

constexpr image::Size kSize{96, 80};

std::vector<float> Noise(double sigma, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.5F, static_cast<float>(sigma));
  std::vector<float> out(static_cast<std::size_t>(kSize.width_px) * kSize.height_px);
  for (float& v : out) v = normal(random);
  return out;
}

std::vector<float> Times(std::vector<float> plane, float gain) {
  for (float& v : plane) v = 0.5F + gain * (v - 0.5F);
  return plane;
}

TEST(DetailAmplitudes, GrowWithTheDetail) {
  const auto noise = Noise(0.02, 1);
  const auto once = MeasureDetail(noise, kSize), twice = MeasureDetail(Times(noise, 2), kSize);
  for (std::size_t b = 0; b < once.bands.size(); ++b) {
    for (const std::size_t i : {0U, 300U, 5000U}) EXPECT_NEAR(twice.bands[b][i], 2 * once.bands[b][i], 1e-4);
  }
}

TEST(DetailSupport, KnowsWhatTheReferencesReachedBesideSuchSources) {
  const auto source = Noise(0.02, 2);
  DetailSurvey survey;
  survey.Add(source, Times(source, 3), {}, kSize);
  const auto support = survey.Result();
  const auto amplitude = MeasureDetail(source, kSize);
  const std::size_t i = 40 * 96 + 48;
  const float own = amplitude.bands[0][i], reached = support.Supported(0, own, amplitude.bands[1][i]);
  EXPECT_GT(reached, 2.5F * own);
  EXPECT_LT(reached, 6.0F * own);  // a step's width above, for all of a step share one figure
}

TEST(DetailSupport, OfANeighbourhoodNeverShownIsTheSourcesOwnDetailRaisedAsThePairsRaiseIt) {
  const auto source = Noise(0.002, 3);
  DetailSurvey survey;
  survey.Add(source, Times(source, 2), {}, kSize);
  EXPECT_NEAR(survey.Result().Supported(0, 0.3F, 0.3F), 0.6F, 0.01F);
  EXPECT_FLOAT_EQ(DetailSurvey().Result().Supported(1, 0.3F, 0.3F), 0.3F);
}

TEST(DetailSupport, DoesNotLearnFromPixelsWithoutConfidence) {
  const auto source = Noise(0.02, 4);
  DetailSurvey survey;
  survey.Add(source, Times(source, 8), std::vector<float>(source.size(), 0.2F), kSize);
  EXPECT_EQ(survey.Result(), DetailSurvey().Result());
}

TEST(DetailSupport, ComesBackFromItsText) {
  const auto source = Noise(0.02, 5);
  DetailSurvey survey;
  survey.Add(source, Times(source, 3), {}, kSize);
  const auto support = survey.Result();
  EXPECT_EQ(DetailSupport::Parse(support.ToJson()), support);
  EXPECT_EQ(DetailSupportOf({{kDetailSupportKey, support.ToJson()}}), support);
  EXPECT_EQ(DetailSupportOf({}), std::nullopt);
}

TEST(DetailSupport, RefusesTextThatIsNotItsOwn) {
  for (const char* text : {"", "[]", "{}", R"({"reached":1,"gain":[1,1]})", R"({"reached":[[],[]],"gain":[1,1]})",
                           R"({"reached":[],"gain":["a",1]})", R"({"reached":[],"gain":[1e99,1]})"}) {
    EXPECT_THROW(DetailSupport::Parse(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace interneg::model
