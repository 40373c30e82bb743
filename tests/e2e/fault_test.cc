// Proves that a recovery survives the death of each process on its way: the job still succeeds, every frame is
// published once and whole, and little work is done twice. The moments are drawn from a printed seed, within the part
// of the job under test, so that many runs see many moments.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include "tests/e2e/stack.h"

namespace interneg::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kRange[] = "1001-1024";
constexpr int kFrames = 24;
constexpr char kPairs[] = "1001,1009,1017,1024";
constexpr int kTrainingSteps = 200;
constexpr int kCheckpointInterval = 20;

unsigned Seed() {
  const char* given = std::getenv("INTERNEG_TEST_SEED");
  return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device()();
}

enum class Victim { kEngine, kWorker, kServer };

class Fault : public ::testing::Test {
 protected:
  Fault() {
    std::cout << "seed " << seed_ << " (INTERNEG_TEST_SEED)" << std::endl;
    MakeShot(stack_, stack_.folder() / "shot", kRange, 192, 112);
  }

  // Submits a recovery without waiting for it.
  void Submit(int steps) {
    const auto submitted = stack_.Client({"recover", "chroma", "--project", "lab", "--shot", "sh010", "--source",
                                          "shot/faded/f.%04d.png", "--reference", "shot/reference/f.%04d.png",
                                          "--range", kRange, "--pairs", kPairs, "--output", "out", "--output-space",
                                          "same-as-source", "--format", "png", "--size", "small", "--steps", std::to_string(steps),
                                          "--checkpoint-interval", std::to_string(kCheckpointInterval)});
    ASSERT_EQ(submitted.exit_code, 0) << submitted.out << submitted.err;
  }

  std::string JobState(const std::string& kind) {
    for (const auto& job : stack_.Jobs()) {
      if (job.at("kind") == "JOB_KIND_" + kind) return job.value("state", "");
    }
    return "";
  }

  bool AwaitState(const std::string& kind, const std::set<std::string>& states, seconds limit) {
    return Eventually(limit, [&] { return states.contains(JobState(kind)); });
  }

  void Kill(Victim victim) {
    switch (victim) {
      case Victim::kEngine:
        if (const auto engine = stack_.Engine()) kill(*engine, SIGKILL);
        return;
      case Victim::kWorker: stack_.worker().Signal(SIGKILL); stack_.StartWorker(); return;
      case Victim::kServer: stack_.server().Signal(SIGKILL); stack_.StartServer(); return;
    }
  }

  // Lets a random part of some seconds pass while the processes go on working.
  void LetItWork() {
    const auto moment = milliseconds(std::uniform_int_distribution<int>(0, 6000)(random_));
    std::cout << "after " << moment.count() << " ms" << std::endl;
    Eventually(moment, [] { return false; });
  }

  void ExpectWholeRecovery() {
    ASSERT_TRUE(AwaitState("RENDER", {"JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED",
                                      "JOB_STATE_PARTIAL"}, seconds(240))) << stack_.Logs();
    EXPECT_EQ(JobState("TRAIN"), "JOB_STATE_SUCCEEDED") << stack_.Logs();
    EXPECT_EQ(JobState("RENDER"), "JOB_STATE_SUCCEEDED") << stack_.Logs();
    std::set<std::string> published;
    for (const auto& entry : std::filesystem::directory_iterator(stack_.folder() / "out")) {
      if (entry.is_regular_file()) published.insert(entry.path().filename());
    }
    EXPECT_EQ(published.size(), static_cast<std::size_t>(kFrames));
    ExpectEveryFrameProvenOnce();
  }

