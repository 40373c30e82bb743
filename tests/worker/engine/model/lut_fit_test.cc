#include "worker/engine/model/lut_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace interneg::model {
namespace {

using Map = std::array<float, 3> (*)(float, float, float);

std::array<float, 3> Same(float r, float g, float b) {
  return {r, g, b};
}

// Cross-talk, a curve and a lifted black: smooth, invertible, not affine.
std::array<float, 3> Aged(float r, float g, float b) {
  const float red = .75F * r + .15F * g + .05F * b, green = .1F * r + .8F * g, blue = .05F * r + .1F * g + .7F * b;
  return {.05F + .9F * std::pow(red, 1.2F), green, .1F + .85F * std::pow(blue, .85F)};
}

// Smooth blobs of colour, one palette a frame, within [low, high].
image::Image Colours(unsigned seed, float low, float high, image::Size size = {160, 120}) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> phase(0.F, 6.28F), rate(.02F, .09F);
  image::Image out(size, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int c = 0; c < 3; ++c) {
    const float px = phase(random), py = phase(random), rx = rate(random), ry = rate(random);
    for (int i = 0; i < size.width_px * size.height_px; ++i) {
      const float x = static_cast<float>(i % size.width_px), y = static_cast<float>(i / size.width_px);
      const float wave = .5F + .25F * (std::sin(px + rx * x) + std::sin(py + ry * y));
      out.plane(c)[static_cast<std::size_t>(i)] = low + (high - low) * wave;
    }
  }
  return out;
}

image::Image Mapped(const image::Image& in, Map map) {
  image::Image out = in;
  for (std::size_t i = 0; i < in.pixel_count(); ++i) {
    const auto v = map(in.plane(0)[i], in.plane(1)[i], in.plane(2)[i]);
    for (int c = 0; c < 3; ++c) out.plane(c)[i] = v[static_cast<std::size_t>(c)];
  }
  return out;
}

struct Film {
  explicit Film(Map map, float low = 0.F, float high = 1.F) {
    for (const unsigned seed : {1U, 2U, 3U}) sources.push_back(Colours(seed, low, high));
    for (const auto& source : sources) truths.push_back(Mapped(source, map));
    for (std::size_t i = 0; i < sources.size(); ++i) pairs.push_back({&sources[i], &truths[i], nullptr});
  }
  std::vector<image::Image> sources, truths;
  std::vector<LutPair> pairs;
};

double Rms(const image::Image& a, const image::Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) sum += std::pow(double{a.values()[i]} - b.values()[i], 2);
  return std::sqrt(sum / static_cast<double>(a.values().size()));
}

LutOptions OfSize(int size) {
  LutOptions options;
  options.size = size;
  return options;
}

LutOptions Usual(int size) {  // spares the search
  LutOptions options = OfSize(size);
  options.smoothness = kUsualSmoothness;
  return options;
}

TEST(LutBaseline, IdentityPairsGiveIdentityEverywhere) {
  const Film film(Same, .2F, .8F);
  const auto fit = FitLut(film.pairs, Usual(64));
  const auto all = Colours(9, 0.F, 1.F);
  const auto out = Apply(fit.cube, all);
  for (std::size_t i = 0; i < all.values().size(); ++i) ASSERT_NEAR(out.values()[i], all.values()[i], 1e-4);
}

TEST(LutBaseline, ASmoothTransformIsRecoveredOnAFrameItNeverSaw) {
  const Film film(Aged);
  const auto held_out = Colours(7, 0.F, 1.F);
  const double untouched = Rms(held_out, Mapped(held_out, Aged));
  double before = 1;
  for (const int size : {17, 33}) {
    const auto fit = FitLut(film.pairs, OfSize(size));
    const double error = Rms(Apply(fit.cube, held_out), Mapped(held_out, Aged));
    EXPECT_LT(error, .002) << size;
    EXPECT_LT(error, untouched / 25);
    EXPECT_LT(error, before);
    EXPECT_NEAR(fit.rms_error, error, .002);
    ASSERT_TRUE(fit.left_out_rms);
    EXPECT_LT(*fit.left_out_rms, .01);
    EXPECT_GT(fit.covered_share, .01);
    EXPECT_LT(fit.covered_share, 1);
    before = error;
  }
}

// Pairs of muted colours only: what lies outside is the prior's, which may bend but neither leaps nor turns round.
TEST(LutBaseline, UnseenColoursStaySane) {
  const Film film(Aged, .35F, .65F);
  const auto fit = FitLut(film.pairs, Usual(33));
  for (const auto& node : fit.cube.nodes) {
    for (const float v : node) {
      ASSERT_GE(v, 0.F);
      ASSERT_LE(v, 1.F);
    }
  }
  image::Image ramp({256, 1}, {"R", "G", "B"}, "s");
  for (int axis = 0; axis < 4; ++axis) {  // the three edges from black, then grey
    for (int c = 0; c < 3; ++c) {
      for (int x = 0; x < 256; ++x) ramp.plane(c)[x] = axis == c || axis == 3 ? static_cast<float>(x) / 255.F : 0.F;
    }
    const auto out = Apply(fit.cube, ramp);
    for (int c = 0; c < 3; ++c) {
      if (axis != c && axis != 3) continue;
      for (int x = 1; x < 256; ++x) {
        ASSERT_GE(out.plane(c)[x], out.plane(c)[x - 1] - 1e-4F) << axis << " " << c << " " << x;
        ASSERT_LE(out.plane(c)[x] - out.plane(c)[x - 1], .03F) << axis << " " << c << " " << x;
      }
    }
  }
}

