#include "worker/engine/jobs/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/training_settings.h"

namespace interneg::jobs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TrainJob Job(Recovery recovery, std::string recipe = {}) {
  TrainJob job;
  job.recovery = recovery;
  job.recipe = std::move(recipe);
  return job;
}

training::TrainingOptions Planned(const TrainJob& job) {
  return PlanTraining(job, PlanColor({}, "train.color", "/"));
}

TEST(Recipe, CopycatHasTheClassicSettings) {
  const auto options = Planned(Job(Recovery::kDirect, "copycat"));
  EXPECT_EQ(options.network.kind, model::NetworkKind::kUNet);
  EXPECT_EQ(options.network.size, model::NetworkSize::kMedium);
  EXPECT_EQ(options.patch_px, 512);
  EXPECT_EQ(options.batch, 3);
  EXPECT_EQ(options.steps, 40'000);
  EXPECT_EQ(options.checkpoint_interval, 10'000);
  EXPECT_EQ(options.contact_sheet_interval, 100);
  EXPECT_EQ(options.time_limit.count(), 0.0);
}

TEST(EarlyEnd, IsTheJobsOrItsUsualRules) {
  auto job = Job(Recovery::kChroma);
  EXPECT_TRUE(Planned(job).early_end.on_divergence);
  EXPECT_EQ(Planned(job).early_end.plateau_gain_db, 0.0);
  job.training = TrainingSettings{};
  job.training->ignore_divergence = true;
  job.training->plateau_gain_db = 0.05;
  EXPECT_FALSE(Planned(job).early_end.on_divergence);
  EXPECT_EQ(Planned(job).early_end.plateau_gain_db, 0.05);
  EXPECT_EQ(Planned(job).early_end.plateau_validations, 3);
  job.training->plateau_validations = 5;
  EXPECT_EQ(Planned(job).early_end.plateau_validations, 5);
}

TEST(EarlyEnd, RulesThatCannotBeMeantAreRefusedByTheirField) {
  const auto refusal = [](double gain_db, std::uint32_t validations) -> std::string {
    auto job = Job(Recovery::kChroma);
    job.training = TrainingSettings{};
    job.training->plateau_gain_db = gain_db;
    job.training->plateau_validations = validations;
    try {
      Planned(job);
      return "accepted";
    } catch (const JobError& error) {
      return error.what();
    }
  };
  EXPECT_THAT(refusal(-0.1, 0), HasSubstr("plateauGainDb"));
  EXPECT_THAT(refusal(0, 3), HasSubstr("plateauValidations says nothing without plateauGainDb"));
  EXPECT_THAT(refusal(0.1, 4'000'000'000), HasSubstr("plateauValidations"));
}

TEST(Recipe, APatchOrBatchThatCannotBeMeantIsRefusedByItsField) {
  auto job = Job(Recovery::kChroma);
  job.training = TrainingSettings{};
  for (const std::uint32_t batch : {65'537U, 4'000'000'000U}) {
    job.training->batch = batch;
    EXPECT_THAT(FailureOfCall([&] { Planned(job); }).message,
                AllOf(HasSubstr("train.training.batch"), HasSubstr(std::to_string(batch))));
  }
  job.training->batch = 1;
  for (const std::uint32_t patch : {1U, 31U, 4'000'000'000U}) {
    job.training->patch_px = patch;
    EXPECT_THAT(FailureOfCall([&] { Planned(job); }).message,
                AllOf(HasSubstr("train.training.patchPx"), HasSubstr(std::to_string(patch))));
  }
}

TEST(Recipe, PatchesAreMirroredAndLumaIsMatchedUnlessTheJobSaysOtherwise) {
  auto job = Job(Recovery::kSpatial);
  const auto usual = Planned(job);
  EXPECT_TRUE(usual.augmentation.horizontal_flip);
  EXPECT_EQ(usual.augmentation.scale, 0.0);
  EXPECT_EQ(usual.augmentation.exposure, 0.0);
  EXPECT_EQ(usual.luma_match, dataset::LumaMatch::kLowFrequency);
  job.training = TrainingSettings{};
  job.training->augmentation = Augmentation{false, 0.05, 0.1};
  job.training->luma_match = false;
  const auto options = Planned(job);
  EXPECT_FALSE(options.augmentation.horizontal_flip);
  EXPECT_EQ(options.augmentation.scale, 0.05);
  EXPECT_EQ(options.augmentation.exposure, 0.1);
  EXPECT_EQ(options.luma_match, dataset::LumaMatch::kOff);
}

TEST(Recipe, AnAugmentationOrToleranceThatCannotBeMeantIsRefusedByItsField) {
  const auto refusal = [](const Augmentation& augmentation, const LossTolerance& tolerance) {
    auto job = Job(Recovery::kChroma);
    job.training = TrainingSettings{};
    job.training->augmentation = augmentation;
    job.tolerance = tolerance;
    return FailureOfCall([&] { Planned(job); }).message;
  };
  const double none = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refusal({true, 0.5, 0.5}, {0.5, 1}), "");
  for (const double wrong : {-0.1, 0.6, none}) {
    EXPECT_THAT(refusal({{}, wrong, {}}, {}), HasSubstr("train.training.augmentation.scale"));
    EXPECT_THAT(refusal({{}, {}, wrong}, {}), HasSubstr("train.training.augmentation.exposure"));
  }
  for (const double wrong : {-0.5, 0.001, 1.5, none}) {
    EXPECT_THAT(refusal({}, {wrong, {}}), HasSubstr("train.tolerance.chromaBandwidth"));
  }
  EXPECT_THAT(refusal({}, {0, 2}), HasSubstr("train.tolerance.shiftPx: 2"));
}

TEST(Recipe, MaySayHowPatchesAreVariedAndTheJobWins) {
  const NamedRecipe lettering{
      "lettering", ParseRecipe(R"({"description":"d","training":{"multiResolution":true,"lumaMatch":false,)"
                               R"("augmentation":{"horizontalFlip":false,"scale":0.1}}})",
                               "recipe 'lettering'")};
  const auto plain = *Filled(Job(Recovery::kChroma), lettering).training;
  EXPECT_EQ(plain.multi_resolution, true);
  EXPECT_EQ(plain.luma_match, false);
  EXPECT_EQ(plain.augmentation, (Augmentation{false, 0.1, {}}));
  auto job = Job(Recovery::kChroma);
  job.training = TrainingSettings{};
  job.training->multi_resolution = false;
  job.training->luma_match = true;
  job.training->augmentation = Augmentation{true, {}, 0.2};
  const auto own = *Filled(job, lettering).training;
  EXPECT_EQ(own.multi_resolution, false);
  EXPECT_EQ(own.luma_match, true);
  EXPECT_EQ(own.augmentation, (Augmentation{true, 0.1, 0.2}));
}

TEST(Recipe, EveryOneIsWholeAndUsable) {
  for (const auto& [name, recipe] : Recipes()) {
    EXPECT_FALSE(recipe.description.empty()) << name;
    EXPECT_NE(recipe.network, NetworkKind::kUnspecified) << name;
    const auto recovery = name == "spatial"    ? Recovery::kSpatial
                          : name == "combined" ? Recovery::kCombined
                                               : Recovery::kChroma;
    const auto options = Planned(Job(recovery, name));
    EXPECT_TRUE(options.steps > 0 || options.time_limit.count() > 0) << name;
    EXPECT_GT(options.usual_learning_rate, 0.0) << name;
  }
}

TEST(Recipe, IsTheRecoverysOwnWhereNoneIsNamed) {
  EXPECT_EQ(RecipeOf(Job(Recovery::kChroma)).name, "chroma");
  EXPECT_EQ(RecipeOf(Job(Recovery::kSpatial)).name, "spatial");
  EXPECT_EQ(RecipeOf(Job(Recovery::kCombined)).name, "combined");
  EXPECT_EQ(RecipeOf(Job(Recovery::kDirect)).name, "combined");
  auto job = Job(Recovery::kChroma);
  job.network = NetworkKind::kUnet;
  EXPECT_EQ(RecipeOf(job).name, "combined") << "a minute of a grid's training is no length for a U-Net's";
  EXPECT_EQ(Planned(job).network.kind, model::NetworkKind::kUNet);
}

TEST(Recipe, WhatTheJobSaysWins) {
  auto job = Job(Recovery::kDirect, "copycat");
  job.network = NetworkKind::kNafnet;
  job.size = NetworkSize::kSmall;
  job.training = TrainingSettings{};
  job.training->time_limit_seconds = 90;
  job.training->patch_px = 128;
  const auto options = Planned(job);
  EXPECT_EQ(options.network.kind, model::NetworkKind::kNafnet);
  EXPECT_EQ(options.network.size, model::NetworkSize::kSmall);
  EXPECT_EQ(options.patch_px, 128);
  EXPECT_EQ(options.steps, 0) << "a time limit takes the place of the recipe's steps";
  EXPECT_EQ(options.time_limit.count(), 90.0);
  EXPECT_EQ(options.usual_learning_rate, 1e-4);
  EXPECT_EQ(options.learning_rate, 0.0) << "the recipe's is nobody's wish";
  EXPECT_EQ(WithRecipe(WithRecipe(job)), WithRecipe(job));
}

TEST(Recipe, AnUnknownNameIsRefusedWithTheKnown) {
  const auto failure = FailureOfCall([] { Planned(Job(Recovery::kChroma, "copycta")); });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, HasSubstr("copycta"));
  EXPECT_THAT(failure.remedy, HasSubstr("copycat"));
}

TEST(Recipe, ALutHasAsManyPointsAsTheJobSays) {
  auto job = Job(Recovery::kChroma);
  job.network = NetworkKind::kLut;
  EXPECT_EQ(Planned(job).network.nodes, 33);
  job.lut_size = 40;
  EXPECT_EQ(Planned(job).network.nodes, 40);
  for (const auto size : {16U, 66U}) {
    job.lut_size = size;
    EXPECT_THAT(FailureOfCall([&] { Planned(job); }).message, HasSubstr(std::to_string(size)));
  }
  job.lut_size = 33;
  job.network = NetworkKind::kGrid;
  EXPECT_THAT(FailureOfCall([&] { Planned(job); }).message, HasSubstr("lutSize"));
}

TEST(Recipe, OneThatCannotMakeTheRecoveryIsRefused) {
  const auto failure = FailureOfCall([] { Planned(Job(Recovery::kSpatial, "chroma")); });
  EXPECT_EQ(failure.kind, FailureKind::kBadInput);
  EXPECT_THAT(failure.message, AllOf(HasSubstr("grid"), HasSubstr("chroma only")));
}

}  // namespace
}  // namespace interneg::jobs
