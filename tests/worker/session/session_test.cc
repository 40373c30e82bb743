#include "worker/session/session.h"

#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "spdlog/sinks/ostream_sink.h"
#include "tests/worker/session/fake_server.h"
#include "worker/spool/sha256.h"

namespace interneg::session {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kTask[] = "0b6c2f0e-1111-4222-8333-444455556666";

// A worker with two CPU slots, a real supervisor and real engine processes that follow a script, against a server in
// this process over loopback. Times are short but real; every wait is for a condition.
class Session : public ::testing::Test {
 protected:
  Session() {
    std::string pattern = (std::filesystem::temp_directory_path() / "interneg-session-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    settings_.name = "w";
    settings_.incarnation = "first";
    settings_.version = "test";
    settings_.engine.program = SCRIPTED_ENGINE;
    settings_.engine.roots = {{"local", "/"}};
    settings_.engine.stop_grace = std::chrono::seconds(10);
    settings_.reconnect = {std::chrono::milliseconds(5), std::chrono::milliseconds(50)};
    settings_.courier.backoff = {std::chrono::milliseconds(5), std::chrono::milliseconds(50)};
    settings_.courier.batch_interval = std::chrono::milliseconds(10);
    auto devices = supervision::DeviceInventory::Make({"w", 2, "libabsent.so.9"});
    EXPECT_TRUE(devices.ok()) << devices.status();
    devices_ = std::move(*devices);
    auto opened = spool::ArtifactCache::Open(storage_, Path("cache"), 1U << 30);
    EXPECT_TRUE(opened.ok()) << opened.status();
    cache_ = std::move(*opened);
  }
  ~Session() override {
    if (HasFailure()) std::cerr << log_text_.str();
    KillWorker();
    server_.Stop();
    std::filesystem::remove_all(folder_);
  }

  void StartWorker() {
    auto opened = spool::Spool::Open(storage_, Path("spool"));
    ASSERT_TRUE(opened.ok()) << opened.status();
    spool_ = std::move(opened->spool);
    auto connection = Connection::Open({server_.address(), "", "", "", ""});
    ASSERT_TRUE(connection.ok()) << connection.status();
    connection_ = std::move(*connection);
    session_ = std::make_unique<WorkerSession>(
        SessionParts{*connection_, *spool_, *cache_, *devices_, clock_, [] { return 0.5; }, log_, meter_}, settings_);
    session_->Start();
  }
  // As a crash would: nothing is handed back, engines die.
  void KillWorker() {
    session_.reset();
    connection_.reset();
    spool_.reset();
  }
  void RestartWorker() {
    KillWorker();
    settings_.incarnation = "second";
    StartWorker();
  }

  static v1::Offer Offer(const std::string& script, std::uint32_t attempt_no = 1, const std::string& device = "cpu:w:0") {
    v1::Offer offer;
    offer.mutable_attempt()->set_task_id(kTask);
    offer.mutable_attempt()->set_attempt_no(attempt_no);
    offer.mutable_attempt()->set_token(absl::StrCat("token-", attempt_no));
    offer.set_spec(script);
    offer.set_spec_sha256(spool::Sha256Hex(script));
    offer.set_device_uuid(device);
    offer.mutable_assignment()->set_task_id(kTask);
    offer.mutable_assignment()->set_attempt_no(attempt_no);
    offer.mutable_assignment()->set_kind(v1::TASK_KIND_TRAIN);
    return offer;
  }
  static std::string Id(std::uint32_t attempt_no = 1) { return absl::StrCat(kTask, ".", attempt_no); }

  void OfferWhenConnected(const v1::Offer& offer) {
    ASSERT_TRUE(server_.Await([](const ServerState& s) { return !s.heartbeats.empty(); }));
    server_.SendOffer(offer);
  }
  bool AwaitResult(std::size_t count = 1) {
    return server_.Await([count](const ServerState& s) { return s.results.size() >= count; });
  }
  bool AwaitEvents(std::size_t count, std::uint32_t attempt_no = 1) {
    return server_.Await([&](const ServerState& s) {
      const auto found = s.events.find(Id(attempt_no));
      return found != s.events.end() && found->second.size() >= count;
    });
  }
  bool AwaitLog(const std::string& text, std::uint32_t attempt_no = 1) {
    return server_.Await([&](const ServerState& s) {
      const auto found = s.logs.find(Id(attempt_no));
      return found != s.logs.end() && found->second.find(text) != std::string::npos;
    });
  }
  static bool AwaitTrue(const std::function<bool()>& condition) {
    for (int i = 0; i < 10000 && !condition(); ++i) usleep(2000);
    return condition();
  }
  bool AwaitFile(const std::string& path) {
    return AwaitTrue([&] { return std::filesystem::exists(path); });
  }
  bool AwaitEmptySpool() {
    return AwaitTrue([&] { return spool_->Entries().empty(); });
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string Scratch(const std::string& name, std::uint32_t attempt_no = 1) const {
    return Path(absl::StrCat("spool/", Id(attempt_no), "/scratch/", name));
  }
  void Touch(const std::string& name) const { std::ofstream(Path(name)) << "x"; }
  std::string TextOf(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void SendStop(double grace_seconds) {
    v1::AttachResponse message;
    *message.mutable_stop()->mutable_attempt() = Offer("").attempt();
    message.mutable_stop()->set_grace_seconds(grace_seconds);
    message.mutable_stop()->set_reason(v1::STOP_REASON_CANCELLED);
    server_.Send(message);
  }
  // What is sent to a worker arrives in order: this one's answer tells that all before has.
  bool AwaitAllReceived() {
    const std::size_t before = server_.Look().rejects.size();
    server_.SendOffer(Offer("", 99, "GPU-absent"));
    return server_.Await([&](const ServerState& s) { return s.rejects.size() > before; });
  }
  void AddRoot(const std::string& name) {
    std::filesystem::create_directory(Path(name));
    settings_.engine.roots[name] = Path(name);
  }

  static std::string Loss(int sequence) {
    return absl::StrCat("event {\"sequence\":", sequence, ",\"loss\":{\"step\":", sequence, ",\"loss\":0.5}}\n");
  }
  static std::string Succeeded(int sequence) {
    return absl::StrCat("event {\"sequence\":", sequence, ",\"result\":{\"outcome\":\"ENGINE_OUTCOME_SUCCEEDED\"}}\n");
  }
  static std::string Preempted(int sequence) {
    return absl::StrCat("event {\"sequence\":", sequence, ",\"result\":{\"outcome\":\"ENGINE_OUTCOME_PREEMPTED\"}}\n");
  }
  // Writes the file and tells it as a checkpoint.
  static std::string Checkpoint(int sequence, const std::string& name, std::size_t size) {
    return absl::StrCat("file ", name, " ", size, "\nevent {\"sequence\":", sequence,
                        ",\"checkpoint\":{\"file\":{\"name\":\"", name, "\",\"sizeBytes\":\"", size, "\",\"sha256\":\"",
                        spool::Sha256Hex(std::string(size, name[0])), "\"},\"step\":7}}\n");
  }

  std::filesystem::path folder_;
  std::ostringstream log_text_;
  spdlog::logger log_{"test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_text_)};
  FakeServer server_;
  supervision::SystemBootClock clock_;
  spool::DiskStorage storage_;
  SessionMeter meter_;
  SessionSettings settings_;
  std::unique_ptr<supervision::DeviceInventory> devices_;
  std::unique_ptr<spool::ArtifactCache> cache_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<WorkerSession> session_;
};

TEST_F(Session, AnAttemptGoesFromOfferToAcknowledgement) {
  StartWorker();
  OfferWhenConnected(Offer("event {\"sequence\":1,\"started\":{\"device\":\"cpu\"}}\nlog hello\n" + Loss(2) +
                           "event {\"sequence\":3,\"progress\":{\"phase\":\"training\",\"done\":5}}\n" +
                           Checkpoint(4, "checkpoint-7", 100) + Loss(5) + Succeeded(6)));
  ASSERT_TRUE(AwaitResult());
  EXPECT_TRUE(AwaitEmptySpool());
  const ServerState seen = server_.Look();
  ASSERT_THAT(seen.hellos, SizeIs(1));
  EXPECT_EQ(seen.hellos[0].devices_size(), 2);
  EXPECT_EQ(seen.hellos[0].devices(1).uuid(), "cpu:w:1");
  EXPECT_EQ(seen.hellos[0].roots(0), "local");
  ASSERT_THAT(seen.accepts, SizeIs(1));
  EXPECT_EQ(seen.accepts[0].attempt().token(), "token-1");
  std::vector<std::uint32_t> sequences;
  for (const auto& event : seen.events.at(Id())) sequences.push_back(event.sequence());
  EXPECT_THAT(sequences, ElementsAre(1, 2, 4, 5));
  EXPECT_EQ(seen.results[0].result().outcome(), v1::ENGINE_OUTCOME_SUCCEEDED);
  EXPECT_EQ(seen.results[0].attempt().token(), "token-1");
  EXPECT_EQ(seen.logs.at(Id()), "hello\n");
  EXPECT_EQ(seen.artifacts.at(spool::Sha256Hex(std::string(100, 'c'))), std::string(100, 'c'));
  EXPECT_EQ(seen.uploads_begun[0].kind(), "checkpoint");
  EXPECT_EQ(seen.uploads_begun[0].step(), 7U);
  // The latest wins: "starting" may have been replaced before it was sent.
  ASSERT_THAT(seen.progress, Not(IsEmpty()));
  EXPECT_EQ(seen.progress.back().progress().phase(), "training");
  // The file before the event that names it; the result last.
  const auto position = [&](const std::string& part) {
    for (std::size_t i = 0; i < seen.order.size(); ++i) {
      if (seen.order[i].find(part) != std::string::npos) return i;
    }
    return seen.order.size();
  };
  EXPECT_LT(position("upload checkpoint-7"), position("-5"));
  EXPECT_EQ(seen.order.back(), "result " + Id());
}

TEST_F(Session, TheJobsBytesArePassedUntouchedAndTheAssignmentIsCompleted) {
  StartWorker();
  v1::Offer offer = Offer("log r\xC3\xA4ttsel \xFF\nfile seen 1\nawait-file " + Path("go") + "\n" + Succeeded(1), 1, "cpu:w:1");
  offer.mutable_assignment()->set_frames("1-10");
  OfferWhenConnected(offer);
  ASSERT_TRUE(AwaitFile(Scratch("seen")));
  std::ifstream job(Path(absl::StrCat("spool/", Id(), "/job.json")), std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(job), {}), offer.spec());
  std::ifstream assignment(Path(absl::StrCat("spool/", Id(), "/assignment.json")));
  const std::string text(std::istreambuf_iterator<char>(assignment), {});
  EXPECT_THAT(text, HasSubstr("\"frames\":\"1-10\""));
  EXPECT_THAT(text, HasSubstr("\"roots\":[{\"name\":\"local\",\"folder\":\"/\"}]"));
  EXPECT_THAT(text, HasSubstr("\"deviceKind\":\"DEVICE_KIND_CPU\""));
  EXPECT_THAT(text, HasSubstr("\"leaseSeconds\":30"));
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().logs.at(Id()), "r\xC3\xA4ttsel ?\n");
}

TEST_F(Session, ARepeatedOfferIsAcceptedAgainAndRunsOnce) {
  StartWorker();
  const v1::Offer offer = Offer(Loss(1) + "await-file " + Path("go") + "\n" + Succeeded(2));
  OfferWhenConnected(offer);
  ASSERT_TRUE(AwaitEvents(1));
  server_.SendOffer(offer);
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return s.accepts.size() == 2; }));
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  EXPECT_TRUE(AwaitEmptySpool());
  EXPECT_THAT(server_.Look().results, SizeIs(1));
}

