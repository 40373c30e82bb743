// What a training takes over from an earlier one: all of it when it is resumed, the weights alone when it begins with them.
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/train_job.h"
#include "worker/engine/model/model.h"

namespace interneg::jobs {
namespace {

// A standalone job names no dataset, so the pictures themselves tell whether a training is still the same.
class ResumedAfter : public testing::Test {
 protected:
  ResumedAfter() { RunTrain(shot_.Context(), {train_, ToJson(shot_.Spec(train_)), shot_.folder / "scratch", {}}); }
  std::string RefusalOf(const std::string& file) {
    try {
      RunTrain(shot_.Context(),
               {train_, ToJson(shot_.Spec(train_)), shot_.folder / "again", shot_.folder / ("scratch/" + file)});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  }
  static constexpr char kCheckpoint[] = "step-00000003.safetensors";
  DrawnShot shot_;
  TrainJob train_ = shot_.SmallGrid();
};

TEST_F(ResumedAfter, NothingItGoesOn) {
  EXPECT_EQ(RefusalOf(kCheckpoint), "");
  EXPECT_EQ(RefusalOf("model.safetensors"), "");
}

// By its leader alone, which waits for nobody: there is nothing left to train.
TEST_F(ResumedAfter, ItsEndAGroupReportsItOnce) {
  train_.training->batch = 3;
  const auto reported = [&](int rank) {
    auto context = shot_.Context();
    context.group.emplace();
    context.group->rank = rank;
    context.group->ranks = 2;
    training::ParseMeeting("127.0.0.1:29500", *context.group);
    const auto before = shot_.events.All<LocalCheckpoint>().size();
    const auto report = RunTrain(context, {train_, ToJson(shot_.Spec(train_)), shot_.folder / "again",
                                           shot_.folder / "scratch/model.safetensors"});
    EXPECT_EQ(report.result.outcome, EngineOutcome::kSucceeded);
    return shot_.events.All<LocalCheckpoint>().size() - before;
  };
  EXPECT_EQ(reported(1), 0U);
  EXPECT_FALSE(std::filesystem::exists(shot_.folder / "again"));
  EXPECT_EQ(reported(0), 1U);
}

TEST_F(ResumedAfter, ChangedReferenceIsRefused) {
  WriteFrame(shot_.folder / "reference", "f.%04d.png", 5, Faded(Faded(DrawClean(DrawnShot::kSize, 5))));
  EXPECT_THAT(RefusalOf(kCheckpoint), testing::HasSubstr("another reference"));
  EXPECT_THAT(RefusalOf("model.safetensors"), testing::HasSubstr("another reference"));
}

TEST_F(ResumedAfter, ChangedSourceIsRefused) {
  WriteFrame(shot_.folder / "source", "f.%04d.png", 5, Faded(Faded(DrawClean(DrawnShot::kSize, 5))));
  EXPECT_THAT(RefusalOf(kCheckpoint), testing::HasSubstr("another source"));
}

TEST_F(ResumedAfter, OtherHeldOutFramesAreRefused) {
  train_.held_out = {2};
  EXPECT_THAT(RefusalOf(kCheckpoint), testing::HasSubstr("held-out"));
  EXPECT_THAT(RefusalOf("model.safetensors"), testing::HasSubstr("held-out"));
}

TEST_F(ResumedAfter, OtherColourSettingsAreRefused) {
  train_.color = ColorSettings{};
  train_.color->domain = TrainingDomain::kLog;
  EXPECT_THAT(RefusalOf(kCheckpoint), testing::HasSubstr("colour"));
  EXPECT_THAT(RefusalOf("model.safetensors"), testing::HasSubstr("colour"));
}

TEST_F(ResumedAfter, AnotherRecoveryIsRefused) {
  train_.recovery = interneg::jobs::Recovery::kSpatial;
  train_.network = NetworkKind::kUnet;
  EXPECT_THAT(RefusalOf(kCheckpoint), testing::HasSubstr("another recovery"));
  EXPECT_THAT(RefusalOf("model.safetensors"), testing::HasSubstr("another recovery"));
}

TEST_F(ResumedAfter, OtherSettingsAreRefused) {
  train_.training->augmentation = Augmentation{false, {}, {}};
  EXPECT_THAT(RefusalOf(kCheckpoint), testing::HasSubstr("another augmentation"));
  train_.training->augmentation.reset();
  train_.tolerance = LossTolerance{0, 1};
  EXPECT_THAT(RefusalOf(kCheckpoint), testing::HasSubstr("another shift tolerance"));
}

class BegunWith : public testing::Test {
 protected:
  static constexpr std::size_t kSteps = 6;  // of SmallGrid
  BegunWith() {
    RunTrain(shot_.Context(), {train_, ToJson(shot_.Spec(train_)), shot_.folder / "scratch", {}});
    train_.initial_checkpoint_sha256 = HashOfLocalFile(model_);
  }
  TrainReport Trained(const std::string& initial) {
    return RunTrain(shot_.Context(),
                    {train_, ToJson(shot_.Spec(train_)), shot_.folder / "again", {}, StageInputs({}), initial});
  }
  std::string RefusalOf(const std::string& initial) {
    try {
      Trained(initial);
      return "";
    } catch (const std::exception& error) {
      return error.what();
    }
  }
  DrawnShot shot_;
  TrainJob train_ = shot_.SmallGrid();
  const std::string model_ = shot_.folder / "scratch/model.safetensors";
};

TEST_F(BegunWith, AModelItIsKeptAsTheAncestor) {
  const auto report = Trained(model_);
  ASSERT_EQ(report.result.outcome, EngineOutcome::kSucceeded);
  const auto model = model::LoadModel(report.model, {}, model::Precision::kFloat32);
  EXPECT_EQ(model.metadata().at("interneg.ancestry"), "[\"" + *train_.initial_checkpoint_sha256 + "\"]");
}

// Every step of a run has one loss, and the rate that it was learnt at.
TEST_F(BegunWith, AModelItLearnsAtAThirdOfTheRecipesRate) {
  Trained(model_);
  const auto points = shot_.events.All<LossPoint>();
  ASSERT_EQ(points.size(), 2 * kSteps);
  for (std::size_t i = 0; i < kSteps; ++i) {
    EXPECT_GT(points[i].learning_rate, 0.0);
    EXPECT_NEAR(points[kSteps + i].learning_rate, points[i].learning_rate / 3, 1e-12) << "step " << i;
  }
}

TEST_F(BegunWith, AModelItLearnsAtTheRateThatTheJobGives) {
  train_.training->learning_rate = 0.001;  // the recipe's, which the job asks for
  Trained(model_);
  const auto points = shot_.events.All<LossPoint>();
  ASSERT_EQ(points.size(), 2 * kSteps);
  for (std::size_t i = 0; i < kSteps; ++i) EXPECT_EQ(points[kSteps + i].learning_rate, points[i].learning_rate);
}

TEST_F(BegunWith, AnotherFileThanTheJobNamesItIsRefused) {
  EXPECT_THAT(RefusalOf(shot_.folder / "scratch/step-00000003.safetensors"),
              testing::HasSubstr("train.initialCheckpointSha256 names " + *train_.initial_checkpoint_sha256));
  EXPECT_THAT(RefusalOf(""), testing::HasSubstr("names a model, and no file is given"));
  train_.initial_checkpoint_sha256.reset();
  EXPECT_THAT(RefusalOf(model_), testing::HasSubstr("names no model to begin with"));
  EXPECT_FALSE(std::filesystem::exists(shot_.folder / "again"));
}

// An interrupted training goes on where the model that it began with was tidied away.
TEST_F(BegunWith, AModelThatIsGoneItGoesOn) {
  ASSERT_EQ(Trained(model_).result.outcome, EngineOutcome::kSucceeded);
  const auto ancestor = *train_.initial_checkpoint_sha256;
  std::filesystem::remove(model_);
  const auto resumed = [&](const std::string& file) {
    return RunTrain(shot_.Context(),
                    {train_, ToJson(shot_.Spec(train_)), shot_.folder / "resumed", shot_.folder / file});
  };
  const auto ancestry_of = [](const TrainReport& report) {
    return model::LoadModel(report.model, {}, model::Precision::kFloat32).metadata().at("interneg.ancestry");
  };
  EXPECT_EQ(ancestry_of(resumed("again/step-00000003.safetensors")), "[\"" + ancestor + "\"]");
  EXPECT_THROW(resumed("scratch/step-00000003.safetensors"), std::invalid_argument);
  train_.initial_checkpoint_sha256.reset();
  train_.initial_train_job_id = "018f0000-0000-7000-8000-000000000000";
  EXPECT_EQ(ancestry_of(resumed("again/step-00000003.safetensors")), "[\"" + ancestor + "\"]");
  EXPECT_EQ(ancestry_of(resumed("again/model.safetensors")), "[\"" + ancestor + "\"]");
  EXPECT_THROW(resumed("scratch/step-00000003.safetensors"), JobError);
}

TEST_F(BegunWith, AModelOfAnotherRecoveryItIsRefused) {
  train_.recovery = interneg::jobs::Recovery::kSpatial;
  train_.network = NetworkKind::kUnet;
  EXPECT_NE(RefusalOf(model_), "");
}

}  // namespace
}  // namespace interneg::jobs