TEST(LutBaseline, PixelsWithoutConfidenceTeachNothing) {
  Film film(Aged);
  std::vector<image::Image> confidences;
  for (auto& truth : film.truths) {
    image::Image confidence(truth.size(), {"C"}, "s");
    for (std::size_t i = 0; i < confidence.pixel_count(); ++i) {
      confidence.plane(0)[i] = i % 3 == 0 ? 0.F : 1.F;
      if (i % 3 == 0) truth.plane(0)[i] = 1.F;  // a burned-in line, say
    }
    confidences.push_back(confidence);
  }
  const auto held_out = Colours(7, 0.F, 1.F);
  const auto error = [&] { return Rms(Apply(FitLut(film.pairs, Usual(17)).cube, held_out), Mapped(held_out, Aged)); };
  EXPECT_GT(error(), .05);
  for (std::size_t i = 0; i < film.pairs.size(); ++i) film.pairs[i].confidence = &confidences[i];
  EXPECT_LT(error(), .003);
}

TEST(LutBaseline, NoisyPairsAreAveragedNotFollowed) {
  Film film(Aged);
  std::mt19937 random(11);
  std::normal_distribution<float> noise(0.F, .05F);
  for (auto& truth : film.truths) {
    for (float& v : truth.values()) v += noise(random);
  }
  const auto held_out = Colours(7, 0.F, 1.F);
  const auto fit = FitLut(film.pairs, OfSize(33));
  EXPECT_LT(Rms(Apply(fit.cube, held_out), Mapped(held_out, Aged)), .012);
  EXPECT_NEAR(fit.rms_error, .05, .005);
}

TEST(LutBaseline, TheSamePairsGiveTheSameCube) {
  Film film(Aged);
  film.pairs.pop_back();
  const auto one = FitLut(film.pairs, OfSize(17)), again = FitLut(film.pairs, OfSize(17));
  EXPECT_EQ(one.cube.nodes, again.cube.nodes);
  EXPECT_EQ(one.cube.shaper, again.cube.shaper);
}

TEST(LutBaseline, WithoutAShaperTheCubeIsPlain) {
  const Film film(Aged);
  auto options = Usual(33);
  options.shaper = LutShaper::kNone;
  const auto fit = FitLut(film.pairs, options);
  EXPECT_TRUE(fit.cube.shaper.empty());
  EXPECT_LT(Rms(Apply(fit.cube, film.sources[0]), film.truths[0]), .003);
}

TEST(LutBaseline, ASingleColourMovesItsNeighbourhoodAndNoMore) {
  image::Image source({16, 16}, {"R", "G", "B"}, "s"), truth = source;
  for (float& v : source.values()) v = .5F;
  for (float& v : truth.values()) v = .6F;
  const std::vector<LutPair> pairs{{&source, &truth, nullptr}};
  const auto fit = FitLut(pairs, OfSize(17));
  EXPECT_NEAR(Apply(fit.cube, source).plane(0)[0], .6, .002);
  EXPECT_FALSE(fit.left_out_rms);
  image::Image corner({1, 1}, {"R", "G", "B"}, "s");
  EXPECT_LT(Apply(fit.cube, corner).plane(0)[0], .25F);
}

std::string Refusal(const std::vector<LutPair>& pairs, const LutOptions& options) {
  try {
    FitLut(pairs, options);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(LutBaseline, PairsThatCannotBeUsedAreRefusedByName) {
  const image::Image grey({8, 8}, {"R", "G", "B"}, "s"), small({4, 8}, {"R", "G", "B"}, "s"), plane({8, 8}, {"Y"}, "s");
  image::Image broken = grey;
  broken.plane(1)[3] = std::nanf("");
  EXPECT_NE(Refusal({}, {}).find("no pair"), std::string::npos);
  EXPECT_NE(Refusal({{&grey, &small, nullptr}}, {}).find("pair 1"), std::string::npos);
  EXPECT_NE(Refusal({{&grey, &grey, nullptr}, {&grey, &broken, nullptr}}, {}).find("pair 2"), std::string::npos);
  EXPECT_NE(Refusal({{&plane, &grey, nullptr}}, {}).find("R, G and B"), std::string::npos);
  EXPECT_NE(Refusal({{&grey, &grey, &grey}}, {}).find("confidence"), std::string::npos);
  EXPECT_NE(Refusal({{&grey, &grey, &plane}}, {}).find("no pixel"), std::string::npos);
  EXPECT_NE(Refusal({{&grey, &grey, nullptr}}, OfSize(16)).find("17 to 65"), std::string::npos);
  EXPECT_NE(Refusal({{&grey, &grey, nullptr}}, OfSize(66)).find("17 to 65"), std::string::npos);
  LutOptions options;
  options.smoothness = 0;
  EXPECT_NE(Refusal({{&grey, &grey, nullptr}}, options).find("smoothness"), std::string::npos);
}

}  // namespace
}  // namespace interneg::model
