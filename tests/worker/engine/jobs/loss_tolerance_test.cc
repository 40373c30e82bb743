// What the loss of a training forgives its reference: what the job asks for, else what the alignment cannot vouch for.
#include <map>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/stage_results.h"
#include "worker/engine/jobs/train_job.h"
#include "worker/engine/jobs/training_settings.h"
#include "worker/engine/model/safetensors.h"
#include "worker/engine/model/softness.h"
#include "worker/engine/training/resume.h"

namespace interneg::jobs {
namespace {

AlignedPair Registered(int frame) {
  AlignedPair pair;
  pair.source_frame = pair.reference_frame = frame;
  pair.held_out = frame == 3;
  pair.transform = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  pair.status = "solved";
  pair.estimated_rms_px = 0.1;
  pair.verdict = "good";
  return pair;
}

class LossForgives : public testing::Test {
 protected:
  // The text of the checkpoint half-way.
  std::map<std::string, std::string> Trained() {
    StageInputs inputs({});
    if (alignment_) {
      alignment_->schema = 1;
      alignment_->source = train_.source;
      alignment_->reference = train_.reference;
      WriteText(shot_.folder / "alignment.json", ToJson(*alignment_));
      train_.alignment = StageInput{{}, "align"};
      inputs = StageInputs({{"alignment", shot_.folder / "alignment.json"}});
    }
    RunTrain(shot_.Context(), {train_, ToJson(shot_.Spec(train_)), shot_.folder / "scratch", {}, inputs});
    const auto bytes = model::ReadFileBytes(shot_.folder / "scratch/step-00000003.safetensors");
    return model::ParseSafetensors(bytes).metadata;
  }
  std::string Shift() { return training::SettingOf(Trained(), "shift tolerance"); }

  DrawnShot shot_;
  TrainJob train_ = shot_.SmallGrid();
  std::optional<Alignment> alignment_;
};

TEST_F(LossForgives, NoShiftOfAReferenceThatIsRegistered) {
  EXPECT_EQ(Shift(), "0 px");
}

TEST_F(LossForgives, TheShiftThatTheJobAsksFor) {
  train_.tolerance = LossTolerance{0, 1};
  EXPECT_EQ(Shift(), "1 px");
}

TEST_F(LossForgives, ColourOfTheBandwidthThatTheJobAsksFor) {
  train_.tolerance = LossTolerance{0.5, {}};
  const auto state = nlohmann::json::parse(Trained().at("interneg.training"));
  const double sigma = model::SigmaOfBandwidth(0.5);
  EXPECT_GT(sigma, 0.0);
  EXPECT_EQ(state.at("softness_px"), nlohmann::json::array({sigma, sigma}));
}

TEST_F(LossForgives, NothingByFlagsOfAnotherRecoveryWhichIsSaid) {
  train_.tolerance = LossTolerance{0.5, {}};
  EXPECT_THAT(UnusedSettings(train_), testing::IsEmpty());
  train_.training->luma_match = true;
  train_.training->grain_weight = 0.5;
  EXPECT_THAT(UnusedSettings(train_),
              testing::ElementsAre(testing::HasSubstr("lumaMatch is not used: a chroma recovery"),
                                   testing::HasSubstr("grainWeight is not used: a chroma recovery")));
  Trained();
  EXPECT_THAT(shot_.Warnings(), testing::IsSupersetOf({testing::HasSubstr("train.training.lumaMatch"),
                                                       testing::HasSubstr("train.training.grainWeight")}));
  train_.recovery = Recovery::kDirect;
  EXPECT_THAT(UnusedSettings(train_),
              testing::ElementsAre(testing::HasSubstr("lumaMatch is not used: a direct recovery"),
                                   testing::HasSubstr("chromaBandwidth is not used: a direct recovery")));
  train_.recovery = Recovery::kSpatial;
  EXPECT_THAT(UnusedSettings(train_), testing::ElementsAre(testing::HasSubstr("chromaBandwidth is not used")));
}

class LossForgivesAligned : public LossForgives {
 protected:
  LossForgivesAligned() {
    train_.pairs.clear();
    alignment_ = Alignment();
    for (const int frame : {1, 3, 5, 9}) alignment_->pairs.push_back(Registered(frame));
  }
};

TEST_F(LossForgivesAligned, NoShiftOfPairsThatAreSolvedForSure) {
  EXPECT_EQ(Shift(), "0 px");
}

TEST_F(LossForgivesAligned, APixelWhereAnErrorIsEstimatedThatMatters) {
  alignment_->pairs[2].estimated_rms_px = 0.3;
  EXPECT_EQ(Shift(), "1 px");
}

TEST_F(LossForgivesAligned, APixelWhereAPairIsNotSolved) {
  alignment_->pairs[2].status = "uncertain";
  EXPECT_EQ(Shift(), "1 px");
}

TEST_F(LossForgivesAligned, NothingForThePairThatIsNotTrainedOn) {
  alignment_->pairs.push_back(Registered(7));
  alignment_->pairs.back().verdict = "unusable";
  alignment_->pairs.back().estimated_rms_px = 5;
  EXPECT_EQ(Shift(), "0 px");
}

TEST_F(LossForgivesAligned, NothingWhereTheJobSaysSo) {
  alignment_->pairs[2].estimated_rms_px = 0.3;
  train_.tolerance = LossTolerance{0, 0};
  EXPECT_EQ(Shift(), "0 px");
}

}  // namespace
}  // namespace interneg::jobs