TEST_F(Session, OffersThatCannotBeTakenAreRejectedWithAReason) {
  StartWorker();
  v1::Offer changed = Offer("exit 0\n", 1);
  changed.set_spec("exit 1\n");
  OfferWhenConnected(changed);
  server_.SendOffer(Offer("exit 0\n", 2, "GPU-absent"));
  server_.SendOffer(Offer("hang\n", 3));
  server_.SendOffer(Offer("exit 0\n", 4));
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return s.rejects.size() == 3; }));
  const ServerState seen = server_.Look();
  EXPECT_THAT(seen.rejects[0].reason(), HasSubstr("hash"));
  EXPECT_THAT(seen.rejects[1].reason(), HasSubstr("GPU-absent"));
  EXPECT_THAT(seen.rejects[2].reason(), HasSubstr("works for"));
}

// An unmounted share must not make a worker that fails every task in a moment and is free for the next at once; nor one
// that refuses what needs other roots.
TEST_F(Session, ARootThatIsNotThereIsNotAnnounced) {
  settings_.roots.interval = std::chrono::milliseconds(5);
  AddRoot("scans");
  StartWorker();
  const auto announced = [this](std::vector<std::string> names) {
    return server_.Await([&](const ServerState& s) {
      return !s.hellos.empty() && std::vector<std::string>(s.hellos.back().roots().begin(), s.hellos.back().roots().end()) == names;
    });
  };
  ASSERT_TRUE(announced({"local", "scans"}));
  std::filesystem::remove(Path("scans"));
  ASSERT_TRUE(announced({"local"}));
  OfferWhenConnected(Offer("file seen 1\nawait-file " + Path("go") + "\n" + Succeeded(1), 1));
  ASSERT_TRUE(AwaitFile(Scratch("seen")));
  // The engine opens every root that it is given.
  EXPECT_THAT(TextOf("spool/" + Id() + "/assignment.json"), HasSubstr("\"roots\":[{\"name\":\"local\",\"folder\":\"/\"}]"));
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  std::filesystem::create_directory(Path("scans"));
  EXPECT_TRUE(announced({"local", "scans"}));
}

