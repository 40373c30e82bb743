// The daemon as a program: started, stopped, frozen and killed as an operator or a kernel would.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/worker/session/fake_server.h"
#include "worker/spool/sha256.h"

namespace interneg::session {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kTask[] = "0b6c2f0e-1111-4222-8333-444455556666";

class Daemon : public ::testing::Test {
 protected:
  Daemon() {
    std::string pattern = (std::filesystem::temp_directory_path() / "interneg-daemon-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::ofstream(Path("token")) << "secret\n";
    std::filesystem::permissions(Path("token"), std::filesystem::perms::owner_read);
  }
  ~Daemon() override {
    for (const pid_t pid : started_) kill(pid, SIGKILL);
    for (const pid_t pid : started_) waitpid(pid, nullptr, 0);
    if (HasFailure()) std::cerr << FileText(Path("daemon.log"));
    server_.Stop();
    std::filesystem::remove_all(folder_);
  }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string Scratch(const std::string& name) const {
    return Path(absl::StrCat("state/spool/", kTask, ".1/scratch/", name));
  }
  static std::string FileText(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  pid_t Start(std::vector<std::string> more = {}, const std::string& log = "daemon.log") {
    std::vector<std::string> arguments = {WORKER, "--server", server_.address(), "--token-file", Path("token"),
                                          "--name", "w", "--root", "local=/", "--engine", SCRIPTED_ENGINE,
                                          "--state-dir", Path("state"), "--cpu-slots", "1", "--stop-grace", "20"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    const std::string log_path = Path(log);
    const pid_t pid = fork();
    if (pid == 0) {
      if (freopen(log_path.c_str(), "a", stderr) == nullptr) _exit(99);
      execv(pointers[0], pointers.data());
      _exit(98);
    }
    started_.push_back(pid);
    return pid;
  }
  int ExitCode(pid_t pid) {
    int status = 0;
    waitpid(pid, &status, 0);
    std::erase(started_, pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  void OfferWhenConnected(const std::string& script) {
    ASSERT_TRUE(server_.Await([](const ServerState& s) { return !s.heartbeats.empty(); }));
    v1::Offer offer;
    offer.mutable_attempt()->set_task_id(kTask);
    offer.mutable_attempt()->set_attempt_no(1);
    offer.mutable_attempt()->set_token("t");
    offer.set_spec(script);
    offer.set_spec_sha256(spool::Sha256Hex(script));
    offer.set_device_uuid("cpu:w:0");
    offer.mutable_assignment()->set_kind(v1::TASK_KIND_TRAIN);
    server_.SendOffer(offer);
  }
  bool AwaitResult() {
    return server_.Await([](const ServerState& s) { return !s.results.empty(); });
  }
  static bool AwaitTrue(const std::function<bool()>& condition) {
    for (int i = 0; i < 10000 && !condition(); ++i) usleep(2000);
    return condition();
  }
  bool AwaitEngine() {
    return AwaitTrue([&] { return std::filesystem::exists(Scratch("pid")); });
  }
  pid_t EnginePid() {
    const std::string log = FileText(Path(absl::StrCat("state/spool/", kTask, ".1/log")));
    const std::size_t at = log.find("process: ");
    return at == std::string::npos ? -1 : std::stoi(log.substr(at + 9));
  }
  static bool IsDead(pid_t pid) {
    const std::string stat = FileText(absl::StrCat("/proc/", pid, "/stat"));
    const std::size_t end = stat.rfind(')');
    return end == std::string::npos || stat.at(end + 2) == 'Z' || stat.at(end + 2) == 'X';
  }

  std::filesystem::path folder_;
  FakeServer server_;
  std::vector<pid_t> started_;
};

TEST_F(Daemon, SigtermHandsTheWorkBackAndExitsWithZero) {
  const pid_t daemon = Start();
  OfferWhenConnected("process\nfile pid 1\nawait-term\nevent {\"sequence\":1,\"result\":{\"outcome\":\"ENGINE_OUTCOME_PREEMPTED\"}}\n");
  ASSERT_TRUE(AwaitEngine());
  kill(daemon, SIGTERM);
  EXPECT_EQ(ExitCode(daemon), 0);
  const ServerState seen = server_.Look();
  ASSERT_THAT(seen.results, SizeIs(1));
  EXPECT_EQ(seen.results[0].result().outcome(), v1::ENGINE_OUTCOME_PREEMPTED);
  EXPECT_EQ(seen.authorization, "Bearer secret");
  EXPECT_FALSE(std::filesystem::exists(Scratch("pid")));
}

TEST_F(Daemon, ASecondOneOnTheSameStateFolderIsRefused) {
  Start();
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return !s.heartbeats.empty(); }));
  EXPECT_EQ(ExitCode(Start({}, "second.log")), 1);
  EXPECT_THAT(FileText(Path("second.log")), HasSubstr("is used by another interneg-worker"));
}

TEST_F(Daemon, AnEngineDiesWithADaemonThatIsKilledAndItsWorkIsHandedBackByTheNext) {
  const pid_t daemon = Start();
  OfferWhenConnected("ignore-term\nprocess\nfile pid 1\nhang\n");
  ASSERT_TRUE(AwaitEngine());
  ASSERT_TRUE(AwaitTrue([&] { return EnginePid() > 0; }));
  const pid_t engine = EnginePid();
  kill(daemon, SIGKILL);
  EXPECT_EQ(ExitCode(daemon), 1000 + SIGKILL);
  EXPECT_TRUE(AwaitTrue([&] { return IsDead(engine); }));
  Start();
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().results[0].result().outcome(), v1::ENGINE_OUTCOME_PREEMPTED);
  EXPECT_EQ(server_.Look().hellos.back().unacknowledged_size(), 1);
}

TEST_F(Daemon, AFrozenDaemonLeavesNoEngineBeyondItsLeaseAndReconcilesWhenItWakes) {
  server_.Change([](ServerState& s) { s.lease_seconds = 0.5; });
  const pid_t daemon = Start();
  OfferWhenConnected("process\nfile pid 1\nkeep-lease\n");
  ASSERT_TRUE(AwaitEngine());
  ASSERT_TRUE(AwaitTrue([&] { return EnginePid() > 0; }));
  const pid_t engine = EnginePid();
  const std::size_t heartbeats = server_.Look().heartbeats.size();
  ASSERT_TRUE(server_.Await([&](const ServerState& s) { return s.heartbeats.size() > heartbeats + 40; }));
  ASSERT_FALSE(IsDead(engine));
  kill(daemon, SIGSTOP);
  EXPECT_TRUE(AwaitTrue([&] { return IsDead(engine); }));
  kill(daemon, SIGCONT);
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().results[0].result().outcome(), v1::ENGINE_OUTCOME_PREEMPTED);
  EXPECT_THAT(server_.Look().results[0].process_end(), HasSubstr("75"));
}

TEST_F(Daemon, BadOptionsAreNamedWithTheRemedy) {
  EXPECT_EQ(ExitCode(Start({"--root", "plain"}, "root.log")), 2);
  EXPECT_THAT(FileText(Path("root.log")), HasSubstr("name=/folder"));
  std::filesystem::permissions(Path("token"), std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  EXPECT_EQ(ExitCode(Start({}, "token.log")), 1);
  EXPECT_THAT(FileText(Path("token.log")), HasSubstr("chmod 600"));
}

TEST_F(Daemon, OptionsMayStandInAFile) {
  std::ofstream(Path("worker.toml")) << "pool = \"night\"\ntag = [\"fast\", \"big\"]\n";
  Start({"--config", Path("worker.toml")});
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return !s.hellos.empty(); }));
  EXPECT_EQ(server_.Look().hellos[0].pool(), "night");
  EXPECT_EQ(server_.Look().hellos[0].tags_size(), 2);
}

}  // namespace
}  // namespace interneg::session
