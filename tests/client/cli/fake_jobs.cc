#include "tests/client/cli/fake_services.h"

#include <algorithm>
#include <thread>

#include "client/cli/job_words.h"
#include "client/cli/message_json.h"
#include "interneg/v1/job.grpc.pb.h"

namespace interneg::cli {
namespace {

using grpc::ServerContext;
using grpc::Status;

v1::JobKind KindOf(const v1::JobSpec& spec) {
  switch (spec.kind_case()) {
    case v1::JobSpec::kProbe:
      return v1::JOB_KIND_PROBE;
    case v1::JobSpec::kTrain:
      return v1::JOB_KIND_TRAIN;
    case v1::JobSpec::kMatch:
      return v1::JOB_KIND_MATCH;
    case v1::JobSpec::kCurate:
      return v1::JOB_KIND_CURATE;
    case v1::JobSpec::kAlign:
      return v1::JOB_KIND_ALIGN;
    case v1::JobSpec::kBaseline:
      return v1::JOB_KIND_BASELINE;
    default:
      return v1::JOB_KIND_RENDER;
  }
}

struct Jobs final : v1::JobService::Service {
  explicit Jobs(FakeFarm& f) : farm(f) {}
  FakeFarm& farm;
  Status SubmitJob(ServerContext* context, const v1::SubmitJobRequest* request,
                   v1::SubmitJobResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "SubmitJob"); !s.ok()) return s;
    const v1::JobKind kind = KindOf(request->spec());
    const std::string word = Word(kind);
    if (const Status s = Admit(farm, *context, "SubmitJob/" + word); !s.ok()) return s;
    farm.submitted.push_back(*request);
    v1::Job& job = farm.jobs[word + "-1"];
    job.set_job_id(word + "-1");
    job.set_kind(kind);
    job.set_state(v1::JOB_STATE_PENDING);
    job.set_spec(ToJson(request->spec(), Defaults::kLeftOut).dump());
    *response->mutable_job() = job;
    return Status::OK;
  }
  Status GetJob(ServerContext* context, const v1::GetJobRequest* request, v1::GetJobResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "GetJob"); !s.ok()) return s;
    const auto found = farm.jobs.find(request->job_id());
    if (found == farm.jobs.end()) return Status(grpc::StatusCode::NOT_FOUND, "job: there is none of this id");
    *response->mutable_job() = found->second;
    return Status::OK;
  }
  Status ListJobs(ServerContext* context, const v1::ListJobsRequest* request, v1::ListJobsResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ListJobs"); !s.ok()) return s;
    farm.listed.push_back(*request);
    for (const auto& [id, job] : farm.jobs) *response->add_jobs() = job;
    return Status::OK;
  }
  Status CancelJob(ServerContext* context, const v1::CancelJobRequest* request,
                   v1::CancelJobResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "CancelJob"); !s.ok()) return s;
    farm.cancelled.push_back(request->job_id());
    response->mutable_job()->set_job_id(request->job_id());
    response->mutable_job()->set_state(v1::JOB_STATE_CANCELLED);
    return Status::OK;
  }
  Status AdjustJob(ServerContext* context, const v1::AdjustJobRequest*, v1::AdjustJobResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "AdjustJob"); !s.ok()) return s;
    response->set_adjustment_no(1);
    return Status::OK;
  }
  Status ListTasks(ServerContext* context, const v1::ListTasksRequest*, v1::ListTasksResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ListTasks"); !s.ok()) return s;
    for (int i = 0; i < farm.tasks; ++i) response->add_tasks()->set_task_id("task-" + std::to_string(i));
    return Status::OK;
  }
  Status ListMeasures(ServerContext* context, const v1::ListMeasuresRequest* request,
                      v1::ListMeasuresResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ListMeasures"); !s.ok()) return s;
    if (request->job_id() == "train-1" || request->job_id() == "baseline-1")
      response->mutable_measures()->Add(farm.measures.begin(), farm.measures.end());
    return Status::OK;
  }
  Status ListFrames(ServerContext* context, const v1::ListFramesRequest*, v1::ListFramesResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ListFrames"); !s.ok()) return s;
    response->mutable_frames()->Add(farm.frames.begin(), farm.frames.end());
    return Status::OK;
  }
  Status ReadLogs(ServerContext* context, const v1::ReadLogsRequest*,
                  grpc::ServerWriter<v1::ReadLogsResponse>* writer) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ReadLogs"); !s.ok()) return s;
    std::vector<std::string> parts = farm.log_parts;
    for (const std::string& text : parts) {
      v1::ReadLogsResponse part;
      part.set_text(text);
      writer->Write(part);
      if (farm.breaks.empty()) continue;
      farm.breaks.clear();
      return Status(grpc::StatusCode::UNAVAILABLE, "restarting");
    }
    return Status::OK;
  }
  Status WatchJobs(ServerContext* context, const v1::WatchJobsRequest* request,
                   grpc::ServerWriter<v1::WatchJobsResponse>* writer) override {
    std::function<void()> at_open_end;
    {
      const std::lock_guard lock(farm.mutex);
      if (const Status s = Admit(farm, *context, "WatchJobs"); !s.ok()) return s;
      farm.watch_cursors.push_back(request->cursor());
      int left = -1;
      if (!farm.breaks.empty()) {
        left = farm.breaks.front();
        farm.breaks.erase(farm.breaks.begin());
      }
      for (const v1::WatchJobsResponse& event : farm.events) {
        if (event.cursor() != 0 && event.cursor() <= request->cursor()) continue;
        if (left-- == 0) return Status(grpc::StatusCode::UNAVAILABLE, "restarting");
        writer->Write(event);
      }
      at_open_end = farm.at_open_end;
    }
    if (!at_open_end) return Status::OK;
    at_open_end();
    while (!context->IsCancelled()) std::this_thread::yield();
    return Status::CANCELLED;
  }
};

}  // namespace

FakeServices JobServices(FakeFarm& farm) {
  FakeServices services;
  services.push_back(std::make_unique<Jobs>(farm));
  return services;
}

}  // namespace interneg::cli