// The watch has not noticed yet when the engine fails: the verdict needs a look of its own.
TEST_F(Session, WhatFailsSinceARootWentIsHandedBack) {
  settings_.roots.interval = std::chrono::hours(1);
  AddRoot("scans");
  StartWorker();
  const auto failing = [this](const std::string& go, const std::string& kind) {
    return Loss(1) + "await-file " + Path(go) + "\nevent {\"sequence\":2,\"result\":{\"outcome\":\"ENGINE_OUTCOME_FAILED\"," +
           "\"failure\":{\"kind\":\"FAILURE_KIND_" + kind + "\",\"message\":\"frame 7 is missing\"}}}\n";
  };
  OfferWhenConnected(Offer(failing("go", "BAD_INPUT"), 1));
  server_.SendOffer(Offer(failing("gone", "BAD_INPUT"), 2, "cpu:w:1"));
  server_.SendOffer(Offer(failing("gone", "STORAGE"), 3, ""));
  server_.SendOffer(Offer(failing("gone", "DIVERGED"), 4, ""));
  for (const std::uint32_t no : {1U, 2U, 3U, 4U}) ASSERT_TRUE(AwaitEvents(1, no));
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().results[0].result().outcome(), v1::ENGINE_OUTCOME_FAILED) << "every root was there";
  std::filesystem::remove(Path("scans"));
  Touch("gone");
  ASSERT_TRUE(AwaitResult(4));
  for (const v1::Result& result : server_.Look().results) {
    if (result.attempt().attempt_no() == 1) continue;
    const bool verdict = result.attempt().attempt_no() == 4;
    EXPECT_EQ(result.result().outcome(), verdict ? v1::ENGINE_OUTCOME_FAILED : v1::ENGINE_OUTCOME_PREEMPTED)
        << NameOf(result.attempt());
    EXPECT_EQ(result.process_end().find("scans") == std::string::npos, verdict) << result.process_end();
  }
}

TEST_F(Session, ARootThatIsAbsentAtTheStartIsInTheLog) {
  settings_.engine.roots["scans"] = Path("scans");
  StartWorker();
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return !s.heartbeats.empty(); }));
  KillWorker();
  EXPECT_THAT(log_text_.str(), HasSubstr("root scans: " + Path("scans") + " cannot be reached"));
}

