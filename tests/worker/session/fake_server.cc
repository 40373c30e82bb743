#include "tests/worker/session/fake_server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "worker/spool/sha256.h"

namespace interneg::session {
namespace {

constexpr std::size_t kDownloadBytes = 1000;

std::optional<grpc::Status> NextFailure(std::vector<grpc::StatusCode>& failures) {
  if (failures.empty()) return std::nullopt;
  const grpc::Status status(failures.front(), "as the test wants");
  failures.erase(failures.begin());
  return status;
}

}  // namespace

std::string NameOf(const v1::AttemptRef& attempt) { return absl::StrCat(attempt.task_id(), ".", attempt.attempt_no()); }

FakeServer::FakeServer() { Start(); }
FakeServer::~FakeServer() { Stop(); }

void FakeServer::Start() {
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  int bound = 0;
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port_), grpc::InsecureServerCredentials(), &bound);
  builder.RegisterService(static_cast<v1::WorkerSessionService::Service*>(this));
  builder.RegisterService(static_cast<v1::ArtifactService::Service*>(this));
  server_ = builder.BuildAndStart();
  if (bound != 0) port_ = bound;
}

void FakeServer::Stop() {
  if (!server_) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
}

std::string FakeServer::address() const { return absl::StrCat("127.0.0.1:", port_); }

void FakeServer::Send(v1::AttachResponse message) {
  const std::lock_guard lock(stream_mutex_);
  if (newest_.stream != nullptr) newest_.stream->Write(message);
}

void FakeServer::SendOffer(const v1::Offer& offer) {
  v1::AttachResponse message;
  *message.mutable_offer() = offer;
  Send(std::move(message));
}

void FakeServer::Change(const std::function<void(ServerState&)>& change) {
  const std::lock_guard lock(mutex_);
  change(state_);
  changed_.notify_all();
}

bool FakeServer::Await(const std::function<bool(const ServerState&)>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return condition(state_); });
}

