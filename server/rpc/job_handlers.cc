#include "server/rpc/job_handlers.h"

#include <fmt/format.h>

#include "interneg/v1/job.pb.h"
#include "server/rpc/job_document.h"
#include "server/rpc/media_record.h"
#include "server/rpc/request_check.h"
#include "server/rpc/wire_attempt.h"
#include "server/rpc/wire_job.h"

namespace interneg::rpc {
namespace {

constexpr int kMostDependencies = 1'000;

class JobHandlers {
 public:
  JobHandlers(scheduling::JobBook& jobs, artifacts::Catalog& artifacts, Gate& gate)
      : jobs_(jobs), artifacts_(artifacts), gate_(gate) {}

  absl::StatusOr<v1::SubmitJobResponse> Submit(const Principal& principal, const v1::SubmitJobRequest& request) const {
    if (auto s = gate_.RequireContributor(principal, request.project_id(), "project"); !s.ok()) return s;
    auto asked = ReadRequest(request);
    if (!asked.ok()) return asked.status();
    if (auto s = RequireInputs(principal, *asked); !s.ok()) return s;
    auto job = jobs_.Submit(principal.actor(), *asked);
    if (!job.ok()) return job.status();
    v1::SubmitJobResponse response;
    *response.mutable_job() = ToWire(*job);
    return response;
  }

  absl::StatusOr<v1::GetJobResponse> Get(const Principal& principal, const v1::GetJobRequest& request) const {
    auto job = FindJob(jobs_, gate_, principal, request.job_id());
    if (!job.ok()) return job.status();
    v1::GetJobResponse response;
    *response.mutable_job() = ToWire(*job);
    return response;
  }

