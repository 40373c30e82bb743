// One Attach stream, from its opening to its end.
#ifndef INTERNEG_WORKER_SESSION_ATTACH_STREAM_H_
#define INTERNEG_WORKER_SESSION_ATTACH_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "interneg/v1/worker_session.grpc.pb.h"
#include "worker/session/connection.h"

namespace interneg::session {

// Told on gRPC's threads; must not block. Nothing is told after `on_closed`.
struct AttachListener {
  // One message; the next is read only after ReadNext, so that a server cannot flood this worker.
  std::function<void(v1::AttachResponse)> on_message;
  std::function<void(grpc::Status)> on_closed;
};

// Methods may be called from any thread. Must not be destroyed before on_closed has returned; after Close it comes soon.
class AttachStream final : private grpc::ClientBidiReactor<v1::AttachRequest, v1::AttachResponse> {
 public:
  AttachStream(Connection& connection, AttachListener listener);
  ~AttachStream() override;
  AttachStream(const AttachStream&) = delete;
  AttachStream& operator=(const AttachStream&) = delete;

  // Sends `hello` and reads the first answer.
  void Open(v1::AttachRequest hello);
  // Queued and written in order. A heartbeat replaces one that has not been written yet, a progress the unwritten one
  // of its attempt; everything else there can be at most a few of for each attempt. Ignored after the end.
  void Send(v1::AttachRequest message);
  void ReadNext();
  // Ends the stream without waiting; no message is told any more.
  void Close();
  // Blocks until on_closed has returned. At once when it was never opened.
  void AwaitClosed();

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  // With mutex_ held.
  void WriteNextLocked();

  AttachListener listener_;
  Connection& connection_;
  grpc::ClientContext context_;

  std::mutex mutex_;
  std::condition_variable closed_changed_;
  bool opened_ = false;
  bool ended_ = false;
  bool closed_ = false;
  bool closing_ = false;
  bool reading_ = false;
  bool writing_ = false;
  v1::AttachRequest written_;
  v1::AttachResponse read_;
  std::deque<v1::AttachRequest> waiting_;
  std::optional<v1::AttachRequest> heartbeat_;
  std::map<std::string, v1::AttachRequest> progress_;
};

}  // namespace interneg::session

#endif  // INTERNEG_WORKER_SESSION_ATTACH_STREAM_H_
