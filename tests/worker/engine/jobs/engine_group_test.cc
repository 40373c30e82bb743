// `interneg-engine run --rank`: processes of the program itself train one model together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "tests/worker/engine/jobs/engine_process.h"
#include "tests/worker/engine/training/free_port.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/model/safetensors.h"

namespace interneg::jobs {
namespace {

class EngineGroupTest : public testing::Test {
 protected:
  using Words = std::vector<std::string>;
  using Group = std::vector<std::unique_ptr<EngineProcess>>;

  // What a process has said by its end.
  struct Said {
    std::optional<EngineResult> result;
    std::vector<LocalCheckpoint> checkpoints;
    std::string notices;
  };

  void Give(std::uint32_t steps) const {
    auto job = shot_.SmallGrid();
    job.training->steps = steps;
    job.training->batch = 4;
    job.training->contact_sheet_interval_steps = 0;
    job.training->checkpoint_interval_steps = 0;
    job.training->ignore_divergence = true;  // the closed form is perfect here, and any step a fall
    WriteText(shot_.folder / "job.json", ToJson(shot_.Spec(job)));
  }

  std::unique_ptr<EngineProcess> Engine(const std::string& scratch, const Words& more) const {
    Words words = {"run",     "--job",     shot_.folder / "job.json", "--root",
                   "local=/", "--scratch", shot_.folder / scratch,    "--threads",
                   "1"};
    words.insert(words.end(), more.begin(), more.end());
    auto engine = std::make_unique<EngineProcess>(words);
    engine->Command({RenewLease{600}});
    return engine;
  }

  Group Two(const std::string& scratch, const Words& more = {}) const {
    const std::string meeting = "127.0.0.1:" + std::to_string(training::FreePort());
    Group group;
    for (const char* rank : {"0", "1"}) {
      Words words = {"--rank", rank, "--ranks", "2", "--meeting", meeting, "--patience", "60"};
      words.insert(words.end(), more.begin(), more.end());
      group.push_back(Engine(scratch, words));
    }
    return group;
  }

  static void AwaitSteps(EngineProcess& leader) {
    while (auto event = leader.Next()) {
      const auto* progress = std::get_if<EngineProgress>(&event->event);
      if (progress != nullptr && progress->phase == "training" && progress->done > 0) return;
    }
    ADD_FAILURE() << "the training ended before its first step";
  }

  static Said Rest(EngineProcess& engine) {
    Said said;
    while (auto event = engine.Next()) {
      if (const auto* result = std::get_if<EngineResult>(&event->event)) said.result = *result;
      if (const auto* checkpoint = std::get_if<LocalCheckpoint>(&event->event)) said.checkpoints.push_back(*checkpoint);
      if (const auto* notice = std::get_if<Notice>(&event->event)) said.notices += notice->text + "\n";
    }
    return said;
  }

  static void ExpectEnd(const Said& said, EngineOutcome outcome) {
    ASSERT_TRUE(said.result) << said.notices;
    EXPECT_EQ(said.result->outcome, outcome) << (said.result->failure ? said.result->failure->message : said.notices);
  }

  // The weights of the step that was last.
  std::vector<float> Weights(const std::string& scratch, std::uint32_t step) const {
    char name[48];
    std::snprintf(name, sizeof(name), "/step-%08u.safetensors", step);
    const auto file = model::ReadFileBytes(shot_.folder / (scratch + name));
    const auto bytes = model::ParseSafetensors(file).tensors.at("training.values").bytes;
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  DrawnShot shot_;
};

TEST_F(EngineGroupTest, TwoProcessesLearnWhatOneLearns) {
  constexpr std::uint32_t kSteps = 20;
  Give(kSteps);
  const auto alone = Engine("alone", {});
  ExpectEnd(Rest(*alone), EngineOutcome::kSucceeded);
  const auto group = Two("group");
  for (const auto& engine : group) {
    ExpectEnd(Rest(*engine), EngineOutcome::kSucceeded);
    EXPECT_EQ(engine->Wait(), kExitSucceeded);
  }
  const auto one = Weights("alone", kSteps), two = Weights("group", kSteps);
  ASSERT_EQ(one.size(), two.size());
  double farthest = 0;
  for (std::size_t i = 0; i < one.size(); ++i) farthest = std::max(farthest, std::fabs(double{one[i]} - two[i]));
  EXPECT_LT(farthest, 1e-4);
  EXPECT_FALSE(std::filesystem::exists(shot_.folder / "group/rank-1/model.safetensors")) << "the leader alone writes";
}

TEST_F(EngineGroupTest, TerminatingAFollowerEndsBothAtACheckpointFromWhichTheyGoOn) {
  Give(1'000'000);
  LocalCheckpoint last;
  {
    const auto group = Two("first");
    AwaitSteps(*group[0]);
    group[1]->Signal(SIGTERM);
    const auto leader = Rest(*group[0]);
    ExpectEnd(leader, EngineOutcome::kPreempted);
    ExpectEnd(Rest(*group[1]), EngineOutcome::kPreempted);
    EXPECT_EQ(group[0]->Wait(), kExitSucceeded);
    EXPECT_EQ(group[1]->Wait(), kExitSucceeded);
    EXPECT_THAT(leader.notices, testing::HasSubstr("another process of the group was asked to stop"));
    ASSERT_FALSE(leader.checkpoints.empty());
    last = leader.checkpoints.back();
    EXPECT_GT(last.step, 0U);
  }
  const auto group = Two("second", {"--resume", shot_.folder / ("first/" + last.file->name)});
  AwaitSteps(*group[0]);
  AdjustTraining adjust;
  adjust.adjustment_no = 1;
  adjust.steps = 1;  // never below the steps done: ends at the next one
  group[0]->Command({adjust});
  const auto leader = Rest(*group[0]);
  ExpectEnd(leader, EngineOutcome::kSucceeded);
  ExpectEnd(Rest(*group[1]), EngineOutcome::kSucceeded);
  // The model itself, which is told last, may be that of an earlier step.
  const auto farther = [&](const LocalCheckpoint& checkpoint) { return checkpoint.step > last.step; };
  EXPECT_TRUE(std::any_of(leader.checkpoints.begin(), leader.checkpoints.end(), farther));
}

}  // namespace
}  // namespace interneg::jobs
