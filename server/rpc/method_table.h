// Every method of the contract, once, without any transport: gRPC (grpc_server.h) and Connect (server/http) both call
// through this table, so that authentication, limits and behaviour exist once.
#ifndef INTERNEG_SERVER_RPC_METHOD_TABLE_H_
#define INTERNEG_SERVER_RPC_METHOD_TABLE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/rpc/gate.h"
#include "server/rpc/principal.h"

namespace interneg::rpc {

using Message = google::protobuf::Message;
using MessagePointer = std::unique_ptr<Message>;

// A stream of answers that its reader pulls: nothing is computed faster than it is taken away, so a slow reader costs
// one step's memory. For one thread at a time.
class Source {
 public:
  // kMore: pull again at once. kIdle: nothing new; pull again when woken (Bell::kEvents, kProgress) or after a second.
  enum class State { kMore, kIdle, kEnd };
  struct Step {
    std::vector<MessagePointer> messages;
    State state = State::kEnd;
  };
  virtual ~Source() = default;
  // Blocks for no longer than a database call.
  virtual absl::StatusOr<Step> Pull() = 0;
};

// A stream of requests with one answer. For one thread at a time; destroyed without Finish when the stream breaks.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual absl::Status Take(const Message& request) = 0;
  virtual absl::StatusOr<MessagePointer> Finish() = 0;
};

// Where one side of a conversation sends its messages. Thread-safe; neither method blocks. Bounded: a reader that is
// too slow has its stream ended with RESOURCE_EXHAUSTED. After the end both do nothing.
class Outlet {
 public:
  virtual ~Outlet() = default;
  virtual void Send(MessagePointer message) = 0;
  virtual void End(absl::Status status) = 0;
};

// One stream of messages both ways. Take is called for one message at a time, in order; Closed once, after the last.
class Conversation {
 public:
  virtual ~Conversation() = default;
  virtual void Take(const Message& request) = 0;
  virtual void Closed() = 0;
};

using Unary = std::function<absl::StatusOr<MessagePointer>(const Principal&, const Message&)>;
using OpenSource = std::function<absl::StatusOr<std::unique_ptr<Source>>(const Principal&, const Message&)>;
using OpenSink = std::function<absl::StatusOr<std::unique_ptr<Sink>>(const Principal&)>;
using OpenConversation = std::function<std::shared_ptr<Conversation>(const Principal&, std::shared_ptr<Outlet>)>;

struct Method {
  // "JobService/GetJob": what metrics and the audit call it.
  std::string name;
  Audience audience = Audience::kPeople;
  std::function<MessagePointer()> new_request;
  std::variant<Unary, OpenSource, OpenSink, OpenConversation> call;
};

// Filled at the start by one thread, read by many afterwards.
class MethodTable {
 public:
  // `handler` is called as `absl::StatusOr<Response>(const Principal&, const Request&)`.
  template <class Request, class Response, class Handler>
  void AddUnary(std::string name, Audience audience, Handler handler) {
    Add<Request>(std::move(name), audience,
                 Unary([handler = std::move(handler)](const Principal& principal,
                                                      const Message& request) -> absl::StatusOr<MessagePointer> {
                   absl::StatusOr<Response> response = handler(principal, static_cast<const Request&>(request));
                   if (!response.ok()) return response.status();
                   return std::make_unique<Response>(*std::move(response));
                 }));
  }

  // `open` is called as `absl::StatusOr<std::unique_ptr<Source>>(const Principal&, const Request&)`.
  template <class Request, class Open>
  void AddSource(std::string name, Audience audience, Open open) {
    Add<Request>(std::move(name), audience,
                 OpenSource([open = std::move(open)](const Principal& principal, const Message& request) {
                   return open(principal, static_cast<const Request&>(request));
                 }));
  }

  template <class Request>
  void AddSink(std::string name, Audience audience, OpenSink open) {
    Add<Request>(std::move(name), audience, std::move(open));
  }

  template <class Request>
  void AddConversation(std::string name, Audience audience, OpenConversation open) {
    Add<Request>(std::move(name), audience, std::move(open));
  }

  // By the path of the wire, "/interneg.v1.JobService/GetJob"; null when there is none.
  const Method* Find(std::string_view path) const;

 private:
  template <class Request, class Call>
  void Add(std::string name, Audience audience, Call call) {
    const std::string path = "/interneg.v1." + name;
    methods_[path] = {std::move(name), audience, [] { return std::make_unique<Request>(); }, std::move(call)};
  }

  std::map<std::string, Method, std::less<>> methods_;
};

}  // namespace interneg::rpc

#endif  // INTERNEG_SERVER_RPC_METHOD_TABLE_H_
