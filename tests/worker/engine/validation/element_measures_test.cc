#include "worker/engine/validation/element_measures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>

#include "tests/worker/engine/validation/drawn_element.h"

namespace interneg::validation {
namespace {

using Frames = std::vector<image::Image>;

constexpr image::Size kSize{464, 370};

double Mtf50Of(double sigma_px) {
  return std::sqrt(std::log(2.) / 2) / (M_PI * sigma_px);
}

TEST(Resolution, EdgesGiveTheMtfOfAKnownBlur) {
  double before = 1;
  for (const double sigma : {.6, .8, 1.2, 1.8, 2.6}) {
    const Frames frames{BlurredSquares(kSize, sigma, 3)};
    const auto found = MeasureEdges(frames);
    ASSERT_TRUE(found) << sigma;
    EXPECT_NEAR(found->mtf50 / Mtf50Of(sigma), 1, .15) << sigma << " px on " << found->edges << " edges";
    EXPECT_LT(found->mtf50, before);
    EXPECT_LT(found->mtf50, found->mtf10);
    before = found->mtf50;
  }
}

TEST(Resolution, GrainDoesNotMakeItSharper) {
  for (const double sigma : {.8, 1.8}) {
    Frames frames{BlurredSquares(kSize, sigma, 3), BlurredSquares(kSize, sigma, 4)};
    AddWhiteNoise(frames[0], .015, 1);
    AddWhiteNoise(frames[1], .015, 2);
    const auto found = MeasureEdges(frames);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->mtf50 / Mtf50Of(sigma), 1, .15) << sigma;
  }
}

TEST(Resolution, APictureWithoutEdgesHasNone) {
  EXPECT_FALSE(MeasureEdges(Frames{Hills(kSize, 0)}));
  EXPECT_FALSE(MeasureEdges(Frames{Grey(kSize, .5F)}));
  EXPECT_FALSE(MeasureSpectrum(Frames{Grey(kSize, .5F)}));
  EXPECT_FALSE(MeasureSpectrum(Frames{Grey({100, 100}, .5F)}));
}

TEST(Resolution, TheSpectrumsLimitFallsWithBlurAndWithNoise) {
  const auto limit = [](double sigma, double noise) {
    Frames frames{BlurredSquares(kSize, sigma, 3), BlurredSquares(kSize, sigma, 3)};
    AddWhiteNoise(frames[0], noise, 1);
    AddWhiteNoise(frames[1], noise, 2);
    const auto found = MeasureSpectrum(frames);
    return found ? found->limit : 0;
  };
  EXPECT_GT(limit(.6, .001), limit(1.2, .001));
  EXPECT_GT(limit(1.2, .001), limit(2.4, .001));
  EXPECT_GT(limit(.6, .002), limit(.6, .02));
  EXPECT_GT(limit(.6, .02), .05);
}

TEST(GrainMeasure, KnownSigmaIsFoundWithinATenthFromOneFrameAndFromTwo) {
  for (const double sigma : {.004, .02, .06}) {
    Frames frames{Hills(kSize, 0), Hills(kSize, 0), Hills(kSize, 0)};
    for (std::size_t i = 0; i < frames.size(); ++i) AddWhiteNoise(frames[i], sigma, 10 + i);
    // Luma is a weighted sum of three independent channels.
    const double luma = sigma * std::sqrt(.2126 * .2126 + .7152 * .7152 + .0722 * .0722);
    for (const auto& part : {std::span<const image::Image>(frames), std::span<const image::Image>(frames).first(1)}) {
      const auto grain = MeasureGrain(part);
      EXPECT_NEAR(grain.luma / luma, 1, .1) << sigma << " " << part.size();
      for (const double channel : grain.channel) EXPECT_NEAR(channel / sigma, 1, .1) << sigma << " " << part.size();
      EXPECT_NEAR(grain.level, kGrainLevel, .16);
      EXPECT_NEAR(grain.correlation_px, .63, .1);
    }
  }
}

TEST(GrainMeasure, TextureThatStandsStillIsNoGrainWhenThereAreTwoFrames) {
  Frames frames{Hills(kSize, 0), Hills(kSize, 0)};
  for (auto& frame : frames) AddWhiteNoise(frame, .05, 1);  // the same weave of a cloth in both
  for (std::size_t i = 0; i < 2; ++i) AddWhiteNoise(frames[i], .01, 20 + i);
  EXPECT_NEAR(MeasureGrain(frames).channel[1], .01, .001);
  EXPECT_GT(MeasureGrain(std::span(frames).first(1)).channel[1], .04);
}

// Filtered 1 2 1 both ways: autocorrelation 2/3 after one pixel and 1/6 after two, so that 1/e lies at 1.60.
TEST(GrainMeasure, CoarserGrainHasALongerCorrelation) {
  Frames frames{Hills(kSize, 0)};
  image::Image noise = Grey(kSize, 0);
  AddWhiteNoise(noise, .05, 3);
  const int width = kSize.width_px;
  for (int c = 0; c < 3; ++c) {
    for (int y = 1; y + 1 < kSize.height_px; ++y) {
      for (int x = 1; x + 1 < width; ++x) {
        float sum = 0;
        for (int dy = -1; dy <= 1; ++dy) {
          for (int dx = -1; dx <= 1; ++dx) {
            sum += static_cast<float>((2 - std::abs(dx)) * (2 - std::abs(dy))) / 16.F *
                   noise.plane(c)[static_cast<std::size_t>((y + dy) * width + x + dx)];
          }
        }
        frames[0].plane(c)[static_cast<std::size_t>(y * width + x)] += sum;
      }
    }
  }
  const auto grain = MeasureGrain(frames);
  EXPECT_NEAR(grain.correlation_px, 1.6, .16);
  EXPECT_NEAR(grain.channel[0] / (.05 * 6. / 16), 1, .1);
}

TEST(DamageMeasure, KnownNumbersOfSpecksAreCountedWithinATenth) {
  for (const int pan_px : {0, 3}) {
    for (const int count : {0, 60}) {
      Frames frames;
      for (int i = 0; i < 4; ++i) {
        frames.push_back(Hills(kSize, i * pan_px));
        AddWhiteNoise(frames.back(), .008, 30 + static_cast<std::uint64_t>(i));
        AddSpecks(frames.back(), count, 40 + static_cast<std::uint64_t>(i));
      }
      const auto damage = MeasureDamage(frames);
      EXPECT_EQ(damage.frames, 2);
      EXPECT_NEAR(damage.specks_a_frame, count, .1 * count) << "pan " << pan_px;
      EXPECT_NEAR(damage.specks_a_megapixel, damage.specks_a_frame * 1e6 / (464 * 370), 1e-6);
      EXPECT_EQ(damage.scratches_a_frame, 0);
    }
  }
}

TEST(DamageMeasure, ScratchesAreCountedPerFrame) {
  Frames frames(3, Hills(kSize, 0));
  for (std::size_t i = 0; i < 3; ++i) {
    AddWhiteNoise(frames[i], .008, 50 + i);
    for (const int x : {70, 200, 201, 350}) {
      for (int y = 0; y < kSize.height_px; ++y) {
        for (int c = 0; c < 3; ++c) frames[i].plane(c)[static_cast<std::size_t>(y * kSize.width_px + x)] += .15F;
      }
    }
  }
  const auto damage = MeasureDamage(frames);
  EXPECT_EQ(damage.scratches_a_frame, 3);
  EXPECT_EQ(damage.specks_a_frame, 0);
}

TEST(DamageMeasure, AWanderingGateShowsAsInstabilityAndAPanDoesNot) {
  const auto instability = [](std::initializer_list<int> places) {
    Frames frames;
    for (const int place : places) frames.push_back(Hills(kSize, place));
    return *MeasureDamage(frames).instability_px;
  };
  EXPECT_LT(instability({0, 3, 6, 9}), .15);
  // A frame off by 2 px lies 2 from the mean of its neighbours, along one axis of two.
  EXPECT_NEAR(instability({0, 2, 0}), std::sqrt(2.), .15);
  EXPECT_FALSE(MeasureDamage(Frames{Hills(kSize, 0)}).instability_px);
}

TEST(LevelMeasure, LevelsDensitiesAndCastAreThoseOfTheFrame) {
  image::Image frame = Grey({100, 100}, .5F);
  std::fill(frame.plane(0).begin(), frame.plane(0).end(), .7F);
  for (std::size_t i = 0; i < 100; ++i) {
    for (int c = 0; c < 3; ++c) frame.plane(c)[i] = i < 50 ? 0.F : 1.F;
  }
  const auto level = MeasureLevel(Frames{frame});
  EXPECT_NEAR(level.black, 0, 1e-6);
  EXPECT_NEAR(level.white, 1, 1e-6);
  EXPECT_NEAR(level.clipped_low, .005, 1e-4);
  EXPECT_NEAR(level.clipped_high, .005, 1e-4);
  EXPECT_NEAR(level.cast_red, .99 * 2.4 * std::log10(.7 / .5), 1e-4);
  EXPECT_NEAR(level.cast_blue, 0, 1e-6);
}

// Densities that vary as three dyes do, then as two, then as one.
TEST(ColorMeasure, ALostDyeTakesADirectionOfColour) {
  const auto element = [](double cyan, double magenta, double yellow) {
    image::Image out({256, 192}, {"R", "G", "B"}, image::kTrainingDisplay);
    for (std::size_t i = 0; i < out.pixel_count(); ++i) {
      const double x = static_cast<double>(i % 256), y = static_cast<double>(i / 256);
      const double dyes[] = {cyan * (.6 + .4 * std::sin(.05 * x)), magenta * (.6 + .4 * std::sin(.07 * y)),
                             yellow * (.6 + .4 * std::sin(.04 * (x + y)))};
      for (int c = 0; c < 3; ++c) out.plane(c)[i] = static_cast<float>(std::pow(10, -dyes[c] / 2.4));
    }
    return MeasureColor(Frames{out});
  };
  const auto fresh = element(1, 1, 1), faded = element(.12, 1, .74), dead = element(.03, .95, .5);
  EXPECT_NEAR(fresh.second, .4 / std::sqrt(2.), .08);
  EXPECT_NEAR(faded.second / fresh.second, .12, .03);
  EXPECT_LT(dead.second, .5 * faded.second);
  EXPECT_LT(dead.first, faded.first);
  EXPECT_LT(MeasureColor(Frames{Grey({64, 64}, .4F)}).first, 1e-6);
}

TEST(ColorMeasure, ATintedMonochromePictureHasNoColour) {
  image::Image tinted({128, 96}, {"R", "G", "B"}, image::kTrainingDisplay);
  for (std::size_t i = 0; i < tinted.pixel_count(); ++i) {
    const double density = .2 + 1.2 * static_cast<double>(i % 128) / 128;
    const double tint[] = {.8, 1, 1.1};
    for (int c = 0; c < 3; ++c) tinted.plane(c)[i] = static_cast<float>(std::pow(10, -density * tint[c] / 2.4));
  }
  EXPECT_LT(MeasureColor(Frames{tinted}).first, .002);
}

TEST(ElementMeasures, FramesThatCannotBeMeasuredAreRefusedByNumber) {
  const auto refusal = [](const Frames& frames) -> std::string {
    try {
      MeasureElement(frames);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  auto broken = Grey({40, 40}, .5F);
  broken.plane(2)[7] = NAN;
  EXPECT_NE(refusal({}).find("no frame"), std::string::npos);
  EXPECT_NE(refusal({Grey({40, 40}, .5F), Grey({40, 41}, .5F)}).find("frame 2"), std::string::npos);
  EXPECT_NE(refusal({broken}).find("NaN"), std::string::npos);
  EXPECT_NE(refusal({image::Image({8, 8}, {"Y"}, "s")}).find("R, G and B"), std::string::npos);
  EXPECT_EQ(refusal({Grey({40, 40}, .0F), Grey({40, 40}, .0F), Grey({40, 40}, .0F)}), "");
  EXPECT_EQ(refusal({Grey({1, 1}, .5F), Grey({1, 1}, .5F), Grey({1, 1}, .5F)}), "");
}

}  // namespace
}  // namespace interneg::validation
