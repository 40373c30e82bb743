// `interneg-engine prepare estimate`: what it prints is a step that, applied as a training applies it, undoes what was
// done to the pictures; and what says nothing is refused before anything is printed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/preparation_plan.h"
#include "worker/engine/preparation/density.h"

namespace interneg::jobs {
namespace {

using preparation::kNegativeFloor;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr image::Size kSize{96, 64};
// Left of it a scan of a negative shows unexposed film.
constexpr int kRebate_px = 8;

// Grey, with a bright disc that moves.
image::Image DrawGrey(int frame) {
  image::Image picture(kSize, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < kSize.height_px; ++y) {
      for (int x = 0; x < kSize.width_px; ++x) {
        const double disc = std::hypot(x - 30 - 4 * frame, y - 32) < 12 ? 0.4 : 0.0;
        picture.plane(c)[static_cast<std::size_t>(y) * kSize.width_px + x] =
            static_cast<float>(0.08 + 0.45 * x / kSize.width_px + disc);
      }
    }
  }
  return picture;
}

constexpr std::array<double, 3> kBase{.15, .45, .75};
constexpr double kRange = 1.2;

// The base has an orange mask; density .6 a decade of exposure.
image::Image NegativeOf(const image::Image& positive) {
  const preparation::Encoding encoding(image::kTrainingDisplay);
  const double black = std::pow(10, -kRange / .6);
  auto negative = positive;
  for (int c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < positive.pixel_count(); ++i) {
      float& code = negative.plane(c)[i];
      const bool exposed = static_cast<int>(i) % kSize.width_px >= kRebate_px;
      const double light = exposed ? black + (1 - black) * encoding.ToLinear(code) : black;
      const double density = kBase[static_cast<std::size_t>(c)] + kRange + .6 * std::log10(light);
      code = static_cast<float>(encoding.FromLinear(preparation::DensityToLinear(density, kNegativeFloor)));
    }
  }
  return negative;
}

double Cast(const image::Image& picture) {
  double most = 0;
  for (std::size_t i = 0; i < picture.pixel_count(); ++i) {
    if (static_cast<int>(i) % kSize.width_px < kRebate_px) continue;
    for (const int c : {0, 2}) {
      most = std::max(most, std::abs(static_cast<double>(picture.plane(c)[i]) - picture.plane(1)[i]));
    }
  }
  return most;
}

struct Outcome {
  int code = 0;
  std::string out;
  std::string error;
};

class PrepareEstimate : public testing::Test {
 protected:
  void Write(const std::function<image::Image(int)>& draw) const {
    for (int frame = 1; frame <= 12; ++frame) WriteFrame(folder_ / "scan", "f.%04d.exr", frame, draw(frame));
  }
  Outcome Run(std::vector<std::string> arguments) const {
    std::vector<std::string> all = {"interneg-engine", "prepare", "estimate", "--source-space", "g24_rec709"};
    if (std::find(arguments.begin(), arguments.end(), "--source") == arguments.end()) {
      all.insert(all.end(), {"--source", folder_ / "scan/f.%04d.exr"});
    }
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> values;
    for (auto& argument : all) values.push_back(argument.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Outcome outcome;
    outcome.code = RunProgram(static_cast<int>(values.size()), values.data());
    outcome.out = testing::internal::GetCapturedStdout();
    outcome.error = testing::internal::GetCapturedStderr();
    return outcome;
  }
  std::string Refusal(const std::vector<std::string>& arguments) const {
    const auto outcome = Run(arguments);
    EXPECT_NE(outcome.code, 0);
    EXPECT_THAT(outcome.out, IsEmpty());
    return outcome.error;
  }
  // The printed steps as a training applies them.
  static image::Image Prepared(const std::string& printed, const image::Image& picture) {
    std::vector<document::PreparationStep> steps;
    for (const auto& entry : nlohmann::json::parse(printed)) {
      steps.push_back(ReadDocument<document::PreparationStep>(entry.dump(), "printed"));
    }
    return PlanPreparation(steps, preparation::Role::kSource, "printed").Apply(std::span(&picture, 1), 0);
  }
  std::string Kept(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  TemporaryFolder folder_;
};

image::Image WithCast(const image::Image& grey) {
  preparation::NeutralBalance cast;
  cast.channel[0] = {.15, .6, 1, 0};
  cast.channel[2] = {.25, .8, 1, 0};
  return preparation::Preparation({cast}, preparation::Role::kSource).Apply(std::span(&grey, 1), 0);
}

TEST_F(PrepareEstimate, ABalanceTakesTheCastAway) {
  Write([](int frame) { return WithCast(DrawGrey(frame)); });
  const auto cast = WithCast(DrawGrey(3));
  ASSERT_GT(Cast(cast), 30.0 / 255);
  const auto outcome = Run({"--step", "neutral-balance"});
  ASSERT_EQ(outcome.code, 0) << outcome.error;
  EXPECT_LT(Cast(Prepared(outcome.out, cast)), 2.0 / 255) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("BALANCE_DOMAIN_DENSITY"));
  const auto display = Run({"--step", "neutral-balance", "--balance-domain", "display", "--reference-channel", "red"});
  ASSERT_EQ(display.code, 0) << display.error;
  const auto balance = nlohmann::json::parse(display.out)[0]["neutralBalance"];
  EXPECT_FALSE(balance.contains("red")) << "the others are brought to it";
  EXPECT_TRUE(balance.contains("green"));
}

TEST_F(PrepareEstimate, AFadeCorrectionTakesTheCastAway) {
  Write([](int frame) { return WithCast(DrawGrey(frame)); });
  const auto outcome = Run({"--step", "fade-correction", "--range", "1-12", "--frames", "3"});
  ASSERT_EQ(outcome.code, 0) << outcome.error;
  EXPECT_LT(Cast(Prepared(outcome.out, WithCast(DrawGrey(7)))), 2.5 / 255) << outcome.out;
}

TEST_F(PrepareEstimate, AnInversionBringsThePositiveBack) {
  Write([](int frame) { return NegativeOf(DrawGrey(frame)); });
  const auto outcome = Run({"--step", "invert", "--base", "1,4,6,56", "--crop", "8,0,88,64"});
  ASSERT_EQ(outcome.code, 0) << outcome.error;
  const auto invert = nlohmann::json::parse(outcome.out)[0]["invert"];
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(invert["baseDensity"][c], kBase[c], .002);
  const auto back = Prepared(outcome.out, NegativeOf(DrawGrey(5)));
  EXPECT_LT(Cast(back), 2.0 / 255);
  // White is the brightest of the shot, .93 of the drawing: the positive is so much lighter, and rises as it did.
  EXPECT_GT(back.plane(1)[95], back.plane(1)[8] + .3F);
}

// An inversion leaves a cast where the layers' contrasts differ; the balance is measured on what the inversion makes.
TEST_F(PrepareEstimate, AStepIsMeasuredBehindThoseThatComeFirst) {
  Write([](int frame) { return NegativeOf(WithCast(DrawGrey(frame))); });
  const auto invert = Run({"--step", "invert", "--base", "1,4,6,56"});
  ASSERT_EQ(invert.code, 0) << invert.error;
  const auto both =
      Run({"--step", "neutral-balance", "--crop", "8,0,88,64", "--after", Kept("invert.json", invert.out)});
  ASSERT_EQ(both.code, 0) << both.error;
  const auto steps = nlohmann::json::parse(both.out);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0], nlohmann::json::parse(invert.out)[0]);
  const auto negative = NegativeOf(WithCast(DrawGrey(5)));
  EXPECT_LT(Cast(Prepared(both.out, negative)), .5 * Cast(Prepared(invert.out, negative)));
}