// Shares that a test makes hang, come and go.
class Shares {
 public:
  RootSighting Look(const std::string& folder) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !hanging_.contains(folder); });
    return {absent_.contains(folder) ? ENOENT : 0, false};
  }
  void Hang(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    hanging_.insert(folder);
  }
  void Answer() {
    const std::lock_guard lock(mutex_);
    hanging_.clear();
    changed_.notify_all();
  }
  void Remove(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    absent_.insert(folder);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> hanging_;
  std::set<std::string> absent_;
};

TEST(RootWatch, AShareThatHangsHidesNothingOfTheOthers) {
  // The threads may outlive the watch.
  const auto shares = std::make_shared<Shares>();
  shares->Hang("/a");
  const auto look = [shares](const std::string& folder) { return shares->Look(folder); };
  RootWatch watch({{"a", "/a"}, {"b", "/b"}, {"c", "/c"}},
                  {std::chrono::milliseconds(5), std::chrono::milliseconds(100), look});
  EXPECT_THAT(watch.Present(), ElementsAre("b", "c"));
  shares->Remove("/c");
  EXPECT_THAT(watch.LookAnew(), ElementsAre("b"));
  EXPECT_THAT(watch.Trouble(), HasSubstr("root a: /a does not answer"));
  EXPECT_THAT(watch.Trouble(), HasSubstr("root c: /c cannot be reached"));
  shares->Answer();
  for (int i = 0; i < 10000 && watch.Present().size() < 2; ++i) usleep(2000);
  EXPECT_THAT(watch.Present(), ElementsAre("a", "b"));
}

TEST(RootWatch, AShareThatIsNotMountedAnyMoreIsNotThere) {
  std::string pattern = (std::filesystem::temp_directory_path() / "interneg-roots-XXXXXX").string();
  const std::string folder = mkdtemp(pattern.data());
  if (mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k") != 0) {
    std::filesystem::remove(folder);
    GTEST_SKIP() << "only root may mount";
  }
  const RootWatch watch({{"share", folder}}, {std::chrono::milliseconds(5), std::chrono::seconds(5)});
  EXPECT_THAT(watch.Present(), Contains("share"));
  ASSERT_EQ(umount(folder.c_str()), 0);
  for (int i = 0; i < 10000 && !watch.Present().empty(); ++i) usleep(2000);
  EXPECT_THAT(watch.Trouble(), HasSubstr("nothing mounted"));
  std::filesystem::remove(folder);
}

TEST_F(Session, ACancelledTrainingEndsThoughItsCheckpointCannotBeStored) {
  server_.Change([](ServerState& s) { s.fail_begin_upload.assign(1'000'000, grpc::StatusCode::RESOURCE_EXHAUSTED); });
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "await-term\n" + Checkpoint(2, "checkpoint-7", 10) + Preempted(3)));
  ASSERT_TRUE(AwaitEvents(1));
  SendStop(1);
  ASSERT_TRUE(AwaitResult());
  EXPECT_TRUE(AwaitEmptySpool());
  const ServerState seen = server_.Look();
  EXPECT_THAT(seen.uploads_begun, Not(IsEmpty())) << "the engine ended before it had made a checkpoint";
  EXPECT_THAT(seen.artifacts, IsEmpty());
  EXPECT_EQ(seen.results[0].result().outcome(), v1::ENGINE_OUTCOME_PREEMPTED);
  EXPECT_THAT(seen.results[0].process_end(), IsEmpty()) << "the engine's own word";
}

// A frame that is published stays published, whatever of its events arrives.
TEST_F(Session, AStopDoesNotUndoASuccessThatMadeNoCheckpoint) {
  server_.Change([](ServerState& s) { s.fail_events.assign(1'000'000, grpc::StatusCode::UNAVAILABLE); });
  StartWorker();
  v1::Offer offer = Offer(Loss(1) + Succeeded(2));
  offer.mutable_assignment()->set_kind(v1::TASK_KIND_PUBLISH);
  OfferWhenConnected(offer);
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return s.fail_events.size() < 999'990; }));
  SendStop(0.05);
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().results[0].result().outcome(), v1::ENGINE_OUTCOME_SUCCEEDED);
  EXPECT_TRUE(AwaitEmptySpool());
}

// The grace passes while the server is away: nothing could be delivered meanwhile.
TEST_F(Session, ADeliveryIsNotGivenUpForTheTimeWithoutASession) {
  server_.Change([](ServerState& s) { s.fail_begin_upload.assign(1'000'000, grpc::StatusCode::INTERNAL); });
  StartWorker();
  OfferWhenConnected(Offer(Checkpoint(1, "checkpoint-7", 10) + Succeeded(2)));
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return s.fail_begin_upload.size() < 999'990; }));
  const double grace_seconds = 1;
  SendStop(grace_seconds);
  ASSERT_TRUE(AwaitAllReceived());
  const auto over = clock_.Now() + supervision::FromSeconds(grace_seconds);
  server_.Stop();
  ASSERT_TRUE(AwaitTrue([&] { return clock_.Now() > over; }));
  server_.Change([](ServerState& s) { s.fail_begin_upload.clear(); });
  server_.Start();
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().results[0].result().outcome(), v1::ENGINE_OUTCOME_SUCCEEDED);
  EXPECT_THAT(server_.Look().artifacts, SizeIs(1));
}

TEST_F(Session, LightWorkWithoutADeviceRunsBesideTheRest) {
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "hang\n", 1));
  ASSERT_TRUE(AwaitEvents(1, 1));
  for (std::uint32_t no : {2U, 3U}) {
    server_.SendOffer(Offer("file seen 1\nawait-file " + Path("go") + "\n" + Succeeded(1), no, ""));
    ASSERT_TRUE(AwaitFile(Scratch("seen", no)));
  }
  EXPECT_THAT(server_.Look().rejects, IsEmpty());
  Touch("go");
  EXPECT_TRUE(AwaitResult(2));
}

