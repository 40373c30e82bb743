#include "server/rpc/grpc_call.h"

#include <grpcpp/impl/codegen/proto_utils.h>

namespace interneg::rpc {

absl::StatusOr<Principal> GrpcCall::Admit() {
  const auto& metadata = context_->client_metadata();
  const auto found = metadata.find("authorization");
  const std::string authorization =
      found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
  return room_.gate.Admit(authorization, method_.audience, method_.name);
}

grpc::Status GrpcCall::Conclude(const absl::Status& status) {
  room_.metrics.RequestAnswered(method_.name, CodeName(status.code()));
  if (absl::IsResourceExhausted(status)) context_->AddTrailingMetadata("retry-after", kRetryAfterSeconds);
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

void GrpcCall::Answer(const absl::Status& status) {
  Finish(Conclude(status));
}

absl::Status NoRoom() {
  return absl::ResourceExhaustedError("the server has too many calls waiting; try again in a second");
}

absl::StatusOr<MessagePointer> Parse(const Method& method, grpc::ByteBuffer& bytes) {
  MessagePointer message = method.new_request();
  const grpc::Status status =
      grpc::GenericDeserialize<grpc::ProtoBufferReader, Message>(&bytes, static_cast<Message*>(message.get()));
  if (!status.ok()) return absl::InvalidArgumentError("the request is no valid " + message->GetTypeName());
  return message;
}

grpc::ByteBuffer Serialize(const Message& message) {
  grpc::ByteBuffer bytes;
  bool own_buffer = false;
  grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(message, &bytes, &own_buffer);
  return bytes;
}

}  // namespace interneg::rpc
