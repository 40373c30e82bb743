// One daemon's conversation: Hello first, then whatever either side has to say.
#ifndef INTERNEG_SERVER_RPC_WORKER_STREAM_H_
#define INTERNEG_SERVER_RPC_WORKER_STREAM_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "interneg/v1/worker_session.pb.h"
#include "server/rpc/method_table.h"
#include "server/rpc/session_hub.h"
#include "server/scheduling/worker.h"

namespace interneg::rpc {

// Take and Closed are the transport's (one at a time); Deliver and Acknowledge the hub's threads'.
class WorkerStream : public Conversation, public std::enable_shared_from_this<WorkerStream> {
 public:
  WorkerStream(SessionHub& hub, Principal principal, std::shared_ptr<Outlet> outlet)
      : hub_(hub), principal_(std::move(principal)), outlet_(std::move(outlet)) {}

  void Take(const Message& request) override;
  void Closed() override;

  // Set before the hub knows the stream.
  const scheduling::WorkerSession& session() const { return *session_; }

  // Sends what is new in the outbox; ends the stream when it is fenced.
  void Deliver(const scheduling::Outbox& outbox);
  void Acknowledge(std::uint64_t heartbeat_no, const scheduling::Renewal& renewal);
  void End(absl::Status status);

 private:
  absl::Status Handle(const v1::AttachRequest& request);
  absl::Status Greet(const v1::Hello& hello);
  absl::Status TakeAccept(const v1::Accept& accept);
  absl::Status TakeReject(const v1::Reject& reject);
  absl::Status TakeHeartbeat(const v1::Heartbeat& heartbeat);
  absl::Status TakeProgress(const v1::Progress& progress);
  absl::Status TakeResult(const v1::Result& result);
  void Send(v1::AttachResponse response);
  void SendStop(const scheduling::AttemptRef& attempt, v1::StopReason reason);

  SessionHub& hub_;
  const Principal principal_;
  const std::shared_ptr<Outlet> outlet_;
  std::optional<scheduling::WorkerSession> session_;

  std::mutex mutex_;  // guards what was sent on this stream already
  std::set<scheduling::AttemptRef> offered_;
  std::set<scheduling::AttemptRef> stopped_;
  std::set<std::pair<scheduling::AttemptRef, std::uint32_t>> adjusted_;
  bool draining_ = false;
};

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_WORKER_STREAM_H_