TEST_F(Session, LeasesReachTheEngineAndSoDoAdjustments) {
  StartWorker();
  OfferWhenConnected(Offer("log ready\nawait-commands 5\nawait-file " + Path("go") + "\nawait-commands 400\n"));
  ASSERT_TRUE(AwaitLog("{\"renew\":{\"seconds\":"));
  v1::AttachResponse message;
  *message.mutable_adjust()->mutable_attempt() = Offer("").attempt();
  message.mutable_adjust()->mutable_adjust()->set_adjustment_no(3);
  message.mutable_adjust()->mutable_adjust()->set_learning_rate(0.25);
  server_.Send(message);
  Touch("go");
  EXPECT_TRUE(AwaitLog("command: {\"adjust\":{\"adjustmentNo\":3,\"learningRate\":0.25}}"));
}

TEST_F(Session, AnEngineOfAStaleAttemptIsKilledAndForgotten) {
  StartWorker();
  OfferWhenConnected(Offer("ignore-term\n" + Loss(1) + "hang\n"));
  ASSERT_TRUE(AwaitEvents(1));
  server_.Change([](ServerState& s) { s.stale.insert(Id()); });
  EXPECT_TRUE(AwaitEmptySpool());
  EXPECT_THAT(server_.Look().results, IsEmpty());
  // The device is free again.
  server_.SendOffer(Offer(Succeeded(1), 2));
  EXPECT_TRUE(AwaitResult());
}

TEST_F(Session, AReconnectedWorkerLearnsWhichAttemptsGoOn) {
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "await-file " + Path("go") + "\n" + Loss(2) + Succeeded(3), 1));
  server_.SendOffer(Offer(Loss(1) + "hang\n", 2, "cpu:w:1"));
  ASSERT_TRUE(AwaitEvents(1, 1) && AwaitEvents(1, 2));
  server_.Stop();
  server_.Change([](ServerState& s) { s.stale.insert(Id(2)); });
  server_.Start();
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return s.hellos.size() >= 2; }));
  EXPECT_EQ(server_.Look().hellos.back().running_size(), 2);
  EXPECT_TRUE(AwaitTrue([&] { return spool_->Entries().size() == 1; }));
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(NameOf(server_.Look().results[0].attempt()), Id(1));
  EXPECT_EQ(server_.Look().results[0].result().outcome(), v1::ENGINE_OUTCOME_SUCCEEDED);
}

TEST_F(Session, AnUnacknowledgedResultIsSentAgainAfterAReconnect) {
  server_.Change([](ServerState& s) { s.acknowledge_results = false; });
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + Succeeded(2)));
  ASSERT_TRUE(AwaitResult());
  server_.Stop();
  server_.Change([](ServerState& s) { s.acknowledge_results = true; });
  server_.Start();
  ASSERT_TRUE(AwaitResult(2));
  EXPECT_TRUE(AwaitEmptySpool());
  EXPECT_EQ(server_.Look().hellos.back().unacknowledged_size(), 1);
}

// A heartbeat and a result can cross: the renewal is answered after the result has ended the attempt.
TEST_F(Session, AnAttemptWhoseResultIsOnItsWayIsNotTakenForStale) {
  server_.Change([](ServerState& s) { s.acknowledge_results = false; });
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + Succeeded(2)));
  ASSERT_TRUE(AwaitResult());
  server_.Change([](ServerState& s) { s.stale.insert(Id()); });
  const std::size_t heartbeats = server_.Look().heartbeats.size();
  ASSERT_TRUE(server_.Await([&](const ServerState& s) { return s.heartbeats.size() > heartbeats + 3; }));
  EXPECT_THAT(spool_->Entries(), SizeIs(1));
  v1::AttachResponse message;
  *message.mutable_result_ack()->mutable_attempt() = Offer("").attempt();
  message.mutable_result_ack()->set_disposition(v1::RESULT_DISPOSITION_COMMITTED);
  server_.Send(message);
  EXPECT_TRUE(AwaitEmptySpool());
}

TEST_F(Session, AnUnacknowledgedResultSurvivesTheDaemon) {
  server_.Change([](ServerState& s) { s.acknowledge_results = false; });
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + Succeeded(2)));
  ASSERT_TRUE(AwaitResult());
  KillWorker();
  server_.Change([](ServerState& s) { s.acknowledge_results = true; });
  RestartWorker();
  ASSERT_TRUE(AwaitResult(2));
  EXPECT_TRUE(AwaitEmptySpool());
  const ServerState seen = server_.Look();
  EXPECT_EQ(seen.hellos.back().incarnation(), "second");
  EXPECT_EQ(seen.hellos.back().unacknowledged_size(), 1);
  EXPECT_EQ(seen.results.back().SerializeAsString(), seen.results.front().SerializeAsString());
  EXPECT_THAT(seen.events.at(Id()), SizeIs(1));
}

