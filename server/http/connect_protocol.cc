#include "server/http/connect_protocol.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "server/rpc/call_room.h"

namespace interneg::http {
namespace {

namespace pb = google::protobuf;

constexpr std::size_t kHeaderBytes = 5;

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// A message may hold bytes that are no UTF-8 (a file's name); they must not break the answer.
nlohmann::json ErrorObject(const absl::Status& status) {
  return {
      {"code", status.code() == absl::StatusCode::kCancelled ? "canceled" : LowerCase(rpc::CodeName(status.code()))},
      {"message", std::string(status.message())}};
}

std::string Dump(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::optional<ContentType> ParseContentType(std::string_view header) {
  std::string type = LowerCase(std::string(header.substr(0, header.find(';'))));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  if (type == "application/json") return ContentType{ContentType::Encoding::kJson, ContentType::Framing::kUnary};
  if (type == "application/proto") return ContentType{ContentType::Encoding::kBinary, ContentType::Framing::kUnary};
  if (type == "application/connect+json") {
    return ContentType{ContentType::Encoding::kJson, ContentType::Framing::kStream};
  }
  if (type == "application/connect+proto") {
    return ContentType{ContentType::Encoding::kBinary, ContentType::Framing::kStream};
  }
  return std::nullopt;
}

const char* HeaderOf(const ContentType& type) {
  const bool json = type.encoding == ContentType::Encoding::kJson;
  if (type.framing == ContentType::Framing::kUnary) return json ? "application/json" : "application/proto";
  return json ? "application/connect+json" : "application/connect+proto";
}

int HttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    default:
      return 500;
  }
}

std::string ErrorJson(const absl::Status& status) {
  return Dump(ErrorObject(status));
}

absl::StatusOr<rpc::MessagePointer> Decode(const rpc::Method& method, ContentType::Encoding encoding,
                                           const std::string& bytes) {
  rpc::MessagePointer message = method.new_request();
  if (encoding == ContentType::Encoding::kBinary) {
    if (message->ParseFromString(bytes)) return message;
    return absl::InvalidArgumentError("the request is no valid " + message->GetTypeName());
  }
  const auto status = pb::util::JsonStringToMessage(bytes.empty() ? "{}" : bytes, message.get());
  if (status.ok()) return message;
  return absl::InvalidArgumentError("the request is no valid " + message->GetTypeName() + ": " +
                                    std::string(status.message()));
}

absl::StatusOr<std::string> Encode(const rpc::Message& message, ContentType::Encoding encoding) {
  if (encoding == ContentType::Encoding::kBinary) return message.SerializeAsString();
  std::string json;
  const auto status = pb::util::MessageToJsonString(message, &json);
  if (status.ok()) return json;
  return absl::InternalError("the answer has no JSON form: " + std::string(status.message()));
}

std::string Wrap(Envelope kind, std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::string out;
  out.reserve(kHeaderBytes + bytes.size());
  out.push_back(static_cast<char>(kind));
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>((size >> shift) & 0xFF));
  out.append(bytes);
  return out;
}

absl::StatusOr<std::string> Unwrap(std::string_view body) {
  if (body.size() < kHeaderBytes) return absl::InvalidArgumentError("the request's envelope is cut short");
  if (body[0] != 0) return absl::InvalidArgumentError("the request's envelope has flags; send it uncompressed");
  std::uint32_t size = 0;
  for (std::size_t i = 1; i < kHeaderBytes; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
  if (body.size() != kHeaderBytes + size) return absl::InvalidArgumentError("exactly one whole envelope is expected");
  return std::string(body.substr(kHeaderBytes));
}

std::string EndOfStreamJson(const absl::Status& status) {
  nlohmann::json end = nlohmann::json::object();
  if (!status.ok()) end["error"] = ErrorObject(status);
  return Dump(end);
}

}  // namespace interneg::http
