// WorkerSessionService: every daemon's stream on this replica. One thread reads what all of them should be told (on
// attach, when the bell rings and every second), another renews leases for many heartbeats in one call; what a single
// stream says is handled in order on the pool.
#ifndef INTERNEG_SERVER_RPC_SESSION_HUB_H_
#define INTERNEG_SERVER_RPC_SESSION_HUB_H_

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "server/rpc/method_table.h"
#include "server/scheduling/bell.h"
#include "server/scheduling/session_desk.h"

namespace interneg::rpc {

struct SessionSettings {
  std::chrono::milliseconds lease{15'000};
  std::chrono::milliseconds heartbeat_interval{3'000};
  // How long an engine may go on without the scheduler.
  std::chrono::milliseconds disconnected_limit{15 * 60'000};
  // Between SIGTERM and SIGKILL of a stopped engine.
  std::chrono::milliseconds stop_grace{20'000};
  std::chrono::milliseconds poll{1'000};
};

class WorkerStream;

// Thread-safe. Outlives its conversations.
class SessionHub {
 public:
  SessionHub(scheduling::SessionDesk& desk, scheduling::Bell& bell, SessionSettings settings);
  ~SessionHub();  // stops

  std::shared_ptr<Conversation> Open(const Principal& principal, std::shared_ptr<Outlet> outlet);

  // Ends every stream with UNAVAILABLE and joins the threads. Twice is harmless.
  void Stop();

 private:
  friend class WorkerStream;
  void Enter(const std::shared_ptr<WorkerStream>& stream);
  void Leave(const WorkerStream* stream);
  void LookNow();
  void Renew(const std::shared_ptr<WorkerStream>& stream, std::uint64_t heartbeat_no, scheduling::Heartbeat heartbeat);
  std::vector<std::shared_ptr<WorkerStream>> Streams();
  void ReadOutboxes();
  void RenewQueued();

  struct QueuedHeartbeat {
    std::shared_ptr<WorkerStream> stream;
    std::uint64_t heartbeat_no = 0;
    scheduling::Heartbeat heartbeat;
  };

  scheduling::SessionDesk& desk_;
  const SessionSettings settings_;

  std::mutex mutex_;  // guards all below but the threads
  std::condition_variable outbox_news_;
  std::condition_variable heartbeat_news_;
  std::map<const WorkerStream*, std::shared_ptr<WorkerStream>> streams_;
  // The latest of each stream; an older one that was not renewed yet is covered by it.
  std::map<const WorkerStream*, QueuedHeartbeat> heartbeats_;
  bool look_ = false;
  bool stopping_ = false;
  std::unique_ptr<scheduling::Bell::Subscription> subscription_;
  std::thread outbox_thread_;
  std::thread renewal_thread_;
};

// ReportEvents and ReportLog, which come as calls of their own so that they never delay a heartbeat.
void AddSessionMethods(scheduling::SessionDesk& desk, SessionHub& hub, MethodTable& table);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_SESSION_HUB_H_