TEST_F(PrepareEstimate, PicturesThatSayNothingAreRefused) {
  const auto flat = [](float code) {
    return [code](int) {
      image::Image picture(kSize, {"R", "G", "B"}, image::kTrainingDisplay);
      std::fill(picture.values().begin(), picture.values().end(), code);
      return picture;
    };
  };
  for (const float code : {0.0F, 0.5F}) {
    Write(flat(code));
    for (const std::string step : {"neutral-balance", "fade-correction"}) {
      EXPECT_THAT(Refusal({"--step", step}), AllOf(HasSubstr("f.%04d.exr"), HasSubstr("black, constant or clipped")));
    }
    EXPECT_THAT(Refusal({"--step", "invert", "--base", "picture"}), HasSubstr("black, constant or clipped"));
  }
}

TEST_F(PrepareEstimate, WhatCannotBeMeasuredIsNamed) {
  Write([](int frame) { return NegativeOf(DrawGrey(frame)); });
  EXPECT_THAT(Refusal({"--step", "invert"}), AllOf(HasSubstr("--base"), HasSubstr("unexposed film")));
  EXPECT_THAT(Refusal({"--step", "invert", "--base", "90,4,16,16"}), AllOf(HasSubstr("--base"), HasSubstr("96x64")));
  EXPECT_THAT(Refusal({"--step", "invert", "--base", "left"}), HasSubstr("X,Y,WIDTH,HEIGHT"));
  EXPECT_THAT(Refusal({"--step", "neutral-balance", "--base", "1,4,6,56"}), HasSubstr("--base"));
  EXPECT_THAT(Refusal({"--step", "fade-correction", "--balance-domain", "display"}), HasSubstr("--balance-domain"));
  EXPECT_THAT(Refusal({"--step", "balance"}), AllOf(HasSubstr("--step"), HasSubstr("neutral-balance")));
  EXPECT_THAT(Refusal({"--step", "neutral-balance", "--crop", "0,0,97,64"}), HasSubstr("--crop"));
  EXPECT_THAT(Refusal({"--step", "neutral-balance", "--range", "1-14"}), HasSubstr("are missing: 13-14"));
  EXPECT_THAT(Refusal({"--step", "neutral-balance", "--source", folder_ / "none/f.%04d.exr"}), HasSubstr("none"));
  EXPECT_THAT(Refusal({"--step", "neutral-balance", "--after", Kept("no.json", "[{\"blur\":{}}]")}),
              AllOf(HasSubstr("no.json"), HasSubstr("blur")));
}

}  // namespace
}  // namespace interneg::jobs