// The checkpoint was written but not uploaded when the daemon died; the next one brings it to the server, so that no more
// than the steps since are repeated.
TEST_F(Session, WorkOfAKilledDaemonIsHandedBackWithItsCheckpoints) {
  server_.Change([](ServerState& s) { s.fail_begin_upload.assign(1000, grpc::StatusCode::UNAVAILABLE); });
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + Checkpoint(2, "checkpoint-7", 3000) + "hang\n"));
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return !s.uploads_begun.empty(); }));
  KillWorker();
  server_.Change([](ServerState& s) { s.fail_begin_upload.clear(); });
  RestartWorker();
  ASSERT_TRUE(AwaitResult());
  EXPECT_TRUE(AwaitEmptySpool());
  const ServerState seen = server_.Look();
  EXPECT_EQ(seen.results[0].result().outcome(), v1::ENGINE_OUTCOME_PREEMPTED);
  EXPECT_TRUE(seen.artifacts.contains(spool::Sha256Hex(std::string(3000, 'c'))));
  EXPECT_TRUE(seen.events.at(Id()).back().has_checkpoint());
}

TEST_F(Session, LeftoversOfAStaleAttemptAreCleanedAfterReconciliation) {
  server_.Change([](ServerState& s) { s.acknowledge_results = false; });
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "file big 10\n" + Succeeded(2)));
  ASSERT_TRUE(AwaitResult());
  KillWorker();
  ASSERT_TRUE(std::filesystem::exists(Scratch("big")));
  server_.Change([](ServerState& s) { s.stale.insert(Id()); });
  RestartWorker();
  EXPECT_TRUE(AwaitEmptySpool());
  EXPECT_FALSE(std::filesystem::exists(Scratch("big")));
  EXPECT_THAT(server_.Look().results, SizeIs(1));
}

TEST_F(Session, ABrokenUploadGoesOnWhereItEnded) {
  server_.Change([](ServerState& s) { s.break_upload_at = 700000; });
  StartWorker();
  OfferWhenConnected(Offer(Checkpoint(1, "checkpoint-7", 2000000) + Succeeded(2)));
  ASSERT_TRUE(AwaitResult());
  const ServerState seen = server_.Look();
  EXPECT_THAT(seen.upload_offsets, ElementsAre(0, 700000));
  EXPECT_EQ(seen.artifacts.at(spool::Sha256Hex(std::string(2000000, 'c'))).size(), 2000000U);
  EXPECT_THAT(seen.events.at(Id()), SizeIs(1));
}

TEST_F(Session, FilesThatCannotBeStoredBecomeNotices) {
  StartWorker();
  std::string wrong = Checkpoint(1, "checkpoint-7", 10);
  wrong.replace(wrong.find("file checkpoint-7 10"), 20, "file checkpoint-7 11");
  std::string outside = Checkpoint(2, "checkpoint-8", 10);
  outside.replace(outside.find("\"name\":\"checkpoint-8\""), 21, "\"name\":\"../../secret\"");
  OfferWhenConnected(Offer(wrong + outside + Loss(3) + Succeeded(4)));
  ASSERT_TRUE(AwaitResult());
  const auto events = server_.Look().events.at(Id());
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_THAT(events[0].notice().text(), HasSubstr("does not have the hash"));
  EXPECT_THAT(events[1].notice().text(), HasSubstr("outside of the scratch folder"));
  EXPECT_THAT(server_.Look().artifacts, IsEmpty());
}

TEST_F(Session, ATrainingWhoseNewestCheckpointIsLostHasNotSucceeded) {
  StartWorker();
  std::string wrong = Checkpoint(1, "checkpoint-7", 10);
  wrong.replace(wrong.find("file checkpoint-7 10"), 20, "file checkpoint-7 11");
  OfferWhenConnected(Offer(wrong + Succeeded(2), 1));
  server_.SendOffer(Offer(wrong + Checkpoint(2, "checkpoint-8", 10) + Succeeded(3), 2, "cpu:w:1"));
  ASSERT_TRUE(AwaitResult(2));
  for (const v1::Result& result : server_.Look().results) {
    if (result.attempt().attempt_no() == 1) {
      EXPECT_EQ(result.result().outcome(), v1::ENGINE_OUTCOME_FAILED);
      EXPECT_EQ(result.result().failure().kind(), v1::FAILURE_KIND_STORAGE);
      EXPECT_THAT(result.result().failure().message(), HasSubstr("checkpoint-7"));
    } else {
      EXPECT_EQ(result.result().outcome(), v1::ENGINE_OUTCOME_SUCCEEDED) << "a later one replaced it";
    }
  }
}

TEST_F(Session, ACheckpointWaitsUntilTheServerHasRoom) {
  server_.Change([](ServerState& s) { s.fail_begin_upload.assign(20, grpc::StatusCode::RESOURCE_EXHAUSTED); });
  StartWorker();
  OfferWhenConnected(Offer(Checkpoint(1, "checkpoint-7", 10) + Succeeded(2)));
  ASSERT_TRUE(AwaitResult());
  EXPECT_THAT(server_.Look().artifacts, SizeIs(1));
  EXPECT_EQ(server_.Look().results.at(0).result().outcome(), v1::ENGINE_OUTCOME_SUCCEEDED);
}

