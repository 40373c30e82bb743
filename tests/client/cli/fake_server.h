// The contract's services in memory, over real gRPC on a port of their own: enough of a farm for the client.
#ifndef INTERNEG_TESTS_CLIENT_CLI_FAKE_SERVER_H_
#define INTERNEG_TESTS_CLIENT_CLI_FAKE_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "interneg/v1/artifact.pb.h"
#include "interneg/v1/dataset.pb.h"
#include "interneg/v1/job.pb.h"
#include "interneg/v1/media.pb.h"
#include "interneg/v1/project.pb.h"

namespace interneg::cli {

// What the server is told to do and what it was asked. Set before the client runs, read after.
struct FakeFarm {
  std::mutex mutex;
  std::string token = "secret";
  // Method ("GetJob"; of submissions also "SubmitJob/render") → the status to refuse it with. Taken away after one use
  // when it stands in `refuse_once`.
  std::map<std::string, grpc::Status> refuse;
  std::map<std::string, grpc::Status> refuse_once;
  std::map<std::string, v1::Project> projects;  // by name
  std::map<std::string, v1::Media> media;       // by name
  std::map<std::string, v1::Job> jobs;          // by id
  std::vector<v1::DatasetVersion> datasets;     // in the order of making
  std::vector<v1::SubmitJobRequest> submitted;
  std::vector<v1::ListJobsRequest> listed;
  std::vector<v1::UpdateMediaRequest> updated;
  std::vector<std::string> cancelled;
  int tasks = 0;  // that every job has
  std::vector<v1::WatchJobsResponse> events;
  // The stream breaks after this many events, once each.
  std::vector<int> breaks;
  std::vector<std::uint64_t> watch_cursors;
  // Keeps a watch open at its end until the client goes away; called when that state is reached.
  std::function<void()> at_open_end;
  std::vector<v1::Measure> measures;
  std::vector<v1::RenderedFrame> frames;
  std::vector<v1::Artifact> artifacts;
  std::string artifact_bytes;
  // Bytes by hash, before `artifact_bytes`.
  std::map<std::string, std::string> stored;
  int download_breaks_at = -1;
  std::vector<std::uint64_t> download_offsets;
  std::vector<std::string> log_parts;

  // Keeps a document that the job made, as an artifact of the kind; a later one is newer.
  void Store(const std::string& job_id, const std::string& kind, const std::string& bytes);
  // A job that is there, with its document; it has succeeded.
  v1::Job& AddJob(const std::string& id, v1::JobKind kind, const std::string& spec);
};

class FakeServer {
 public:
  FakeServer();
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  FakeFarm& farm() { return farm_; }
  std::string address() const;

 private:
  struct Services;
  FakeFarm farm_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace interneg::cli

#endif  // INTERNEG_TESTS_CLIENT_CLI_FAKE_SERVER_H_
