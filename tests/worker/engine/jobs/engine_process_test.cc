// The program itself, as a daemon runs it: what it says, how it stops, and that it never outlives its lease.
#include "tests/worker/engine/jobs/engine_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/model/safetensors.h"

namespace interneg::jobs {
namespace {

using Clock = std::chrono::steady_clock;

class EngineProcessTest : public testing::Test {
 protected:
  // A grid training that goes on until it is stopped.
  TrainJob EndlessTraining() const {
    auto job = shot_.Train();
    job.network = NetworkKind::kGrid;
    job.size = NetworkSize::kSmall;
    job.training = TrainingSettings{};
    job.training->steps = 1'000'000;
    job.training->patch_px = 32;
    job.training->batch = 1;
    job.training->precision = Precision::kFp32;
    return job;
  }
  std::vector<std::string> Arguments(const TrainJob& job, Assignment assignment) const {
    assignment.kind = TaskKind::kTrain;
    assignment.roots = {{"local", "/"}};
    assignment.device = "cpu";
    assignment.threads = 1;
    WriteText(shot_.folder / "job.json", ToJson(shot_.Spec(job)));
    WriteText(shot_.folder / "assignment.json", ToJson(assignment));
    return {"run", "--job", shot_.folder / "job.json", "--assignment", shot_.folder / "assignment.json"};
  }
  Assignment Attempt(double lease_seconds) const {
    Assignment assignment;
    assignment.scratch_folder = shot_.folder / "scratch";
    assignment.lease_seconds = lease_seconds;
    return assignment;
  }
  // A recovery by a small grid, into out/r.%04d.png.
  std::vector<std::string> Recover(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"recover",        "chroma",
                                          "--source",       shot_.folder / "source/f.%04d.png",
                                          "--reference",    shot_.folder / "reference/f.%04d.png",
                                          "--range",        "1-9",
                                          "--pairs",        "1,5,9",
                                          "--network",      "grid",
                                          "--size",         "small",
                                          "--patch",        "32",
                                          "--batch",        "1",
                                          "--precision",    "fp32",
                                          "--threads",      "1",
                                          "--output",       shot_.folder / "out/r.%04d.png",
                                          "--output-space", "same-as-source"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  // Reads until the training has made steps.
  static void AwaitSteps(EngineProcess& engine) {
    while (auto event = engine.Next()) {
      if (std::holds_alternative<LossPoint>(event->event)) return;
      const auto* progress = std::get_if<EngineProgress>(&event->event);
      if (progress != nullptr && progress->phase == "training" && progress->done > 0) return;
    }
    ADD_FAILURE() << "the training ended before its first step";
  }
  // The rest of the events; the result, when there is one, must be the last.
  static std::optional<EngineResult> Rest(EngineProcess& engine, std::vector<LocalCheckpoint>* checkpoints = nullptr) {
    std::optional<EngineResult> result;
    while (auto event = engine.Next()) {
      EXPECT_FALSE(result.has_value()) << "an event after the result";
      if (const auto* end = std::get_if<EngineResult>(&event->event)) result = *end;
      const auto* checkpoint = std::get_if<LocalCheckpoint>(&event->event);
      if (checkpoint != nullptr && checkpoints != nullptr) checkpoints->push_back(*checkpoint);
    }
    return result;
  }
  DrawnShot shot_;
};

// A bare exit would be taken for a crash, and the machine for broken.
TEST_F(EngineProcessTest, ARootThatCannotBeOpenedIsAFailureThatNamesIt) {
  auto arguments = Arguments(shot_.Train(), Attempt(600));
  auto assignment = Attempt(600);
  assignment.kind = TaskKind::kTrain;
  assignment.roots = {{"local", "/"}, {"scans", shot_.folder / "unmounted"}};
  assignment.device = "cpu";
  WriteText(shot_.folder / "assignment.json", ToJson(assignment));
  EngineProcess engine(arguments);
  const auto first = engine.Next();
  ASSERT_TRUE(first);
  EXPECT_TRUE(std::holds_alternative<EngineStarted>(first->event));
  const auto result = Rest(engine);
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->outcome, EngineOutcome::kFailed);
  EXPECT_EQ(result->failure->kind, FailureKind::kStorage);
  EXPECT_THAT(result->failure->message, testing::HasSubstr("root 'scans'"));
  EXPECT_EQ(engine.Wait(), kExitFailed);
}

TEST_F(EngineProcessTest, SaysStartedFirstAndResultLast) {
  EngineProcess engine(Arguments(shot_.Train(), Attempt(600)));
  const auto first = engine.Next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->sequence, 1U);
  ASSERT_TRUE(std::holds_alternative<EngineStarted>(first->event));
  EXPECT_EQ(std::get<EngineStarted>(first->event).job_schema, kJobSchema);
  const auto result = Rest(engine);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, EngineOutcome::kSucceeded);
  EXPECT_EQ(engine.Wait(), kExitSucceeded);
}

