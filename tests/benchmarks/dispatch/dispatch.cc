// How long a job waits for nothing: from the client's SubmitJob to the engine's first instruction on an idle worker,
// beside a bare gRPC call that inserts one row into the same cluster, taken alternately in one run. Prints both
// distributions and the ratio of their 99th percentiles; exits 1 when it exceeds 10. Before each of the two the worker
// has ended everything of the round before and the machine has rested for a moment.
//
//   dispatch [ROUNDS]        (default 300; the cluster runs with fsync on)
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <mutex>
#include <pqxx/pqxx>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "interneg/v1/job.grpc.pb.h"
#include "interneg/v1/project.grpc.pb.h"
#include "tests/e2e/stack.h"

namespace interneg::benchmark {
namespace {

// Behind every debounce of the server (event order, relay).
constexpr std::chrono::milliseconds kRest{60};

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC, as the engine's stamps.

// The bar's yardstick: one RPC, one INSERT, one commit.
class BareInsert final : public v1::ProjectService::Service {
 public:
  explicit BareInsert(const std::string& database) : connection_(database) {
    pqxx::work work(connection_);
    work.exec("CREATE TABLE IF NOT EXISTS bare_insert (id bigserial PRIMARY KEY, name text NOT NULL)");
    work.commit();
  }

  grpc::Status CreateProject(grpc::ServerContext*, const v1::CreateProjectRequest* request,
                             v1::CreateProjectResponse*) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    pqxx::work work(connection_);
    work.exec_params("INSERT INTO bare_insert (name) VALUES ($1)", request->name());
    work.commit();
    return grpc::Status::OK;
  }

 private:
  std::mutex mutex_;
  pqxx::connection connection_;
};

std::string Uuid(int number) {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012d", number);
  return text;
}

void Require(const grpc::Status& status, const char* what) {
  if (status.ok()) return;
  throw std::runtime_error(std::string(what) + ": " + status.error_message());
}

class Bench {
 public:
  Bench()
      : stack_(e2e::StackOptions{.engine = STAMP_ENGINE, .durability = testing::Durability::kSynced}),
        bare_(stack_.database()) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&bare_);
    bare_server_ = builder.BuildAndStart();
    bare_stub_ = v1::ProjectService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
    const auto channel = grpc::CreateChannel(stack_.server_address(), grpc::InsecureChannelCredentials());
    jobs_ = v1::JobService::NewStub(channel);
    token_ = e2e::ReadWhole(stack_.admin_token());
    token_.erase(token_.find_last_not_of(" \n") + 1);
    const auto project = stack_.Json({"project", "create", "bench"});
    project_ = project.at("projectId");
  }

  double BareMilliseconds(int round) {
    Rest();
    grpc::ClientContext context;
    v1::CreateProjectRequest request;
    request.set_name("row " + std::to_string(round));
    v1::CreateProjectResponse response;
    const auto begin = Clock::now();
    Require(bare_stub_->CreateProject(&context, request, &response), "bare insert");
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  }

  double DispatchMilliseconds(int round) {
    Rest();
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token_);
    v1::SubmitJobRequest request;
    request.set_request_id(Uuid(round));
    request.set_project_id(project_);
    request.mutable_spec()->set_schema(1);
    auto& media = *request.mutable_spec()->mutable_probe()->add_media();
    media.set_path("local:nowhere/f.%04d.png");
    media.set_range("1-1");
    v1::SubmitJobResponse response;
    const auto begin = Clock::now();
    Require(jobs_->SubmitJob(&context, request, &response), "submit");
    if (!e2e::Eventually(std::chrono::seconds(20), [&] { return Stamps().size() > static_cast<std::size_t>(round); })) {
      throw std::runtime_error("no engine was started\n" + stack_.Logs());
    }
    const double dispatched = static_cast<double>(Stamps()[round] - begin.time_since_epoch().count()) / 1e6;
    AwaitEnd(response.job().job_id());
    return dispatched;
  }

 private:
  std::vector<long long> Stamps() const {
    std::istringstream in(e2e::ReadWhole(stack_.folder() / "stamps"));
    return {std::istream_iterator<long long>(in), std::istream_iterator<long long>()};
  }

  void Rest() const {
    const bool idle = e2e::Eventually(std::chrono::seconds(20), [&] { return SpooledAttempts() == 0; });
    if (!idle) throw std::runtime_error("the worker does not come to rest\n" + stack_.Logs());
    std::this_thread::sleep_for(kRest);
  }

  std::size_t SpooledAttempts() const {
    const auto entries = std::filesystem::directory_iterator(stack_.folder() / "worker" / "spool");
    return static_cast<std::size_t>(std::count_if(begin(entries), end(entries), [](const auto& entry) {
      return entry.path().filename().string().find('.') != std::string::npos;
    }));
  }

  void AwaitEnd(const std::string& job_id) {
    const bool ended = e2e::Eventually(std::chrono::seconds(20), [&] {
      grpc::ClientContext context;
      context.AddMetadata("authorization", "Bearer " + token_);
      v1::GetJobRequest request;
      request.set_job_id(job_id);
      v1::GetJobResponse response;
      Require(jobs_->GetJob(&context, request, &response), "get");
      return response.job().state() == v1::JOB_STATE_SUCCEEDED;
    });
    if (!ended) throw std::runtime_error("job " + job_id + " did not succeed\n" + stack_.Logs());
  }

  e2e::Stack stack_;
  BareInsert bare_;
  std::unique_ptr<grpc::Server> bare_server_;
  std::unique_ptr<v1::ProjectService::Stub> bare_stub_;
  std::unique_ptr<v1::JobService::Stub> jobs_;
  std::string token_;
  std::string project_;
};

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

int Main(int rounds) {
  Bench bench;
  std::vector<double> bare, dispatch;
  for (int round = 0; round < rounds; ++round) {
    bare.push_back(bench.BareMilliseconds(round));
    dispatch.push_back(bench.DispatchMilliseconds(round));
  }
  std::printf("%d rounds, milliseconds       p50      p99      max\n", rounds);
  std::printf("bare gRPC call, one row   %8.2f %8.2f %8.2f\n", Percentile(bare, .5), Percentile(bare, .99),
              Percentile(bare, 1));
  std::printf("submit to execve          %8.2f %8.2f %8.2f\n", Percentile(dispatch, .5), Percentile(dispatch, .99),
              Percentile(dispatch, 1));
  const double ratio = Percentile(dispatch, .99) / Percentile(bare, .99);
  std::printf("ratio of p99: %.1f (bar: at most 10), of p50: %.1f\n", ratio,
              Percentile(dispatch, .5) / Percentile(bare, .5));
  return ratio <= 10 ? 0 : 1;
}

}  // namespace
}  // namespace interneg::benchmark

int main(int count, char** arguments) {
  try {
    return interneg::benchmark::Main(count > 1 ? std::stoi(arguments[1]) : 300);
  } catch (const std::exception& error) {
    std::cerr << "dispatch: " << error.what() << std::endl;
    return 2;
  }
}
