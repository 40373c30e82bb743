// The Connect protocol's own shapes: content types, errors and envelopes (connectrpc.com/docs/protocol).
#ifndef INTERNEG_SERVER_HTTP_CONNECT_PROTOCOL_H_
#define INTERNEG_SERVER_HTTP_CONNECT_PROTOCOL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/rpc/method_table.h"

namespace interneg::http {

struct ContentType {
  enum class Encoding { kJson, kBinary } encoding = Encoding::kJson;
  enum class Framing { kUnary, kStream } framing = Framing::kUnary;
};

// "application/json", "application/proto", "application/connect+json" and "application/connect+proto", with or without
// parameters; nothing for others.
std::optional<ContentType> ParseContentType(std::string_view header);
const char* HeaderOf(const ContentType& type);

// The HTTP status that a unary error has.
int HttpStatus(absl::StatusCode code);

// {"code":"not_found","message":"…"}
std::string ErrorJson(const absl::Status& status);

// Errors: INVALID_ARGUMENT (unknown fields are named).
absl::StatusOr<rpc::MessagePointer> Decode(const rpc::Method& method, ContentType::Encoding encoding,
                                           const std::string& bytes);
absl::StatusOr<std::string> Encode(const rpc::Message& message, ContentType::Encoding encoding);

// One envelope: a byte of flags, the length in four bytes, big-endian, and the bytes.
enum class Envelope : std::uint8_t { kMessage = 0, kEndOfStream = 2 };
std::string Wrap(Envelope kind, std::string_view bytes);
// The bytes of the one message envelope that `body` holds. Errors: INVALID_ARGUMENT (cut short, compressed, or more).
absl::StatusOr<std::string> Unwrap(std::string_view body);

// What ends a stream: {} or {"error":{…}}.
std::string EndOfStreamJson(const absl::Status& status);

}  // namespace interneg::http

#endif  // INTERNEG_SERVER_HTTP_CONNECT_PROTOCOL_H_