  void ExpectEveryFrameProvenOnce() {
    std::string render;
    for (const auto& job : stack_.Jobs()) {
      if (job.at("kind") == "JOB_KIND_RENDER") render = job.at("jobId");
    }
    std::set<int> frames;
    for (const auto& frame : stack_.Json({"job", "frames", render})) {
      EXPECT_TRUE(frames.insert(frame.at("frame").get<int>()).second) << "frame reported twice: " << frame;
      EXPECT_TRUE(frame.value("proven", false)) << frame;
    }
    EXPECT_EQ(frames.size(), static_cast<std::size_t>(kFrames));
  }

  // Steps that an attempt took although an earlier one had taken them, as far as their losses were reported.
  void ExpectLittleRepeated() {
    pqxx::connection connection(stack_.database());
    pqxx::work work(connection);
    int reached = 0;
    for (const auto& row : work.exec("SELECT attempt_no, min(step) AS first, max(step) AS last FROM metric_point "
                                     "GROUP BY attempt_no ORDER BY attempt_no")) {
      const int first = row["first"].as<int>();
      const int repeated = std::max(0, reached - first + 1);
      std::cout << "attempt " << row["attempt_no"].as<int>() << ": steps " << first << "-" << row["last"].as<int>()
                << ", repeated " << repeated << std::endl;
      EXPECT_LE(repeated, kCheckpointInterval);
      reached = std::max(reached, row["last"].as<int>());
    }
    EXPECT_EQ(reached, kTrainingSteps) << "the last loss is reported";
  }

  const unsigned seed_ = Seed();
  std::mt19937 random_{seed_};
  Stack stack_;
};

class DuringTraining : public Fault, public ::testing::WithParamInterface<Victim> {};

TEST_P(DuringTraining, KillingAProcessLosesNothing) {
  Submit(kTrainingSteps);
  ASSERT_TRUE(AwaitState("TRAIN", {"JOB_STATE_RUNNING"}, seconds(60))) << stack_.Logs();
  ASSERT_TRUE(Eventually(seconds(30), [this] { return stack_.Engine().has_value(); })) << stack_.Logs();
  LetItWork();
  Kill(GetParam());
  ExpectWholeRecovery();
  ExpectLittleRepeated();
}

class DuringRender : public Fault, public ::testing::WithParamInterface<Victim> {};

TEST_P(DuringRender, KillingAProcessLosesNothing) {
  Submit(20);
  ASSERT_TRUE(AwaitState("RENDER", {"JOB_STATE_RUNNING"}, seconds(90))) << stack_.Logs();
  LetItWork();
  Kill(GetParam());
  ExpectWholeRecovery();
}

std::string NameOfVictim(const ::testing::TestParamInfo<Victim>& info) {
  switch (info.param) {
    case Victim::kEngine: return "Engine";
    case Victim::kWorker: return "Worker";
    case Victim::kServer: return "Server";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Fault, DuringTraining, ::testing::Values(Victim::kEngine, Victim::kWorker, Victim::kServer),
                         NameOfVictim);
INSTANTIATE_TEST_SUITE_P(Fault, DuringRender, ::testing::Values(Victim::kEngine, Victim::kWorker, Victim::kServer),
                         NameOfVictim);

// A frozen daemon renews nothing: the engine must end by its own clock, within its lease and a little.
TEST_F(Fault, AFrozenWorkerLeavesNoEngineRunningPastItsDeadline) {
  Submit(100000);
  ASSERT_TRUE(Eventually(seconds(60), [this] { return JobState("TRAIN") == "JOB_STATE_RUNNING" && stack_.Engine(); }))
      << stack_.Logs();
  const pid_t engine = *stack_.Engine();
  stack_.worker().Signal(SIGSTOP);
  EXPECT_TRUE(Eventually(seconds(15), [engine] { return !Alive(engine); })) << stack_.Logs();
  stack_.worker().Signal(SIGCONT);
  // Thawed, the daemon reconciles and the training goes on from its last checkpoint.
  EXPECT_TRUE(Eventually(seconds(60), [&] { return stack_.Engine() && *stack_.Engine() != engine; })) << stack_.Logs();
}

}  // namespace
}  // namespace interneg::e2e
