#include <deque>

#include "server/rpc/grpc_call.h"

namespace interneg::rpc {
namespace {

// Pulls a step, writes its messages one after the other, pulls the next: at most one step is in memory.
class SourceCall final : public GrpcCall {
 public:
  SourceCall(const CallRoom& room, grpc::GenericCallbackServerContext* context, const Method& method)
      : GrpcCall(room, context, method) {
    StartRead(&buffer_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Answer(absl::InvalidArgumentError("the call ended without a request"));
    } else if (!TryRun(&SourceCall::Open)) {
      Answer(NoRoom());
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return Answer(absl::CancelledError("the reader has gone"));
    WriteNext();
  }

 private:
  void Open() {
    auto principal = Admit();
    if (!principal.ok()) return Answer(principal.status());
    auto request = Parse(method_, buffer_);
    if (!request.ok()) return Answer(request.status());
    auto source = std::get<OpenSource>(method_.call)(*principal, **request);
    if (!source.ok()) return Answer(source.status());
    source_ = *std::move(source);
    Pull();
  }

  void Pull() {
    if (cancelled()) return Answer(absl::CancelledError("the reader has gone"));
    if (room_.waker.stopping()) return Answer(absl::UnavailableError("the server is stopping; go on from your cursor"));
    rings_ = room_.waker.rings();
    auto step = source_->Pull();
    if (!step.ok()) return Answer(step.status());
    messages_.assign(std::make_move_iterator(step->messages.begin()), std::make_move_iterator(step->messages.end()));
    state_ = step->state;
    WriteNext();
  }

  void WriteNext() {
    if (!messages_.empty()) {
      buffer_ = Serialize(*messages_.front());
      messages_.pop_front();
      StartWrite(&buffer_);
    } else if (state_ == Source::State::kEnd) {
      Answer(absl::OkStatus());
    } else if (state_ == Source::State::kMore) {
      Run(&SourceCall::Pull);
    } else {
      Hold();
      room_.waker.Park(rings_, [this] { RunStep(&SourceCall::Pull); });
    }
  }

  friend class GrpcCall;
  grpc::ByteBuffer buffer_;
  std::unique_ptr<Source> source_;
  std::deque<MessagePointer> messages_;
  Source::State state_ = Source::State::kEnd;
  std::uint64_t rings_ = 0;
};

}  // namespace

grpc::ServerGenericBidiReactor* AnswerSource(const CallRoom& room, grpc::GenericCallbackServerContext* context,
                                             const Method& method) {
  return new SourceCall(room, context, method);
}

}  // namespace interneg::rpc
