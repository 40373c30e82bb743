#include "server/http/connect_bridge.h"

#include <httplib.h>

#include "server/http/connect_protocol.h"

namespace interneg::http {
namespace {

constexpr std::chrono::milliseconds kIdle{1'000};

void Refuse(httplib::Response& response, const absl::Status& status) {
  response.status = HttpStatus(status.code());
  if (absl::IsResourceExhausted(status)) response.set_header("Retry-After", rpc::kRetryAfterSeconds);
  if (absl::IsUnauthenticated(status)) response.set_header("WWW-Authenticate", "Bearer");
  response.set_content(ErrorJson(status), "application/json");
}

absl::StatusOr<std::string> CallUnary(const rpc::CallRoom& room, const rpc::Method& method, const ContentType& type,
                                      const httplib::Request& request) {
  auto principal = room.gate.Admit(request.get_header_value("Authorization"), method.audience, method.name);
  if (!principal.ok()) return principal.status();
  auto message = Decode(method, type.encoding, request.body);
  if (!message.ok()) return message.status();
  auto answer = std::get<rpc::Unary>(method.call)(*principal, **message);
  if (!answer.ok()) return answer.status();
  return Encode(**answer, type.encoding);
}

void AnswerUnary(const rpc::CallRoom& room, const rpc::Method& method, const ContentType& type,
                 const httplib::Request& request, httplib::Response& response) {
  const auto answer = CallUnary(room, method, type, request);
  room.metrics.RequestAnswered(method.name, rpc::CodeName(answer.status().code()));
  if (!answer.ok()) return Refuse(response, answer.status());
  response.set_content(*answer, HeaderOf(type));
}

absl::StatusOr<std::unique_ptr<rpc::Source>> OpenSource(const rpc::CallRoom& room, const rpc::Method& method,
                                                        const ContentType& type, const httplib::Request& request) {
  auto principal = room.gate.Admit(request.get_header_value("Authorization"), method.audience, method.name);
  if (!principal.ok()) return principal.status();
  auto bytes = Unwrap(request.body);
  if (!bytes.ok()) return bytes.status();
  auto message = Decode(method, type.encoding, *bytes);
  if (!message.ok()) return message.status();
  return std::get<rpc::OpenSource>(method.call)(*principal, **message);
}

// One stream on the thread of its connection.
class StreamWriter {
 public:
  StreamWriter(const rpc::CallRoom& room, const rpc::Method& method, ContentType::Encoding encoding,
               absl::StatusOr<std::unique_ptr<rpc::Source>> source)
      : room_(room), method_(method), encoding_(encoding), source_(std::move(source)) {}

  // Writes one step; false when the connection is gone.
  bool Write(httplib::DataSink& sink) {
    if (!source_.ok()) return End(sink, source_.status());
    if (room_.waker.stopping())
      return End(sink, absl::UnavailableError("the server is stopping; go on from your cursor"));
    const std::uint64_t seen = room_.waker.rings();
    auto step = (*source_)->Pull();
    if (!step.ok()) return End(sink, step.status());
    for (const auto& message : step->messages) {
      auto bytes = Encode(*message, encoding_);
      if (!bytes.ok()) return End(sink, bytes.status());
      if (!Put(sink, Wrap(Envelope::kMessage, *bytes))) return false;
    }
    if (step->state == rpc::Source::State::kEnd) return End(sink, absl::OkStatus());
    if (step->state == rpc::Source::State::kIdle) room_.waker.Wait(seen, kIdle);
    return sink.is_writable();
  }

 private:
  static bool Put(httplib::DataSink& sink, const std::string& bytes) { return sink.write(bytes.data(), bytes.size()); }

  bool End(httplib::DataSink& sink, const absl::Status& status) {
    room_.metrics.RequestAnswered(method_.name, rpc::CodeName(status.code()));
    const bool written = Put(sink, Wrap(Envelope::kEndOfStream, EndOfStreamJson(status)));
    sink.done();
    return written;
  }

  const rpc::CallRoom room_;
  const rpc::Method& method_;
  const ContentType::Encoding encoding_;
  absl::StatusOr<std::unique_ptr<rpc::Source>> source_;
};

void AnswerStream(const rpc::CallRoom& room, const rpc::Method& method, const ContentType& type,
                  const httplib::Request& request, httplib::Response& response) {
  // httplib copies the provider, so the writer is shared.
  auto writer = std::make_shared<StreamWriter>(room, method, type.encoding, OpenSource(room, method, type, request));
  response.set_chunked_content_provider(HeaderOf(type),
                                        [writer](std::size_t, httplib::DataSink& sink) { return writer->Write(sink); });
}

}  // namespace

void AnswerConnect(const rpc::CallRoom& room, const httplib::Request& request, httplib::Response& response) {
  const rpc::Method* method = room.table.Find(request.path);
  if (method == nullptr) {
    room.metrics.RequestAnswered("unknown", rpc::CodeName(absl::StatusCode::kUnimplemented));
    response.status = 404;
    response.set_content(ErrorJson(absl::UnimplementedError("this server has no such method")), "application/json");
    return;
  }
  const bool unary = std::holds_alternative<rpc::Unary>(method->call);
  const bool stream = std::holds_alternative<rpc::OpenSource>(method->call);
  const auto type = ParseContentType(request.get_header_value("Content-Type"));
  if (!type || (!unary && !stream) || unary != (type->framing == ContentType::Framing::kUnary)) {
    response.status = 415;
    response.set_header("Accept-Post", unary    ? "application/json, application/proto"
                                       : stream ? "application/connect+json, application/connect+proto"
                                                : "application/grpc");
    return;
  }
  if (unary) {
    AnswerUnary(room, *method, *type, request, response);
  } else {
    AnswerStream(room, *method, *type, request, response);
  }
}

}  // namespace interneg::http
