#include "worker/engine/training/early_end.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/worker/engine/training/drawn_problem.h"
#include "worker/engine/model/model.h"
#include "worker/engine/model/safetensors.h"
#include "worker/engine/training/training.h"

namespace interneg::training {
namespace {

constexpr double kBest_db = 30.0;

// The verdicts over validations with these figures of the whole correction, the best staying where it is.
std::vector<Verdict> Divergence(const std::vector<double>& full_db) {
  ValidationTrend trend;
  std::vector<Verdict> verdicts;
  for (const double db : full_db) verdicts.push_back(Judge({}, {db, kBest_db, kBest_db, true}, trend));
  return verdicts;
}

TEST(Divergence, IsAFallThatLasts) {
  EXPECT_EQ(Divergence({26, 26, 25, 25.9}).back(), Verdict::kDiverged);
  EXPECT_EQ(Divergence({26, 26, 25}).back(), Verdict::kGoOn);
  EXPECT_EQ(Divergence({27.1, 27.1, 27.1, 27.1, 27.1}).back(), Verdict::kGoOn);
}

TEST(Divergence, IsNotWhatClimbsBack) {
  EXPECT_EQ(Divergence({20, 21, 22, 23, 24, 25}).back(), Verdict::kGoOn);
  EXPECT_EQ(Divergence({26, 26, 26, 28, 26, 26, 26}).back(), Verdict::kGoOn);
}

TEST(Divergence, OutputsThatAreNotFiniteHaveFallen) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Divergence({nan, nan, -std::numeric_limits<double>::infinity(), nan}).back(), Verdict::kDiverged);
}

TEST(Divergence, IsNotLookedForWhereItIsIgnored) {
  ValidationTrend trend;
  EarlyEndRules rules;
  rules.on_divergence = false;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Judge(rules, {0, kBest_db, kBest_db, true}, trend), Verdict::kGoOn);
}

std::vector<Verdict> Plateau(const EarlyEndRules& rules, const std::vector<double>& model_db, bool warmed_up) {
  ValidationTrend trend;
  std::vector<Verdict> verdicts;
  for (const double db : model_db) verdicts.push_back(Judge(rules, {db, db, db, warmed_up}, trend));
  return verdicts;
}

TEST(Plateau, IsSoManyValidationsWithoutTheGain) {
  const EarlyEndRules rules{true, 0.1, 3};
  EXPECT_EQ(Plateau(rules, {30, 30.05, 30.1, 30.1}, true).back(), Verdict::kPlateau);
  EXPECT_EQ(Plateau(rules, {30, 30.05, 30.1, 30.15}, true).back(), Verdict::kGoOn) << "small gains add up";
  EXPECT_EQ(Plateau(rules, {30, 30.05, 30.1}, true).back(), Verdict::kGoOn);
}

TEST(Plateau, IsNotJudgedInTheWarmUpNorUnasked) {
  EXPECT_EQ(Plateau({true, 0.1, 3}, std::vector<double>(9, 30.0), false).back(), Verdict::kGoOn);
  EXPECT_EQ(Plateau({}, std::vector<double>(9, 30.0), true).back(), Verdict::kGoOn);
}

struct Ended {
  TrainingResult result;
  std::string said;
  std::vector<double> rates;
};

// Stops after `stop_after` steps when that is not 0.
Ended TrainUntil(const TrainingOptions& options, std::int64_t stop_after,
                 const std::optional<std::filesystem::path>& resume_from = {}) {
  Ended run;
  std::atomic<bool> stop = false;
  TrainingCallbacks callbacks;
  callbacks.notice = [&](const Notice& notice) { run.said += notice.text + "\n"; };
  callbacks.loss = [&](const LossPoint& point) {
    run.rates.push_back(point.learning_rate);
    if (point.step == stop_after) stop = true;
  };
  run.result = Train(options, DrawProblem(FadeKind::kByColour), callbacks, stop, resume_from);
  return run;
}

std::map<std::string, std::string> MetadataOf(const std::filesystem::path& model) {
  return model::LoadModel(model, {}, model::Precision::kFloat32).metadata();
}

TrainingOptions Ruinous(const std::filesystem::path& folder) {
  TrainingOptions options = SmallOptions(folder, 60);
  options.learning_rate = 3.0;
  options.seed = 8;  // some networks die at once and then stay where the closed form is
  options.validation_interval = 2;
  return options;
}

TEST(EarlyEnd, ADivergedTrainingEndsWithItsBestModelAndSaysSo) {
  const Folder folder;
  const Ended run = TrainUntil(Ruinous(folder.path()), 0);
  EXPECT_EQ(run.result.outcome, Outcome::kFinished);
  EXPECT_EQ(run.result.ending, Ending::kDiverged);
  EXPECT_LT(run.result.steps_done, 60);
  EXPECT_EQ(run.result.steps, 60);
  EXPECT_GE(run.result.validation->model_db, run.result.validation->closed_form_db);
  EXPECT_NE(run.said.find("diverged"), std::string::npos) << run.said;
  EXPECT_EQ(MetadataOf(run.result.model).at("interneg.ending"), "diverged");
}