TEST_F(EngineProcessTest, TerminationWritesACheckpointAndTheTrainingResumes) {
  std::vector<LocalCheckpoint> checkpoints;
  {
    EngineProcess engine(Arguments(EndlessTraining(), Attempt(600)));
    AwaitSteps(engine);
    engine.Signal(SIGTERM);
    const auto result = Rest(engine, &checkpoints);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, EngineOutcome::kPreempted);
    EXPECT_EQ(engine.Wait(), kExitSucceeded);
  }
  ASSERT_FALSE(checkpoints.empty());
  const auto last = checkpoints.back();
  EXPECT_GT(last.step, 0U);
  auto again = Attempt(600);
  again.resume_path = shot_.folder / ("scratch/" + last.file->name);
  EngineProcess engine(Arguments(EndlessTraining(), again));
  AwaitSteps(engine);
  AdjustTraining adjust;
  adjust.adjustment_no = 4;
  adjust.steps = 1;  // never below the steps done: ends at the next one
  engine.Command({adjust});
  std::vector<LocalCheckpoint> later;
  const auto result = Rest(engine, &later);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, EngineOutcome::kSucceeded) << (result->failure ? result->failure->message : "");
  ASSERT_FALSE(later.empty());
  EXPECT_EQ(later.front().parent_sha256, last.file->sha256);
  EXPECT_GT(later.front().step, last.step);
}