TEST_F(Session, AStopAlsoEndsADeliveryThatDoesNotEnd) {
  server_.Change([](ServerState& s) { s.fail_begin_upload.assign(1'000'000, grpc::StatusCode::INTERNAL); });
  StartWorker();
  OfferWhenConnected(Offer(Checkpoint(1, "checkpoint-7", 10) + Succeeded(2)));
  ASSERT_TRUE(server_.Await([](const ServerState& s) { return s.fail_begin_upload.size() < 999'990; }));
  v1::AttachResponse message;
  *message.mutable_stop()->mutable_attempt() = Offer("").attempt();
  message.mutable_stop()->set_grace_seconds(0.05);
  message.mutable_stop()->set_reason(v1::STOP_REASON_CANCELLED);
  server_.Send(message);
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().results.at(0).result().outcome(), v1::ENGINE_OUTCOME_PREEMPTED);
  EXPECT_TRUE(AwaitEmptySpool());
}

TEST_F(Session, EventsAreTriedAgainAndARefusedOneDoesNotTakeTheOthersAlong) {
  using grpc::StatusCode;
  server_.Change([](ServerState& s) {
    s.fail_events = {StatusCode::UNAVAILABLE, StatusCode::RESOURCE_EXHAUSTED, StatusCode::UNAUTHENTICATED,
                     StatusCode::INVALID_ARGUMENT, StatusCode::INVALID_ARGUMENT};
  });
  StartWorker();
  OfferWhenConnected(Offer("await-file " + Path("go") + "\n" + Succeeded(4)));
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  server_.SendOffer(Offer(Loss(1) + Loss(2) + Loss(3) + Succeeded(4), 2));
  ASSERT_TRUE(AwaitResult(2));
  const auto events = server_.Look().events.at(Id(2));
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_TRUE(events[0].has_notice());
  EXPECT_TRUE(events[1].has_loss());
  EXPECT_TRUE(events[2].has_loss());
}

TEST_F(Session, GarbageFromAnEngineIsANoticeInItsLog) {
  StartWorker();
  OfferWhenConnected(Offer("event {\"sequence\":1,\nevent {\"sequence\":2,\"unheard\":{}}\nraw 20\nnewline\n" + Loss(3) + Succeeded(4)));
  ASSERT_TRUE(AwaitResult());
  const ServerState seen = server_.Look();
  EXPECT_THAT(seen.events.at(Id()), SizeIs(1));
  EXPECT_THAT(seen.logs.at(Id()), HasSubstr("interneg-worker: no engine event"));
  EXPECT_EQ(seen.results[0].result().outcome(), v1::ENGINE_OUTCOME_SUCCEEDED);
}

TEST_F(Session, ACrashIsReportedAsWhatEndedTheProcess) {
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "abort\n"));
  ASSERT_TRUE(AwaitResult());
  const v1::Result result = server_.Look().results[0];
  EXPECT_EQ(result.result().outcome(), v1::ENGINE_OUTCOME_UNSPECIFIED);
  EXPECT_EQ(result.process_end(), "killed by signal 6");
}

TEST_F(Session, CheckpointsAreFetchedOnceVerifiedAndTakenUpWhereTheyBroke) {
  const std::string bytes(5000, 'w');
  const std::string sha256 = spool::Sha256Hex(bytes);
  server_.Change([&](ServerState& s) { s.artifacts[sha256] = bytes, s.break_download_at = 2000; });
  StartWorker();
  v1::Offer offer = Offer("file seen 1\nawait-file " + Path("go") + "\n" + Succeeded(1));
  offer.set_resume_sha256(sha256);
  OfferWhenConnected(offer);
  ASSERT_TRUE(AwaitFile(Scratch("seen")));
  const std::string resume = Path(absl::StrCat("spool/", Id(), "/resume"));
  EXPECT_EQ(*spool::Sha256HexOfFile(resume), sha256);
  std::ifstream assignment(Path(absl::StrCat("spool/", Id(), "/assignment.json")));
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(assignment), {}), HasSubstr("\"resumePath\":\"" + resume + "\""));
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  v1::Offer second = Offer(Succeeded(1), 2);
  second.set_checkpoint_sha256(sha256);
  server_.SendOffer(second);
  ASSERT_TRUE(AwaitResult(2));
  EXPECT_THAT(server_.Look().download_offsets, ElementsAre(0, 2000));
}

TEST_F(Session, AnArtifactThatDoesNotExistFailsTheAttemptByName) {
  StartWorker();
  v1::Offer offer = Offer(Succeeded(1));
  offer.set_checkpoint_sha256(std::string(64, 'a'));
  OfferWhenConnected(offer);
  ASSERT_TRUE(AwaitResult());
  const v1::EngineResult result = server_.Look().results[0].result();
  EXPECT_EQ(result.outcome(), v1::ENGINE_OUTCOME_FAILED);
  EXPECT_EQ(result.failure().kind(), v1::FAILURE_KIND_STORAGE);
  EXPECT_THAT(result.failure().message(), HasSubstr(std::string(64, 'a')));
}

TEST_F(Session, StopEndsTheEngineWithinItsGrace) {
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "await-term\n" + Preempted(2), 1));
  server_.SendOffer(Offer("ignore-term\n" + Loss(1) + "hang\n", 2, "cpu:w:1"));
  ASSERT_TRUE(AwaitEvents(1, 1) && AwaitEvents(1, 2));
  for (std::uint32_t no : {1U, 2U}) {
    v1::AttachResponse message;
    *message.mutable_stop()->mutable_attempt() = Offer("", no).attempt();
    message.mutable_stop()->set_grace_seconds(no == 1 ? 20 : 0.05);
    message.mutable_stop()->set_reason(v1::STOP_REASON_PREEMPTED);
    server_.Send(message);
  }
  ASSERT_TRUE(AwaitResult(2));
  for (const v1::Result& result : server_.Look().results) {
    EXPECT_EQ(result.result().outcome(), v1::ENGINE_OUTCOME_PREEMPTED);
    EXPECT_EQ(result.process_end().empty(), result.attempt().attempt_no() == 1);
  }
}