TEST(EarlyEnd, TakenUpAgainItIsStillAtItsEnd) {
  const Folder folder, again;
  const Ended run = TrainUntil(Ruinous(folder.path()), 0);
  const Ended resumed = TrainUntil(Ruinous(again.path()), 0, run.result.checkpoint);
  EXPECT_EQ(resumed.result.ending, Ending::kDiverged);
  EXPECT_EQ(resumed.result.steps_done, run.result.steps_done);
  EXPECT_EQ(resumed.result.validation->model_db, run.result.validation->model_db);
}

TEST(EarlyEnd, LossesThatAreNoLongerFiniteEndItWithWhatWasLearntBefore) {
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 60);
  options.validation_interval = 5;
  options.max_skipped_steps = 3;
  TrainingCallbacks callbacks;
  std::string said;
  std::int64_t step = 0;
  callbacks.notice = [&](const Notice& notice) { said += notice.text + "\n"; };
  callbacks.loss = [&](const LossPoint& point) { step = point.step; };
  bool asked = false;
  callbacks.next_adjustment = [&]() -> std::optional<Adjustment> {
    if (asked || step < 20) return std::nullopt;
    asked = true;
    Adjustment adjustment;
    adjustment.learning_rate = 1e38;
    return adjustment;
  };
  const auto result = Train(options, DrawProblem(FadeKind::kByPlaceAndTexture), callbacks, std::atomic<bool>(false));
  EXPECT_EQ(result.ending, Ending::kDiverged);
  EXPECT_GT(result.chosen_step, 0);
  EXPECT_LE(result.chosen_step, 20);
  EXPECT_GT(result.validation->model_db, result.validation->closed_form_db);
  EXPECT_NE(said.find("not finite in 3 steps in a row; the training ends here with the best model"), std::string::npos)
      << said;
}

TEST(EarlyEnd, DivergenceMayBeIgnored) {
  const Folder folder;
  TrainingOptions options = Ruinous(folder.path());
  options.steps = 20;
  options.early_end.on_divergence = false;
  const Ended run = TrainUntil(options, 0);
  EXPECT_EQ(run.result.ending, Ending::kAllSteps);
  EXPECT_EQ(run.result.steps_done, 20);
  EXPECT_EQ(MetadataOf(run.result.model).count("interneg.ending"), 0U);
}

// A gain that no training has, so that the plateau is where the rules first allow it.
TrainingOptions Flat(const std::filesystem::path& folder) {
  TrainingOptions options = SmallOptions(folder, 40);
  options.validation_interval = 2;
  options.early_end.plateau_gain_db = 60.0;
  options.early_end.plateau_validations = 2;
  return options;
}

TEST(EarlyEnd, APlateauAnnealsBeforeItsTimeAndThenEnds) {
  const Folder folder;
  const Ended run = TrainUntil(Flat(folder.path()), 0);
  EXPECT_EQ(run.result.ending, Ending::kPlateau);
  EXPECT_EQ(run.result.steps, 8 + 40 / 5);  // warm-up 4: validation 4 is counted from, 6 and 8 bring no gain
  EXPECT_EQ(run.result.steps_done, run.result.steps);
  ASSERT_EQ(run.rates.size(), 16U);
  EXPECT_NEAR(run.rates[8], run.rates[7], 0.1 * run.rates[7]) << "no jump";
  EXPECT_LT(run.rates[15], 0.1 * run.rates[8]) << "down at the end";
  EXPECT_NE(run.said.find("plateau"), std::string::npos) << run.said;
  EXPECT_EQ(MetadataOf(run.result.model).at("interneg.ending"), "plateau");
}

TEST(EarlyEnd, AnAnnealedRunResumesBitForBit) {
  const Folder whole, parts;
  const Ended straight = TrainUntil(Flat(whole.path()), 0);
  for (const std::int64_t stop_after : {7, 11}) {
    const Ended stopped = TrainUntil(Flat(parts.path()), stop_after);
    ASSERT_EQ(stopped.result.outcome, Outcome::kPreempted);
    const Ended resumed = TrainUntil(Flat(parts.path()), 0, stopped.result.checkpoint);
    EXPECT_EQ(resumed.result.ending, Ending::kPlateau);
    EXPECT_EQ(model::ReadFileBytes(resumed.result.model), model::ReadFileBytes(straight.result.model)) << stop_after;
  }
}

TEST(EarlyEnd, APlateauInTheLastFifthChangesNothing) {
  const Folder folder;
  TrainingOptions options = Flat(folder.path());
  options.early_end.plateau_validations = 15;  // at step 34 of 40
  const Ended run = TrainUntil(options, 0);
  EXPECT_EQ(run.result.ending, Ending::kAllSteps);
  EXPECT_EQ(run.result.steps_done, 40);
}

TEST(EarlyEnd, RulesThatSayNothingAreRefused) {
  const Folder folder;
  TrainingOptions options = Flat(folder.path());
  options.early_end.plateau_validations = 0;
  EXPECT_THROW(TrainUntil(options, 0), std::invalid_argument);
  options = Flat(folder.path());
  options.early_end.plateau_gain_db = -1;
  EXPECT_THROW(TrainUntil(options, 0), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::training
