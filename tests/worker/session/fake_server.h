// The server's side of worker_session.proto and artifact.proto over real gRPC on loopback, as far as a worker sees it.
// Its rules are the contract's: events are stored once by sequence, uploads go on at their offset, attempts are live or
// stale as the test says. Tests look at what it has and wait on conditions.
#ifndef INTERNEG_TESTS_WORKER_SESSION_FAKE_SERVER_H_
#define INTERNEG_TESTS_WORKER_SESSION_FAKE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "interneg/v1/artifact.grpc.pb.h"
#include "interneg/v1/worker_session.grpc.pb.h"

namespace interneg::session {

// What a test may look at, under FakeServer's lock.
struct ServerState {
  std::vector<v1::Hello> hellos;
  std::vector<v1::Accept> accepts;
  std::vector<v1::Reject> rejects;
  std::vector<v1::Heartbeat> heartbeats;
  std::vector<v1::Progress> progress;
  std::vector<v1::Result> results;
  // By "task.no".
  std::map<std::string, std::vector<v1::EngineEvent>> events;
  std::map<std::string, std::string> logs;
  std::map<std::string, std::string> artifacts;
  std::vector<v1::BeginUploadRequest> uploads_begun;
  std::vector<std::uint64_t> upload_offsets;
  std::vector<std::uint64_t> download_offsets;
  // In the order of arrival: "events task.no 1-3", "upload <name>", "result task.no".
  std::vector<std::string> order;
  std::set<std::string> stale;
  int open_streams = 0;
  std::string authorization;

  // What the server does.
  double heartbeat_interval_seconds = 0.02;
  double lease_seconds = 30;
  double disconnected_limit_seconds = 900;
  bool answer_heartbeats = true;
  bool acknowledge_results = true;
  // Answers with which the next calls fail.
  std::vector<grpc::StatusCode> fail_events;
  std::vector<grpc::StatusCode> fail_begin_upload;
  // The next upload breaks when it has so many bytes.
  std::optional<std::uint64_t> break_upload_at;
  std::optional<std::uint64_t> break_download_at;
};

class FakeServer final : private v1::WorkerSessionService::Service, private v1::ArtifactService::Service {
 public:
  FakeServer();
  ~FakeServer() override;

  // Listens (again), always on the same port.
  void Start();
  // Cuts every connection.
  void Stop();
  std::string address() const;

  // Sends to the newest stream.
  void Send(v1::AttachResponse message);
  void SendOffer(const v1::Offer& offer);

  void Change(const std::function<void(ServerState&)>& change);
  // A copy as soon as `condition` holds; as it stands after 20 s, with `*held` false, so that assertions show it.
  bool Await(const std::function<bool(const ServerState&)>& condition);
  ServerState Look();

 private:
  grpc::Status Attach(grpc::ServerContext* context,
                      grpc::ServerReaderWriter<v1::AttachResponse, v1::AttachRequest>* stream) override;
  grpc::Status ReportEvents(grpc::ServerContext* context, const v1::ReportEventsRequest* request,
                            v1::ReportEventsResponse* response) override;
  grpc::Status ReportLog(grpc::ServerContext* context, const v1::ReportLogRequest* request,
                         v1::ReportLogResponse* response) override;
  grpc::Status BeginUpload(grpc::ServerContext* context, const v1::BeginUploadRequest* request,
                           v1::BeginUploadResponse* response) override;
  grpc::Status Upload(grpc::ServerContext* context, grpc::ServerReader<v1::UploadRequest>* stream,
                      v1::UploadResponse* response) override;
  grpc::Status Download(grpc::ServerContext* context, const v1::DownloadRequest* request,
                        grpc::ServerWriter<v1::DownloadResponse>* stream) override;
  grpc::Status ListArtifacts(grpc::ServerContext*, const v1::ListArtifactsRequest*, v1::ListArtifactsResponse*) override {
    return grpc::Status::OK;
  }
  void Receive(const v1::AttachRequest& message, std::vector<v1::AttachResponse>& answers);
  void ReceiveHello(const v1::Hello& hello, std::vector<v1::AttachResponse>& answers);
  void ReceiveHeartbeat(const v1::Heartbeat& heartbeat, std::vector<v1::AttachResponse>& answers);
  void ReceiveResult(const v1::Result& result, std::vector<v1::AttachResponse>& answers);
  bool IsStale(const v1::AttemptRef& attempt) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  ServerState state_;
  struct Stream {
    grpc::ServerReaderWriter<v1::AttachResponse, v1::AttachRequest>* stream = nullptr;
    grpc::ServerContext* context = nullptr;
  };
  std::mutex stream_mutex_;  // taken before mutex_
  Stream newest_;
  struct Incoming {
    v1::BeginUploadRequest begin;
    std::string bytes;
  };
  std::map<std::string, Incoming> incoming_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

std::string NameOf(const v1::AttemptRef& attempt);

}  // namespace interneg::session

#endif  // INTERNEG_TESTS_WORKER_SESSION_FAKE_SERVER_H_
