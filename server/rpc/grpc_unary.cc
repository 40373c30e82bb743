#include "server/rpc/grpc_call.h"

namespace interneg::rpc {
namespace {

class UnaryCall final : public GrpcCall {
 public:
  UnaryCall(const CallRoom& room, grpc::GenericCallbackServerContext* context, const Method& method)
      : GrpcCall(room, context, method) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Answer(absl::InvalidArgumentError("the call ended without a request"));
    } else if (!TryRun(&UnaryCall::Handle)) {
      Answer(NoRoom());
    }
  }

  void Handle() {
    auto principal = Admit();
    if (!principal.ok()) return Answer(principal.status());
    auto request = Parse(method_, request_);
    if (!request.ok()) return Answer(request.status());
    auto response = std::get<Unary>(method_.call)(*principal, **request);
    if (!response.ok()) return Answer(response.status());
    response_ = Serialize(**response);
    StartWriteAndFinish(&response_, grpc::WriteOptions(), Conclude(absl::OkStatus()));
  }

 private:
  grpc::ByteBuffer request_, response_;
};

}  // namespace

grpc::ServerGenericBidiReactor* AnswerUnary(const CallRoom& room, grpc::GenericCallbackServerContext* context,
                                            const Method& method) {
  return new UnaryCall(room, context, method);
}

}  // namespace interneg::rpc
