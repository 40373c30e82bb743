#include <deque>
#include <mutex>
#include <optional>

#include "server/rpc/grpc_call.h"

namespace interneg::rpc {
namespace {

constexpr std::size_t kMostQueuedMessages = 4'096;
constexpr std::size_t kMostQueuedBytes = std::size_t{64} << 20;

class ConversationCall;

// Outlives the call, since the other side may keep it.
class GrpcOutlet final : public Outlet {
 public:
  explicit GrpcOutlet(ConversationCall* call) : call_(call) {}
  void Send(MessagePointer message) override;
  void End(absl::Status status) override;
  void Detach() {
    const std::lock_guard lock(mutex_);
    call_ = nullptr;
  }

 private:
  std::mutex mutex_;  // guards call_; held while it is called, so that it cannot be deleted meanwhile
  ConversationCall* call_;
};

class ConversationCall final : public GrpcCall {
 public:
  ConversationCall(const CallRoom& room, grpc::GenericCallbackServerContext* context, const Method& method)
      : GrpcCall(room, context, method), outlet_(std::make_shared<GrpcOutlet>(this)) {
    if (!TryRun(&ConversationCall::Open)) End(NoRoom());
  }

  ~ConversationCall() override {
    outlet_->Detach();
    // Closed may write to the database, and this may be gRPC's thread.
    if (conversation_) room_.pool.Post([conversation = std::move(conversation_)] { conversation->Closed(); });
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      Run(&ConversationCall::Take);
    } else {
      End(absl::OkStatus());
    }
  }

  void OnCancel() override {
    GrpcCall::OnCancel();
    End(absl::CancelledError("the caller has gone"));
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok && !end_) end_ = absl::CancelledError("the caller has gone");
    Advance();
  }

  void Send(grpc::ByteBuffer bytes) {
    const std::lock_guard lock(mutex_);
    if (end_) return;
    queued_bytes_ += bytes.Length();
    queue_.push_back(std::move(bytes));
    if (queue_.size() > kMostQueuedMessages || queued_bytes_ > kMostQueuedBytes) {
      end_ = absl::ResourceExhaustedError("messages are read too slowly; attach again");
      // The write that waits for the reader would otherwise keep the status waiting too.
      context_->TryCancel();
    }
    Advance();
  }

  void End(absl::Status status) {
    const std::lock_guard lock(mutex_);
    if (!end_) end_ = std::move(status);
    Advance();
  }

 private:
  void Open() {
    auto principal = Admit();
    if (!principal.ok()) return End(principal.status());
    conversation_ = std::get<OpenConversation>(method_.call)(*principal, outlet_);
    ReadNext();
  }

  void Take() {
    auto request = Parse(method_, incoming_);
    if (!request.ok()) return End(request.status());
    conversation_->Take(**request);
    ReadNext();
  }

  void ReadNext() {
    const std::lock_guard lock(mutex_);
    if (!end_) StartRead(&incoming_);
  }

  // Writes the next message, or the end. Needs mutex_.
  void Advance() {
    if (writing_ || finished_) return;
    if (end_) {
      finished_ = true;
      queue_.clear();
      Answer(*end_);
    } else if (!queue_.empty()) {
      outgoing_ = std::move(queue_.front());
      queue_.pop_front();
      queued_bytes_ -= outgoing_.Length();
      writing_ = true;
      StartWrite(&outgoing_);
    }
  }

  friend class GrpcCall;
  const std::shared_ptr<GrpcOutlet> outlet_;
  std::shared_ptr<Conversation> conversation_;
  grpc::ByteBuffer incoming_;

  std::mutex mutex_;  // guards all below
  grpc::ByteBuffer outgoing_;
  std::deque<grpc::ByteBuffer> queue_;
  std::size_t queued_bytes_ = 0;
  bool writing_ = false;
  bool finished_ = false;
  std::optional<absl::Status> end_;
};

void GrpcOutlet::Send(MessagePointer message) {
  grpc::ByteBuffer bytes = Serialize(*message);
  const std::lock_guard lock(mutex_);
  if (call_ != nullptr) call_->Send(std::move(bytes));
}

void GrpcOutlet::End(absl::Status status) {
  const std::lock_guard lock(mutex_);
  if (call_ != nullptr) call_->End(std::move(status));
}

}  // namespace

grpc::ServerGenericBidiReactor* AnswerConversation(const CallRoom& room, grpc::GenericCallbackServerContext* context,
                                                   const Method& method) {
  return new ConversationCall(room, context, method);
}

}  // namespace interneg::rpc
