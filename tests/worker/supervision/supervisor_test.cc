#include "worker/supervision/supervisor.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/supervision/manual_clock.h"
#include "tests/worker/supervision/observed_engines.h"

namespace interneg::supervision {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Supervising : public ::testing::Test {
 protected:
  Supervising() {
    std::string pattern = (std::filesystem::temp_directory_path() / "interneg-supervisor-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    settings_.limits.event_line_bytes = 1000;
    settings_.limits.waiting_commands = 4;
    Restart();
  }
  ~Supervising() override {
    supervisor_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Restart() {
    supervisor_.reset();
    supervisor_ = std::make_unique<Supervisor>(clock_, settings_, engines_);
  }

  LaunchPlan Plan(const std::string& script) {
    const std::string job = (folder_ / ("job" + std::to_string(++jobs_))).string();
    std::ofstream(job) << script;
    return {SCRIPTED_ENGINE, {"run", "--job", job, "--events-fd", "3", "--lease-fd", "4"}, {"HERE=there"}, folder_, {}};
  }
  void Start(const std::string& id, const std::string& script) {
    supervisor_->Start(id, Plan(script), clock_.Now() + std::chrono::minutes(1));
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  void Touch(const std::string& name) const { std::ofstream(Path(name)) << "x"; }

  // Waits for a file that an engine writes whole, at most 20 s.
  pid_t PidIn(const std::string& name) const {
    for (int i = 0; i < 10000 && !std::filesystem::exists(Path(name)); ++i) usleep(2000);
    pid_t pid = -1;
    std::ifstream(Path(name)) >> pid;
    return pid;
  }
  // True when the process is gone or only waits to be reaped by whoever inherited it.
  static bool IsDead(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(stat, text);
    const std::size_t end = text.rfind(')');
    return end == std::string::npos || text.at(end + 2) == 'Z' || text.at(end + 2) == 'X';
  }
  static bool Dies(pid_t pid) {
    for (int i = 0; i < 10000 && !IsDead(pid); ++i) usleep(2000);
    return IsDead(pid);
  }

  std::filesystem::path folder_;
  int jobs_ = 0;
  ManualClock clock_;
  SupervisorSettings settings_;
  ObservedEngines engines_;
  std::unique_ptr<Supervisor> supervisor_;
};

TEST_F(Supervising, AnEnginesWholeLifeIsTold) {
  Start("a", "event {\"sequence\":1}\nlog hello\nevent {\"sequence\":2}\nexit 10\n");
  const ObservedEngine engine = engines_.AwaitEnd("a");
  ASSERT_TRUE(engine.end.has_value());
  EXPECT_TRUE(engine.started.has_value());
  EXPECT_THAT(engine.events, ElementsAre("{\"sequence\":1}", "{\"sequence\":2}"));
  EXPECT_EQ(engine.log, "hello\n");
  EXPECT_EQ(engine.end->exit_code, 10);
  EXPECT_EQ(engine.end->stop_cause, StopCause::kNone);
  EXPECT_GT(engine.end->peak_memory_bytes, 100000U);
  EXPECT_TRUE(engine.malformed.empty());
}

TEST_F(Supervising, AnEngineLeadsItsOwnSessionAndHasOnlyTheContractsDescriptors) {
  Start("a", "process\ndescriptors\nenvironment HERE\nenvironment PATH\n");
  const ObservedEngine engine = engines_.AwaitEnd("a");
  const std::string pid = std::to_string(engine.pid);
  EXPECT_THAT(engine.log, HasSubstr("process: " + pid + " " + pid + " " + pid + "\n"));
  EXPECT_THAT(engine.log, HasSubstr("descriptors: 0 1 2 3 4\n"));
  EXPECT_THAT(engine.log, HasSubstr("HERE=there\nPATH=(unset)\n"));
}

TEST_F(Supervising, AProgramThatCannotBeExecutedIsNamed) {
  LaunchPlan plan = Plan("");
  plan.program = Path("absent");
  supervisor_->Start("a", plan, clock_.Now());
  const ObservedEngine engine = engines_.AwaitEnd("a");
  ASSERT_TRUE(engine.end.has_value());
  EXPECT_FALSE(engine.started.has_value());
  EXPECT_THAT(engine.end->Describe(), HasSubstr("absent: No such file or directory"));
}

TEST_F(Supervising, ACrashIsToldBySignal) {
  Start("a", "event {}\nabort\n");
  const ObservedEngine engine = engines_.AwaitEnd("a");
  EXPECT_EQ(engine.end->signal, SIGABRT);
  EXPECT_EQ(engine.end->Describe(), "killed by signal 6");
  EXPECT_THAT(engine.events, SizeIs(1));
}

TEST_F(Supervising, AnOverlongLineAndACutOneAreNoticesAndTheRestIsRead) {
  Start("a", "event one\nraw 5000\nnewline\nevent two\nraw 7\n");
  const ObservedEngine engine = engines_.AwaitEnd("a");
  EXPECT_THAT(engine.events, ElementsAre("one", "two"));
  EXPECT_THAT(engine.malformed, ElementsAre(HasSubstr("5000 bytes"), HasSubstr("7 bytes")));
}

TEST_F(Supervising, MuchOutputArrivesWhole) {
  std::string script;
  for (int i = 0; i < 20000; ++i) script += "event " + std::string(90, 'a') + "\n";
  Start("a", script);
  EXPECT_THAT(engines_.AwaitEnd("a").events, SizeIs(20000));
}

TEST_F(Supervising, RenewalsAndCommandsArriveInOrder) {
  Start("a", "await-commands 1\nawait-commands 1\n");
  supervisor_->Renew("a", clock_.Now() + std::chrono::milliseconds(12500));
  engines_.AwaitLog("a", "command:");
  supervisor_->Command("a", "{\"adjust\":{\"steps\":7}}");
  const ObservedEngine engine = engines_.AwaitEnd("a");
  EXPECT_EQ(engine.log, "command: {\"renew\":{\"seconds\":12.500000}}\ncommand: {\"adjust\":{\"steps\":7}}\n");
}

// The pipe holds 64 KiB; behind it commands are bounded and renewals replace each other, and the supervisor stays free.
TEST_F(Supervising, AnEngineThatDoesNotReadBlocksNobody) {
  Start("deaf", "hang\n");
  engines_.Await("deaf", [](const ObservedEngine& e) { return e.started.has_value(); });
  for (int i = 0; i < 100; ++i) {
    supervisor_->Command("deaf", std::string(4000, 'x'));
    supervisor_->Renew("deaf", clock_.Now() + std::chrono::minutes(1));
  }
  Start("b", "event {}\n");
  EXPECT_EQ(engines_.AwaitEnd("b").end->exit_code, 0);
  const ObservedEngine deaf = engines_.Await("deaf", [](const ObservedEngine& e) { return !e.malformed.empty(); });
  EXPECT_THAT(deaf.malformed.front(), HasSubstr("unread commands"));
}

TEST_F(Supervising, SigtermLetsAnEngineFinish) {
  Start("a", "log ready\nawait-term\nevent {\"sequence\":9}\nexit 0\n");
  engines_.AwaitLog("a", "ready");
  supervisor_->Stop("a", std::chrono::seconds(10));
  const ObservedEngine engine = engines_.AwaitEnd("a");
  EXPECT_EQ(engine.end->exit_code, 0);
  EXPECT_EQ(engine.end->stop_cause, StopCause::kAsked);
  EXPECT_THAT(engine.events, SizeIs(1));
}

TEST_F(Supervising, SigkillFollowsWhenTheGraceIsOver) {
  Start("a", "ignore-term\nlog ready\nhang\n");
  engines_.AwaitLog("a", "ready");
  supervisor_->Stop("a", std::chrono::seconds(10));
  clock_.Advance(std::chrono::seconds(9));
  supervisor_->Wake();
  Start("b", "exit 0\n");
  engines_.AwaitEnd("b");
  EXPECT_FALSE(engines_.Await("a", [](const ObservedEngine&) { return true; }).end.has_value());
  clock_.Advance(std::chrono::seconds(2));
  supervisor_->Wake();
  const ObservedEngine engine = engines_.AwaitEnd("a");
  EXPECT_EQ(engine.end->signal, SIGKILL);
  EXPECT_EQ(engine.end->stop_cause, StopCause::kGraceOver);
}

TEST_F(Supervising, AnEngineThatOutlivesItsLeaseIsKilledUnlessRenewed) {
  Start("a", "ignore-term\nlog ready\nhang\n");
  engines_.AwaitLog("a", "ready");
  supervisor_->Renew("a", clock_.Now() + std::chrono::minutes(3));
  clock_.Advance(std::chrono::seconds(190));
  supervisor_->Wake();
  Start("b", "exit 0\n");
  engines_.AwaitEnd("b");
  EXPECT_FALSE(engines_.Await("a", [](const ObservedEngine&) { return true; }).end.has_value());
  clock_.Advance(settings_.limits.lease_overrun);
  supervisor_->Wake();
  EXPECT_EQ(engines_.AwaitEnd("a").end->stop_cause, StopCause::kLeaseOverrun);
}

TEST_F(Supervising, TheWholeGroupDiesWithItsLeader) {
  Start("a", "child " + Path("child") + "\nexit 0\n");
  EXPECT_EQ(engines_.AwaitEnd("a").end->exit_code, 0);
  EXPECT_TRUE(Dies(PidIn("child")));
}

TEST_F(Supervising, KillingTakesTheWholeGroup) {
  Start("a", "child " + Path("child") + "\nignore-term\nhang\n");
  const pid_t child = PidIn("child");
  supervisor_->Kill("a");
  const ObservedEngine engine = engines_.AwaitEnd("a");
  EXPECT_EQ(engine.end->signal, SIGKILL);
  EXPECT_EQ(engine.end->stop_cause, StopCause::kKilled);
  EXPECT_TRUE(Dies(child));
}

TEST_F(Supervising, NoZombieIsLeft) {
  for (int i = 0; i < 20; ++i) Start("e" + std::to_string(i), i % 2 == 0 ? "exit 0\n" : "abort\n");
  for (int i = 0; i < 20; ++i) {
    const ObservedEngine engine = engines_.AwaitEnd("e" + std::to_string(i));
    ASSERT_TRUE(engine.end.has_value());
  }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(Supervising, OrphansOfAnEngineAreReapedWhereTheDaemonInheritsThem) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  Start("a", "child " + Path("child") + "\nexit 0\n");
  engines_.AwaitEnd("a");
  const pid_t child = PidIn("child");
  for (int i = 0; i < 10000 && kill(child, 0) == 0; ++i) usleep(2000);
  EXPECT_EQ(kill(child, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_F(Supervising, ShutdownEndsEveryEngineAndTellsIt) {
  Start("a", "ignore-term\nlog ready\nhang\n");
  const pid_t pid = engines_.AwaitLog("a", "ready").pid;
  supervisor_->Shutdown();
  supervisor_->Shutdown();
  EXPECT_EQ(engines_.AwaitEnd("a").end->stop_cause, StopCause::kKilled);
  EXPECT_TRUE(IsDead(pid));
}

TEST_F(Supervising, TheLeaseDescriptorEndsWhenTheSupervisorGoes) {
  Start("a", "log ready\nawait-end-of-lease\nlog ended\nhang\n");
  engines_.AwaitLog("a", "ready");
  supervisor_->Stop("unknown", std::chrono::seconds(1));
  supervisor_->Shutdown();
  EXPECT_TRUE(engines_.AwaitEnd("a").end.has_value());
}

// A process in the daemon's place starts an engine by Launch and is killed; the engine must go with it at once.
TEST_F(Supervising, AnEngineDiesWithADaemonThatIsKilled) {
  const LaunchPlan plan = Plan("ignore-term\nchild " + Path("child") + "\nhang\n");
  const pid_t daemon = fork();
  if (daemon == 0) {
    const auto launched = Launch(plan);
    std::ofstream(Path("engine.part")) << (launched.ok() ? launched->pid : -1);
    std::filesystem::rename(Path("engine.part"), Path("engine"));
    while (true) pause();
  }
  const pid_t engine = PidIn("engine");
  const pid_t child = PidIn("child");
  ASSERT_GT(engine, 0);
  EXPECT_FALSE(IsDead(engine));
  kill(daemon, SIGKILL);
  waitpid(daemon, nullptr, 0);
  EXPECT_TRUE(Dies(engine));
  // The engine's own child is not its parent's child; the group, or on a restart the control group, takes it.
  kill(child, SIGKILL);
}

TEST_F(Supervising, ManyThreadsMayAskAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> ended = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) {
        const std::string id = std::to_string(t) + "." + std::to_string(i);
        LaunchPlan plan{SCRIPTED_ENGINE, {"run", "--job", "/dev/null"}, {}, "/", {}};
        supervisor_->Start(id, plan, clock_.Now() + std::chrono::minutes(1));
        supervisor_->Renew(id, clock_.Now() + std::chrono::minutes(2));
        supervisor_->Stop(id, std::chrono::seconds(1));
        ended += engines_.AwaitEnd(id).end.has_value() ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ended, 20);
}

TEST(ControlGroup, IsRefusedWithAReasonOutsideOfCgroupV2) {
  std::string pattern = (std::filesystem::temp_directory_path() / "interneg-group-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  const auto group = ControlGroup::Make(folder.string(), "engine");
  ASSERT_FALSE(group.ok());
  EXPECT_THAT(group.status().ToString(), HasSubstr("cgroup.kill"));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

TEST(ControlGroup, KillsWhatLeftTheProcessGroup) {
  const auto parent = OwnControlGroupFolder();
  if (!parent.ok()) GTEST_SKIP() << "no control group to use: " << parent.status();
  auto group = ControlGroup::Make(*parent, "interneg-test-" + std::to_string(getpid()));
  if (!group.ok()) GTEST_SKIP() << "no control group to use: " << group.status();
  const pid_t pid = fork();
  if (pid == 0) {
    setsid();
    while (true) pause();
  }
  (*group)->Add(pid);
  (*group)->Kill();
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status));
}

}  // namespace
}  // namespace interneg::supervision