// The program as a shell runs it: no events, text on stdout and stderr together.
class ShellRun {
 public:
  explicit ShellRun(std::vector<std::string> arguments) {
    int text[2];
    if (::pipe2(text, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    arguments.insert(arguments.begin(), INTERNEG_ENGINE);
    std::vector<char*> words;
    for (auto& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    id_ = ::fork();
    if (id_ == 0) {
      ::dup2(text[1], STDOUT_FILENO);
      ::dup2(text[1], STDERR_FILENO);
      ::execv(words[0], words.data());
      ::_exit(127);
    }
    ::close(text[1]);
    text_ = text[0];
  }
  ~ShellRun() {
    ::kill(id_, SIGKILL);
    ::close(text_);
  }
  // Reads until `awaited` appears, or to the end for "". Everything read so far.
  const std::string& ReadUntil(const std::string& awaited) {
    char buffer[512];
    while (awaited.empty() || read_.find(awaited) == std::string::npos) {
      const ssize_t count = ::read(text_, buffer, sizeof buffer);
      if (count <= 0) break;
      read_.append(buffer, static_cast<std::size_t>(count));
    }
    return read_;
  }
  void Signal(int number) const { ::kill(id_, number); }
  int Wait() const {
    int status = 0;
    ::waitpid(id_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t id_ = -1;
  int text_ = -1;
  std::string read_;
};

TEST_F(EngineProcessTest, InterruptedRecoveryClaimsNoSuccessAndSaysHowToGoOn) {
  ShellRun run(Recover({"--steps", "1000000"}));
  run.ReadUntil("training 1");
  run.Signal(SIGTERM);
  const auto& text = run.ReadUntil("");
  EXPECT_EQ(run.Wait(), kExitInterrupted);
  EXPECT_EQ(text.find("\nframes "), std::string::npos) << text;
  EXPECT_THAT(text, testing::ContainsRegex("--resume .*out-r-recovery/step-[0-9]+.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(shot_.folder / "out"));
}

TEST_F(EngineProcessTest, ARecoverysOptionsAreTheTrainingsDocument) {
  ShellRun run(Recover({"--steps", "2", "--no-flip", "--scale-range", "0.05", "--exposure-range", "0",
                        "--no-multi-resolution", "--luma-match", "--tolerate-shift", "1", "--chroma-bandwidth", "0.5",
                        "--fixed"}));
  const auto& text = run.ReadUntil("");
  ASSERT_EQ(run.Wait(), kExitSucceeded) << text;
  const auto model = model::ReadFileBytes(shot_.folder / "out-r-recovery/model.safetensors");
  const auto spec = ParseJobSpec(model::ParseSafetensors(model).metadata.at("interneg.job"));
  const auto& train = std::get<TrainJob>(spec.kind);
  EXPECT_EQ(train.training->augmentation, (Augmentation{false, 0.05, 0.0}));
  EXPECT_EQ(train.training->multi_resolution, false);
  EXPECT_EQ(train.training->luma_match, true);
  EXPECT_TRUE(train.training->fixed);
  EXPECT_EQ(train.tolerance, (LossTolerance{0.5, 1}));
}

TEST_F(EngineProcessTest, LeaseThatRunsOutEndsItWithinItsTime) {
  const auto start = Clock::now();
  EngineProcess engine(Arguments(EndlessTraining(), Attempt(6)));
  const auto result = Rest(engine);
  EXPECT_FALSE(result) << "nothing is reported after the lease";
  EXPECT_EQ(engine.Wait(), kExitLeaseLost);
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(8));
}

// What a frozen daemon does: it neither renews nor reads. The engine's pipe fills up and its work hangs in a write; the
// deadline ends it all the same.
TEST_F(EngineProcessTest, FrozenDaemonLeavesNoEngineRunning) {
  auto job = EndlessTraining();
  job.training->contact_sheet_interval_steps = 1;  // floods the pipe with artifact events
  const auto start = Clock::now();
  EngineProcess engine(Arguments(job, Attempt(6)));
  EXPECT_EQ(engine.Wait(), kExitLeaseLost);
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(8));
}

TEST_F(EngineProcessTest, RenewedLeaseKeepsItRunning) {
  const auto start = Clock::now();
  EngineProcess engine(Arguments(EndlessTraining(), Attempt(4)));
  engine.Command({RenewLease{600}});
  AwaitSteps(engine);
  while (Clock::now() - start < std::chrono::seconds(5)) ASSERT_TRUE(engine.Next()) << "ended although renewed";
  engine.CloseLease();
  Rest(engine);
  EXPECT_EQ(engine.Wait(), kExitLeaseLost);
}

TEST_F(EngineProcessTest, UnknownFieldIsUsageAndNothingStarts) {
  auto arguments = Arguments(shot_.Train(), Attempt(600));
  WriteText(shot_.folder / "job.json", R"({"schema":1,"trian":{}})");
  EngineProcess engine(arguments);
  EXPECT_FALSE(engine.Next());
  EXPECT_EQ(engine.Wait(), kExitUsage);
}

TEST_F(EngineProcessTest, BadInputFailsByName) {
  auto job = shot_.Train();
  job.pairs = {1, 99};
  EngineProcess engine(Arguments(job, Attempt(600)));
  const auto result = Rest(engine);
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->outcome, EngineOutcome::kFailed);
  EXPECT_EQ(result->failure->kind, FailureKind::kBadInput);
  EXPECT_THAT(result->failure->message, testing::HasSubstr("99"));
  EXPECT_EQ(engine.Wait(), kExitFailed);
}

}  // namespace
}  // namespace interneg::jobs
