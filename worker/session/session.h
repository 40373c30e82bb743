// The worker's session with the server: one stream, kept alive, and everything that hangs on it.
//
// This module speaks the contract's protobuf and gRPC for the worker. It runs engines through supervision and keeps what
// must not be lost in the spool; it knows no engine header, only the documents of docs/decisions/0001-engine-contract.md.
#ifndef INTERNEG_WORKER_SESSION_SESSION_H_
#define INTERNEG_WORKER_SESSION_SESSION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "spdlog/logger.h"
#include "worker/session/attach_stream.h"
#include "worker/session/attempts.h"
#include "worker/session/backoff.h"
#include "worker/session/connection.h"
#include "worker/session/inbox.h"
#include "worker/session/root_watch.h"
#include "worker/session/session_meter.h"
#include "worker/spool/artifact_cache.h"
#include "worker/spool/spool.h"
#include "worker/supervision/boot_clock.h"
#include "worker/supervision/device_inventory.h"

namespace interneg::session {

struct SessionSettings {
  std::string name;
  std::string host;
  // New at every start of the daemon.
  std::string incarnation;
  std::string version;
  // The newest that the engine beside the daemon understands.
  std::uint32_t job_schema = 7;
  std::string pool;
  std::vector<std::string> tags;
  EngineSettings engine;
  RootWatchSettings roots;
  CourierSettings courier;
  BackoffLimits reconnect;
  // How long an opened stream may go without Welcome.
  supervision::Duration welcome_patience = std::chrono::seconds(10);
  // A stream on which nothing has come for so many heartbeats (and at least this long) is given up.
  int silent_heartbeats = 3;
  supervision::Duration shortest_silence = std::chrono::seconds(10);
};

// All referenced objects must outlive the session.
struct SessionParts {
  Connection& connection;
  spool::Spool& spool;
  spool::ArtifactCache& cache;
  const supervision::DeviceInventory& devices;
  const supervision::Clock& clock;
  Random random;
  spdlog::logger& log;
  SessionMeter& meter;
};

class WorkerSession {
 public:
  WorkerSession(SessionParts parts, SessionSettings settings);
  // Stop without grace.
  ~WorkerSession();
  WorkerSession(const WorkerSession&) = delete;
  WorkerSession& operator=(const WorkerSession&) = delete;

  // Takes up the spool and connects, on a thread of its own; returns at once.
  void Start();
  // Takes no more offers, stops engines, hands back results; returns when the server has acknowledged them all, or when
  // nothing more can be done, at the latest after `grace`. May be called twice or without Start.
  void Stop(supervision::Duration grace);
  // Looks at the clock again; for clocks that were moved.
  void Wake();

 private:
  void Run();
  void Step();
  bool Finished();
  supervision::Duration UntilNextStep() const;

  void Connect();
  v1::Hello MakeHello() const;
  void Closed(const grpc::Status& status);
  bool StreamIsDead() const;
  void Handle(const v1::AttachResponse& message);
  void TakeOffer(const v1::Offer& offer);
  void Welcomed(const v1::Welcome& welcome);
  void BecomeReady();
  void Renewed(const v1::RenewAck& ack);
  void SendHeartbeat();
  void Send(v1::AttachRequest message);

  const SessionParts parts_;
  const SessionSettings settings_;
  Inbox inbox_;
  std::thread thread_;

  // Touched by the thread alone.
  std::unique_ptr<RootWatch> roots_;
  std::set<std::string> announced_roots_;
  std::unique_ptr<Attempts> attempts_;
  std::unique_ptr<AttachStream> stream_;
  std::uint64_t stream_no_ = 0;
  Backoff backoff_;
  LeaseTerms terms_;
  supervision::BootTime connect_at_;
  supervision::BootTime tick_at_;
  supervision::BootTime heard_at_;
  v1::Hello hello_;
  supervision::BootTime hello_sent_at_;
  bool welcomed_ = false;
  bool ready_ = false;
  bool closing_ = false;
  std::uint64_t heartbeat_no_ = 0;
  std::map<std::uint64_t, supervision::BootTime> heartbeats_;
  std::optional<supervision::BootTime> stop_at_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_SESSION_H_