  absl::StatusOr<v1::ListJobsResponse> List(const Principal& principal, const v1::ListJobsRequest& request) const {
    scheduling::JobFilter filter{request.project_id(), {}, {}, request.shot()};
    if (!filter.project_id.empty()) {
      if (auto s = gate_.RequireSight(principal, filter.project_id, "project"); !s.ok()) return s;
    }
    for (int i = 0; i < request.states_size(); ++i) {
      const auto state = Read(request.states(i));
      if (!state) return absl::InvalidArgumentError(fmt::format("states[{}]: no state of a job", i));
      filter.states.push_back(*state);
    }
    for (int i = 0; i < request.kinds_size(); ++i) {
      const auto kind = Read(request.kinds(i));
      if (!kind) return absl::InvalidArgumentError(fmt::format("kinds[{}]: no kind of job", i));
      filter.kinds.push_back(*kind);
    }
    auto page = ReadPage("ListJobs", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    auto jobs = jobs_.List(filter, Visible(principal), *page);
    if (!jobs.ok()) return jobs.status();
    v1::ListJobsResponse response;
    for (const auto& job : jobs->rows) *response.add_jobs() = ToWire(job);
    response.set_next_page_token(PageToken("ListJobs", jobs->next));
    return response;
  }

  absl::StatusOr<v1::CancelJobResponse> Cancel(const Principal& principal, const v1::CancelJobRequest& request) const {
    auto job = FindOwn(principal, request.job_id());
    if (!job.ok()) return job.status();
    auto cancelled =
        jobs_.Cancel(principal.actor(), job->job_id,
                     request.dependents() ? scheduling::Dependents::kCancelToo : scheduling::Dependents::kKeep);
    if (!cancelled.ok()) return cancelled.status();
    v1::CancelJobResponse response;
    *response.mutable_job() = ToWire(*cancelled);
    return response;
  }

  absl::StatusOr<v1::AdjustJobResponse> Adjust(const Principal& principal, const v1::AdjustJobRequest& request) const {
    auto job = FindOwn(principal, request.job_id());
    if (!job.ok()) return job.status();
    const double rate = request.adjust().learning_rate();
    if (!(rate >= 0 && rate <= 1)) {
      return absl::InvalidArgumentError("adjust.learning_rate: must lie between 0 and 1; 0 leaves it as it is");
    }
    auto number = jobs_.Adjust(principal.actor(), job->job_id, Read(request.adjust()));
    if (!number.ok()) return number.status();
    v1::AdjustJobResponse response;
    response.set_adjustment_no(*number);
    return response;
  }

  absl::StatusOr<v1::ListTasksResponse> ListTasks(const Principal& principal,
                                                  const v1::ListTasksRequest& request) const {
    auto job = FindJob(jobs_, gate_, principal, request.job_id());
    if (!job.ok()) return job.status();
    auto tasks = jobs_.Tasks(job->job_id);
    if (!tasks.ok()) return tasks.status();
    v1::ListTasksResponse response;
    for (const auto& task : *tasks) *response.add_tasks() = ToWire(task);
    return response;
  }

  absl::StatusOr<v1::ListMeasuresResponse> ListMeasures(const Principal& principal,
                                                        const v1::ListMeasuresRequest& request) const {
    auto job = FindJob(jobs_, gate_, principal, request.job_id());
    if (!job.ok()) return job.status();
    auto page = ReadPage("ListMeasures", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    auto measures = jobs_.Measures(job->job_id, *page);
    if (!measures.ok()) return measures.status();
    v1::ListMeasuresResponse response;
    for (const auto& measure : measures->rows) *response.add_measures() = ToWire(measure);
    response.set_next_page_token(PageToken("ListMeasures", measures->next));
    return response;
  }

  absl::StatusOr<v1::ListFramesResponse> ListFrames(const Principal& principal,
                                                    const v1::ListFramesRequest& request) const {
    auto job = FindJob(jobs_, gate_, principal, request.job_id());
    if (!job.ok()) return job.status();
    auto page = ReadPage("ListFrames", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    auto frames = jobs_.Frames(job->job_id, *page);
    if (!frames.ok()) return frames.status();
    v1::ListFramesResponse response;
    for (const auto& frame : frames->rows) *response.add_frames() = ToWire(frame);
    response.set_next_page_token(PageToken("ListFrames", frames->next));
    return response;
  }

 private:
  static absl::StatusOr<scheduling::JobRequest> ReadRequest(const v1::SubmitJobRequest& request) {
    auto request_id = ReadRequestId(request.request_id());
    if (!request_id.ok()) return request_id.status();
    if (auto s = CheckText("shot", request.shot(), 1'000); !s.ok()) return s;
    if (auto s = CheckText("pool", request.pool(), 63); !s.ok()) return s;
    if (request.priority() < -100 || request.priority() > 100) {
      return absl::InvalidArgumentError(
          fmt::format("priority: {} is given; −100…100 are expected", request.priority()));
    }
    if (request.dependencies_size() > kMostDependencies) {
      return absl::InvalidArgumentError(fmt::format("dependencies: at most {} are taken", kMostDependencies));
    }
    auto document = ReadJobDocument(request.spec());
    if (!document.ok()) return document.status();
    scheduling::JobRequest asked;
    asked.request_id = *std::move(request_id);
    asked.project_id = request.project_id();
    asked.shot = request.shot();
    asked.spec = std::move(document->json);
    asked.spec_sha256 = std::move(document->sha256);
    asked.facts = std::move(document->facts);
    asked.priority = request.priority();
    asked.pool = request.pool();
    for (const auto& dependency : request.dependencies()) asked.depends_on.push_back(dependency.job_id());
    if (auto s = ReadMediaIds(request, asked); !s.ok()) return s;
    return asked;
  }

  static absl::Status ReadMediaIds(const v1::SubmitJobRequest& request, scheduling::JobRequest& asked) {
    if (request.media_ids().empty()) return absl::OkStatus();
    const auto& media = request.spec().probe().media();
    if (media.size() != request.media_ids_size()) {
      return absl::InvalidArgumentError(
          fmt::format("media_ids: {} are given, the document's probe has {} media; name the medium of each, or none",
                      request.media_ids_size(), media.size()));
    }
    for (int i = 0; i < media.size(); ++i) {
      asked.media.push_back({request.media_ids(i), FramesOf(media[i])});
    }
    return absl::OkStatus();
  }

  // Nothing of another project may be used: neither its jobs nor, by its hash, its checkpoint.
  absl::Status RequireInputs(const Principal& principal, const scheduling::JobRequest& asked) const {
    std::vector<std::pair<std::string, std::string>> inputs;
    for (std::size_t i = 0; i < asked.depends_on.size(); ++i) {
      inputs.emplace_back(fmt::format("dependencies[{}]", i), asked.depends_on[i]);
    }
    const bool train = asked.facts.kind == scheduling::JobKind::kTrain;
    if (!asked.facts.train_job_id.empty()) {
      inputs.emplace_back(train ? "train.initialTrainJobId" : "render.trainJobId", asked.facts.train_job_id);
    }
    for (const auto& input : asked.facts.inputs) {
      if (!input.job_id.empty()) inputs.emplace_back(input.field + ".jobId", input.job_id);
    }
    for (const auto& [field, job_id] : inputs) {
      auto job = FindJob(jobs_, gate_, principal, job_id);
      if (absl::IsNotFound(job.status()) || (job.ok() && job->project_id != asked.project_id)) {
        return absl::NotFoundError(fmt::format("{}: no job {} in this project", field, job_id));
      }
      if (!job.ok()) return job.status();
    }
    const char* checkpoint = train ? "train.initialCheckpointSha256" : "render.checkpointSha256";
    if (auto s = RequireArtifact(asked, checkpoint, "checkpoint", asked.facts.checkpoint_sha256); !s.ok()) return s;
    for (const auto& input : asked.facts.inputs) {
      if (auto s = RequireArtifact(asked, input.field + ".sha256", input.kind, input.sha256); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

  absl::Status RequireArtifact(const scheduling::JobRequest& asked, const std::string& field, const std::string& kind,
                               const std::string& sha256) const {
    if (sha256.empty()) return absl::OkStatus();
    const auto found = artifacts_.FindReadable(sha256, artifacts::ReadsProjects{{asked.project_id}});
    if (!absl::IsNotFound(found.status())) return found.status();
    return absl::NotFoundError(fmt::format("{}: no {} {} in this project; upload it first", field, kind, sha256));
  }

  absl::StatusOr<scheduling::Job> FindOwn(const Principal& principal, const std::string& job_id) const {
    auto job = FindJob(jobs_, gate_, principal, job_id);
    if (!job.ok()) return job;
    if (auto s = gate_.RequireSay(principal, job->project_id, job->submitted_by, "job " + job_id); !s.ok()) return s;
    return job;
  }

  scheduling::JobBook& jobs_;
  artifacts::Catalog& artifacts_;
  Gate& gate_;
};

}  // namespace

absl::StatusOr<scheduling::Job> FindJob(scheduling::JobBook& jobs, Gate& gate, const Principal& principal,
                                        const std::string& job_id) {
  auto job = jobs.Get(job_id);
  if (!job.ok()) return job;
  if (auto s = gate.RequireSight(principal, job->project_id, "job"); !s.ok()) return s;
  return job;
}

void AddJobMethods(scheduling::JobBook& jobs, artifacts::Catalog& artifacts, Gate& gate, MethodTable& table) {
  const JobHandlers handlers(jobs, artifacts, gate);
  table.AddUnary<v1::SubmitJobRequest, v1::SubmitJobResponse>(
      "JobService/SubmitJob", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Submit(who, what); });
  table.AddUnary<v1::GetJobRequest, v1::GetJobResponse>(
      "JobService/GetJob", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Get(who, what); });
  table.AddUnary<v1::ListJobsRequest, v1::ListJobsResponse>(
      "JobService/ListJobs", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.List(who, what); });
  table.AddUnary<v1::CancelJobRequest, v1::CancelJobResponse>(
      "JobService/CancelJob", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Cancel(who, what); });
  table.AddUnary<v1::AdjustJobRequest, v1::AdjustJobResponse>(
      "JobService/AdjustJob", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Adjust(who, what); });
  table.AddUnary<v1::ListTasksRequest, v1::ListTasksResponse>(
      "JobService/ListTasks", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.ListTasks(who, what); });
  table.AddUnary<v1::ListMeasuresRequest, v1::ListMeasuresResponse>(
      "JobService/ListMeasures", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.ListMeasures(who, what); });
  table.AddUnary<v1::ListFramesRequest, v1::ListFramesResponse>(
      "JobService/ListFrames", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.ListFrames(who, what); });
}

}  // namespace interneg::rpc
