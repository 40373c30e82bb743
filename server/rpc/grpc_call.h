// One call on its way through gRPC's callback API. Private to the gRPC adapters.
#ifndef INTERNEG_SERVER_RPC_GRPC_CALL_H_
#define INTERNEG_SERVER_RPC_GRPC_CALL_H_

#include <atomic>
#include <string>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "server/rpc/call_room.h"

namespace interneg::rpc {

// Deletes itself when gRPC is done with it and no work of it is left on the pool.
class GrpcCall : public grpc::ServerGenericBidiReactor {
 public:
  void OnDone() final { Release(); }
  void OnCancel() override { cancelled_ = true; }

 protected:
  GrpcCall(const CallRoom& room, grpc::GenericCallbackServerContext* context, const Method& method)
      : room_(room), context_(context), method_(method) {}
  ~GrpcCall() override = default;

  // Runs a member on the pool and keeps the call alive until it has run. False: no room (only from TryRun).
  template <class Call>
  bool TryRun(void (Call::*step)()) {
    Hold();
    if (room_.pool.TryPost([this, step] { RunStep(step); })) return true;
    Release();
    return false;
  }
  template <class Call>
  void Run(void (Call::*step)()) {
    Hold();
    room_.pool.Post([this, step] { RunStep(step); });
  }
  template <class Call>
  void RunStep(void (Call::*step)()) {
    (static_cast<Call*>(this)->*step)();
    Release();
  }

  void Hold() { ++holders_; }
  void Release() {
    if (--holders_ == 0) delete this;
  }

  absl::StatusOr<Principal> Admit();
  // Ends the call; once.
  void Answer(const absl::Status& status);
  // Counts the answer and makes the status of it.
  grpc::Status Conclude(const absl::Status& status);
  bool cancelled() const { return cancelled_; }

  const CallRoom& room_;
  grpc::GenericCallbackServerContext* const context_;
  const Method& method_;

 private:
  // gRPC's own hold is the first.
  std::atomic<int> holders_{1};
  std::atomic<bool> cancelled_{false};
};

absl::Status NoRoom();
absl::StatusOr<MessagePointer> Parse(const Method& method, grpc::ByteBuffer& bytes);
grpc::ByteBuffer Serialize(const Message& message);

// Each takes over the call; the reactor owns itself.
grpc::ServerGenericBidiReactor* AnswerUnary(const CallRoom& room, grpc::GenericCallbackServerContext* context,
                                            const Method& method);
grpc::ServerGenericBidiReactor* AnswerSource(const CallRoom& room, grpc::GenericCallbackServerContext* context,
                                             const Method& method);
grpc::ServerGenericBidiReactor* AnswerSink(const CallRoom& room, grpc::GenericCallbackServerContext* context,
                                           const Method& method);
grpc::ServerGenericBidiReactor* AnswerConversation(const CallRoom& room, grpc::GenericCallbackServerContext* context,
                                                   const Method& method);

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_GRPC_CALL_H_
