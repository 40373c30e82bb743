#include "server/rpc/grpc_call.h"

namespace interneg::rpc {
namespace {

// Reads the next message only when the last one has been taken.
class SinkCall final : public GrpcCall {
 public:
  SinkCall(const CallRoom& room, grpc::GenericCallbackServerContext* context, const Method& method)
      : GrpcCall(room, context, method) {
    if (!TryRun(&SinkCall::Open)) Answer(NoRoom());
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      Run(&SinkCall::Take);
    } else {
      Run(&SinkCall::Conclude);
    }
  }

 private:
  void Open() {
    auto principal = Admit();
    if (!principal.ok()) return Answer(principal.status());
    auto sink = std::get<OpenSink>(method_.call)(*principal);
    if (!sink.ok()) return Answer(sink.status());
    sink_ = *std::move(sink);
    StartRead(&buffer_);
  }

  void Take() {
    auto request = Parse(method_, buffer_);
    if (!request.ok()) return Fail(request.status());
    if (auto taken = sink_->Take(**request); !taken.ok()) return Fail(taken);
    StartRead(&buffer_);
  }

  void Conclude() {
    // A stream that broke is not concluded: what has arrived stays for the next one.
    if (cancelled()) return Fail(absl::CancelledError("the sender has gone"));
    auto response = sink_->Finish();
    sink_.reset();
    if (!response.ok()) return Answer(response.status());
    buffer_ = Serialize(**response);
    StartWriteAndFinish(&buffer_, grpc::WriteOptions(), GrpcCall::Conclude(absl::OkStatus()));
  }

  // Lets go of what the sink holds before the caller hears of it, so that it can begin again at once.
  void Fail(const absl::Status& status) {
    sink_.reset();
    Answer(status);
  }

  friend class GrpcCall;
  grpc::ByteBuffer buffer_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace

grpc::ServerGenericBidiReactor* AnswerSink(const CallRoom& room, grpc::GenericCallbackServerContext* context,
                                           const Method& method) {
  return new SinkCall(room, context, method);
}

}  // namespace interneg::rpc