ServerState FakeServer::Look() {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool FakeServer::IsStale(const v1::AttemptRef& attempt) const { return state_.stale.contains(NameOf(attempt)); }

grpc::Status FakeServer::Attach(grpc::ServerContext* context,
                                grpc::ServerReaderWriter<v1::AttachResponse, v1::AttachRequest>* stream) {
  {
    const std::lock_guard lock(stream_mutex_);
    newest_ = {stream, context};
  }
  Change([&](ServerState& state) {
    ++state.open_streams;
    const auto found = context->client_metadata().find("authorization");
    if (found != context->client_metadata().end()) state.authorization = {found->second.data(), found->second.size()};
  });
  v1::AttachRequest message;
  while (stream->Read(&message)) {
    std::vector<v1::AttachResponse> answers;
    // Held from what a test can see to its answer: what the test sends then comes after the answer, as with the server.
    const std::lock_guard lock(stream_mutex_);
    Change([&](ServerState&) { Receive(message, answers); });
    for (const auto& answer : answers) stream->Write(answer);
  }
  {
    const std::lock_guard lock(stream_mutex_);
    if (newest_.stream == stream) newest_ = {};
  }
  Change([](ServerState& state) { --state.open_streams; });
  return grpc::Status::OK;
}

void FakeServer::Receive(const v1::AttachRequest& message, std::vector<v1::AttachResponse>& answers) {
  switch (message.message_case()) {
    case v1::AttachRequest::kHello: ReceiveHello(message.hello(), answers); break;
    case v1::AttachRequest::kAccept: state_.accepts.push_back(message.accept()); break;
    case v1::AttachRequest::kReject: state_.rejects.push_back(message.reject()); break;
    case v1::AttachRequest::kHeartbeat: ReceiveHeartbeat(message.heartbeat(), answers); break;
    case v1::AttachRequest::kProgress: state_.progress.push_back(message.progress()); break;
    case v1::AttachRequest::kResult: ReceiveResult(message.result(), answers); break;
    default: break;
  }
}

void FakeServer::ReceiveHello(const v1::Hello& hello, std::vector<v1::AttachResponse>& answers) {
  state_.hellos.push_back(hello);
  v1::AttachResponse welcome;
  welcome.mutable_welcome()->set_worker_id("worker-1");
  welcome.mutable_welcome()->set_session_epoch(state_.hellos.size());
  welcome.mutable_welcome()->set_heartbeat_interval_seconds(state_.heartbeat_interval_seconds);
  welcome.mutable_welcome()->set_lease_seconds(state_.lease_seconds);
  welcome.mutable_welcome()->set_disconnected_limit_seconds(state_.disconnected_limit_seconds);
  answers.push_back(welcome);
  v1::AttachResponse reconcile;
  for (const auto* named : {&hello.running(), &hello.unacknowledged()}) {
    for (const auto& attempt : *named) {
      *(IsStale(attempt) ? reconcile.mutable_reconcile()->add_stale() : reconcile.mutable_reconcile()->add_live()) = attempt;
    }
  }
  reconcile.mutable_reconcile();
  answers.push_back(reconcile);
}

void FakeServer::ReceiveHeartbeat(const v1::Heartbeat& heartbeat, std::vector<v1::AttachResponse>& answers) {
  state_.heartbeats.push_back(heartbeat);
  if (!state_.answer_heartbeats) return;
  v1::AttachResponse ack;
  ack.mutable_renew_ack()->set_heartbeat_no(heartbeat.heartbeat_no());
  for (const auto& attempt : heartbeat.attempts()) {
    *(IsStale(attempt) ? ack.mutable_renew_ack()->add_stale() : ack.mutable_renew_ack()->add_renewed()) = attempt;
  }
  answers.push_back(ack);
}

void FakeServer::ReceiveResult(const v1::Result& result, std::vector<v1::AttachResponse>& answers) {
  state_.results.push_back(result);
  state_.order.push_back("result " + NameOf(result.attempt()));
  if (!state_.acknowledge_results) return;
  v1::AttachResponse ack;
  *ack.mutable_result_ack()->mutable_attempt() = result.attempt();
  ack.mutable_result_ack()->set_disposition(IsStale(result.attempt()) ? v1::RESULT_DISPOSITION_STALE
                                                                      : v1::RESULT_DISPOSITION_COMMITTED);
  answers.push_back(ack);
}

grpc::Status FakeServer::ReportEvents(grpc::ServerContext*, const v1::ReportEventsRequest* request,
                                      v1::ReportEventsResponse* response) {
  grpc::Status status;
  Change([&](ServerState& state) {
    if (auto failure = NextFailure(state.fail_events)) {
      status = *failure;
    } else if (IsStale(request->attempt())) {
      status = {grpc::StatusCode::FAILED_PRECONDITION, "STALE"};
    } else {
      auto& stored = state.events[NameOf(request->attempt())];
      for (const auto& event : request->events()) {
        if (stored.empty() || event.sequence() > stored.back().sequence()) stored.push_back(event);
      }
      response->set_stored_sequence(stored.back().sequence());
      state.order.push_back(absl::StrCat("events ", NameOf(request->attempt()), " ", request->events(0).sequence(), "-",
                                         request->events(request->events_size() - 1).sequence()));
    }
  });
  return status;
}

grpc::Status FakeServer::ReportLog(grpc::ServerContext*, const v1::ReportLogRequest* request,
                                   v1::ReportLogResponse* response) {
  Change([&](ServerState& state) {
    std::string& log = state.logs[NameOf(request->attempt())];
    if (request->offset() <= log.size() && request->offset() + request->text().size() > log.size()) {
      log += request->text().substr(log.size() - request->offset());
    }
    response->set_stored_bytes(log.size());
  });
  return grpc::Status::OK;
}

grpc::Status FakeServer::BeginUpload(grpc::ServerContext*, const v1::BeginUploadRequest* request,
                                     v1::BeginUploadResponse* response) {
  grpc::Status status;
  Change([&](ServerState& state) {
    state.uploads_begun.push_back(*request);
    if (auto failure = NextFailure(state.fail_begin_upload)) {
      status = *failure;
      return;
    }
    response->set_complete(state.artifacts.contains(request->sha256()));
    response->set_upload_id(request->sha256());
    Incoming& incoming = incoming_[request->sha256()];
    incoming.begin = *request;
    response->set_offset(response->complete() ? request->size_bytes() : incoming.bytes.size());
  });
  return status;
}

grpc::Status FakeServer::Upload(grpc::ServerContext*, grpc::ServerReader<v1::UploadRequest>* stream,
                                v1::UploadResponse* response) {
  v1::UploadRequest message;
  grpc::Status status;
  bool first = true;
  while (status.ok() && stream->Read(&message)) {
    Change([&](ServerState& state) {
      Incoming& incoming = incoming_[message.upload_id()];
      if (std::exchange(first, false)) state.upload_offsets.push_back(message.offset());
      if (message.offset() != incoming.bytes.size()) status = {grpc::StatusCode::OUT_OF_RANGE, "offset"};
      if (!status.ok()) return;
      incoming.bytes += message.data();
      if (state.break_upload_at && incoming.bytes.size() >= *state.break_upload_at) {
        incoming.bytes.resize(*std::exchange(state.break_upload_at, std::nullopt));
        status = {grpc::StatusCode::UNAVAILABLE, "broken"};
      }
      response->set_offset(incoming.bytes.size());
      response->set_complete(incoming.bytes.size() == incoming.begin.size_bytes());
      if (!status.ok() || !response->complete()) return;
      if (spool::Sha256Hex(incoming.bytes) != incoming.begin.sha256()) status = {grpc::StatusCode::DATA_LOSS, "hash"};
      state.artifacts[incoming.begin.sha256()] = incoming.bytes;
      state.order.push_back("upload " + incoming.begin.name());
    });
  }
  return status;
}

grpc::Status FakeServer::Download(grpc::ServerContext*, const v1::DownloadRequest* request,
                                  grpc::ServerWriter<v1::DownloadResponse>* stream) {
  std::string bytes;
  std::optional<std::uint64_t> break_at;
  bool known = false;
  Change([&](ServerState& state) {
    state.download_offsets.push_back(request->offset());
    known = state.artifacts.contains(request->sha256());
    if (known) bytes = state.artifacts[request->sha256()];
    break_at = std::exchange(state.break_download_at, std::nullopt);
  });
  if (!known) return {grpc::StatusCode::NOT_FOUND, "no such artifact"};
  for (std::uint64_t at = request->offset(); at < bytes.size(); at += kDownloadBytes) {
    if (break_at && at >= *break_at) return {grpc::StatusCode::UNAVAILABLE, "broken"};
    v1::DownloadResponse message;
    message.set_offset(at);
    message.set_size_bytes(bytes.size());
    message.set_data(bytes.substr(at, kDownloadBytes));
    stream->Write(message);
  }
  return grpc::Status::OK;
}

}  // namespace interneg::session
