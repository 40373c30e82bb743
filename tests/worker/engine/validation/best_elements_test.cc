#include "worker/engine/validation/best_elements.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace interneg::validation {
namespace {

ShotElement Element(const char* name, int width, double mtf50, double second, double specks, double completeness) {
  ElementMeasures m;
  m.size = {width, width * 3 / 4};
  m.edges = EdgeResolution{mtf50, 2 * mtf50, .5, 40};
  m.spectrum = SpectralResolution{.2, 2};
  m.color.second = second;
  m.damage.specks_a_frame = specks;
  m.damage.frames = 3;
  return {name, completeness, m};
}

const Best& Of(const ShotBest& line, Dimension dimension) {
  for (const auto& best : line.best) {
    if (best.dimension == dimension) return best;
  }
  throw std::logic_error("not judged");
}

TEST(BestElements, EachDimensionHasItsOwnBestWithMarginAndReason) {
  const std::vector<Shot> shots{{"s1",
                                 {Element("16mm", 2048, .10, .01, 12, 1.0), Element("35mm", 4096, .12, .002, 4, .6),
                                  Element("telecine", 720, .25, .03, 4.1, .9)}}};
  const auto map = BestElements(shots);
  ASSERT_EQ(map.size(), 1U);
  const auto& detail = Of(map[0], Dimension::kDetail);
  EXPECT_EQ(detail.element, "35mm");
  EXPECT_DOUBLE_EQ(detail.figure, 2 * .12 * 4096);
  EXPECT_EQ(detail.second, "16mm");
  EXPECT_TRUE(detail.clear);
  EXPECT_NE(detail.reason.find("983"), std::string::npos);
  EXPECT_EQ(Of(map[0], Dimension::kColor).element, "telecine");
  const auto& damage = Of(map[0], Dimension::kDamage);
  EXPECT_EQ(damage.element, "35mm");
  EXPECT_FALSE(damage.clear);
  EXPECT_NE(damage.reason.find("too near"), std::string::npos);
  EXPECT_EQ(Of(map[0], Dimension::kCompleteness).element, "16mm");
  EXPECT_FALSE(Of(map[0], Dimension::kCompleteness).clear);
}

TEST(BestElements, ElementsWithoutTheShotTakeNoPartButInCompleteness) {
  auto blind = Element("16mm", 2048, .1, .01, 3, 1);
  blind.measures->edges.reset();
  const std::vector<Shot> shots{{"s1", {{"print", 0, std::nullopt}, blind, Element("dvd", 720, .3, .02, 0, 1)}},
                                {"s2", {{"print", 0, std::nullopt}}}};
  const auto map = BestElements(shots);
  const auto& detail = Of(map[0], Dimension::kDetail);  // one lacks edges, so that both are judged by their spectrum
  EXPECT_EQ(detail.element, "16mm");
  EXPECT_DOUBLE_EQ(detail.figure, 2 * .2 * 2048);
  EXPECT_EQ(Of(map[0], Dimension::kCompleteness).figure, 1);
  EXPECT_EQ(map[1].best.size(), 1U);
  EXPECT_EQ(map[1].not_judged.size(), 3U);
}

TEST(BestElements, ContradictionsAreRefused) {
  EXPECT_THROW(BestElements(std::vector<Shot>{{"s", {}}}), std::invalid_argument);
  EXPECT_THROW(BestElements(std::vector<Shot>{{"s", {{"a", .5, {}}, {"a", .6, {}}}}}), std::invalid_argument);
  EXPECT_THROW(BestElements(std::vector<Shot>{{"s", {{"a", 1.5, {}}}}}), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::validation