// The last checkpoint may take longer than a lease.
TEST_F(Session, AnEngineThatStopsKeepsItsLeaseForTheWholeGrace) {
  server_.Change([](ServerState& s) { s.lease_seconds = 0.6; });
  settings_.engine.supervisor.limits.lease_overrun = std::chrono::seconds(0);
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "await-term\nfile stopping 1\nawait-file " + Path("go") + "\n" +
                           Checkpoint(2, "checkpoint-7", 10) + Preempted(3)));
  ASSERT_TRUE(AwaitEvents(1));
  SendStop(60);
  ASSERT_TRUE(AwaitFile(Scratch("stopping")));
  const auto two_leases_on = clock_.Now() + std::chrono::milliseconds(1200);
  ASSERT_TRUE(AwaitTrue([&] { return clock_.Now() > two_leases_on; }));
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  EXPECT_THAT(server_.Look().results[0].process_end(), IsEmpty()) << "it was killed";
  EXPECT_THAT(server_.Look().artifacts, SizeIs(1));
}

TEST_F(Session, ADrainedWorkerFinishesWhatRuns) {
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "await-file " + Path("go") + "\n" + Succeeded(2)));
  ASSERT_TRUE(AwaitEvents(1));
  v1::AttachResponse message;
  message.mutable_drain();
  server_.Send(message);
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().results[0].result().outcome(), v1::ENGINE_OUTCOME_SUCCEEDED);
}

// 60 renewals are 1.2 s, three times the lease: the engine goes on, nothing is published meanwhile, and afterwards all
// of it arrives.
TEST_F(Session, AnOutageLongerThanTheLeaseFailsNothing) {
  server_.Change([](ServerState& s) { s.lease_seconds = 0.4; });
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "await-file " + Path("down") + "\nawait-commands 60\n" + Loss(2) + "file computed 1\nawait-file " +
                           Path("go") + "\n" + Succeeded(3)));
  ASSERT_TRUE(AwaitEvents(1));
  server_.Stop();
  Touch("down");
  ASSERT_TRUE(AwaitFile(Scratch("computed")));
  EXPECT_THAT(server_.Look().events.at(Id()), SizeIs(1));
  server_.Start();
  ASSERT_TRUE(AwaitEvents(2));
  Touch("go");
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().results[0].result().outcome(), v1::ENGINE_OUTCOME_SUCCEEDED);
}

TEST_F(Session, AnOutageLongerThanTheLimitHandsTheWorkBack) {
  server_.Change([](ServerState& s) { s.lease_seconds = 0.2, s.disconnected_limit_seconds = 0.3; });
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "await-term\n" + Preempted(2) + "file stopped 1\n"));
  ASSERT_TRUE(AwaitEvents(1));
  server_.Stop();
  ASSERT_TRUE(AwaitFile(Scratch("stopped")));
  server_.Start();
  ASSERT_TRUE(AwaitResult());
  EXPECT_EQ(server_.Look().results[0].result().outcome(), v1::ENGINE_OUTCOME_PREEMPTED);
}

TEST_F(Session, PublicationDoesNotOutliveItsLease) {
  server_.Change([](ServerState& s) { s.lease_seconds = 0.3; });
  StartWorker();
  v1::Offer offer = Offer(Loss(1) + "await-term\nfile stopped 1\n");
  offer.mutable_assignment()->set_kind(v1::TASK_KIND_PUBLISH);
  OfferWhenConnected(offer);
  ASSERT_TRUE(AwaitEvents(1));
  server_.Stop();
  EXPECT_TRUE(AwaitFile(Scratch("stopped")));
}

TEST_F(Session, AStreamOnWhichNothingComesIsReplaced) {
  settings_.shortest_silence = std::chrono::milliseconds(200);
  server_.Change([](ServerState& s) { s.answer_heartbeats = false; });
  StartWorker();
  EXPECT_TRUE(server_.Await([](const ServerState& s) { return s.hellos.size() >= 2; }));
}

TEST_F(Session, AStoppedDaemonHandsItsWorkBackAndTakesNoMore) {
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "await-term\n" + Checkpoint(2, "checkpoint-9", 50) + Preempted(3)));
  ASSERT_TRUE(AwaitEvents(1));
  session_->Stop(std::chrono::seconds(20));
  const ServerState seen = server_.Look();
  ASSERT_THAT(seen.results, SizeIs(1));
  EXPECT_EQ(seen.results[0].result().outcome(), v1::ENGINE_OUTCOME_PREEMPTED);
  EXPECT_TRUE(seen.events.at(Id()).back().has_checkpoint());
  EXPECT_THAT(spool_->Entries(), IsEmpty());
  session_->Stop(std::chrono::seconds(20));
}

TEST_F(Session, AStoppedDaemonDoesNotWaitForAServerThatIsGone) {
  StartWorker();
  OfferWhenConnected(Offer(Loss(1) + "await-term\n" + Preempted(2)));
  ASSERT_TRUE(AwaitEvents(1));
  server_.Stop();
  const auto before = clock_.Now();
  session_->Stop(std::chrono::seconds(60));
  EXPECT_LT(clock_.Now() - before, std::chrono::seconds(30));
  ASSERT_THAT(spool_->Entries(), SizeIs(1));
  EXPECT_TRUE(spool_->Entries()[0]->result().has_value());
}

TEST_F(Session, StoppingWithoutStartingIsHarmless) {
  StartWorker();
  session_->Stop(std::chrono::seconds(0));
  KillWorker();
}

}  // namespace
}  // namespace interneg::session
