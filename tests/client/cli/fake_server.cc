#include "tests/client/cli/fake_server.h"

#include <algorithm>
#include <thread>

#include "client/cli/digest.h"
#include "client/cli/job_words.h"
#include "client/cli/message_json.h"
#include "interneg/v1/artifact.grpc.pb.h"
#include "interneg/v1/dataset.grpc.pb.h"
#include "interneg/v1/job.grpc.pb.h"
#include "interneg/v1/media.grpc.pb.h"
#include "interneg/v1/project.grpc.pb.h"
#include "interneg/v1/token.grpc.pb.h"
#include "interneg/v1/worker.grpc.pb.h"

namespace interneg::cli {
namespace {

using grpc::ServerContext;
using grpc::Status;

// Refuses a wrong token and whatever the test wants refused.
Status Admit(FakeFarm& farm, ServerContext& context, const std::string& method) {
  const auto header = context.client_metadata().find("authorization");
  if (header == context.client_metadata().end() ||
      std::string(header->second.data(), header->second.size()) != "Bearer " + farm.token)
    return Status(grpc::StatusCode::UNAUTHENTICATED, "the token has expired");
  if (const auto once = farm.refuse_once.find(method); once != farm.refuse_once.end()) {
    const Status status = once->second;
    farm.refuse_once.erase(once);
    return status;
  }
  const auto refused = farm.refuse.find(method);
  return refused == farm.refuse.end() ? Status::OK : refused->second;
}

struct Projects final : v1::ProjectService::Service {
  explicit Projects(FakeFarm& f) : farm(f) {}
  FakeFarm& farm;
  Status CreateProject(ServerContext* context, const v1::CreateProjectRequest* request,
                       v1::CreateProjectResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "CreateProject"); !s.ok()) return s;
    v1::Project& project = farm.projects[request->name()];
    project.set_name(request->name());
    project.set_film_title(request->film_title());
    project.set_project_id("project-" + request->name());
    *response->mutable_project() = project;
    return Status::OK;
  }
  Status GetProject(ServerContext* context, const v1::GetProjectRequest* request,
                    v1::GetProjectResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "GetProject"); !s.ok()) return s;
    const auto found = farm.projects.find(request->project_id());
    if (found == farm.projects.end()) return Status(grpc::StatusCode::NOT_FOUND, "project: there is none of this name");
    *response->mutable_project() = found->second;
    return Status::OK;
  }
  // Two a page, so that paging is exercised.
  Status ListProjects(ServerContext* context, const v1::ListProjectsRequest* request,
                      v1::ListProjectsResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ListProjects"); !s.ok()) return s;
    auto from = request->page_token().empty() ? farm.projects.begin() : farm.projects.find(request->page_token());
    for (int count = 0; count < 2 && from != farm.projects.end(); ++count, ++from)
      *response->add_projects() = from->second;
    if (from != farm.projects.end()) response->set_next_page_token(from->first);
    return Status::OK;
  }
};

struct Media final : v1::MediaService::Service {
  explicit Media(FakeFarm& f) : farm(f) {}
  FakeFarm& farm;
  Status CreateMedia(ServerContext* context, const v1::CreateMediaRequest* request,
                     v1::CreateMediaResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "CreateMedia"); !s.ok()) return s;
    if (farm.media.count(request->name()) != 0)
      return Status(grpc::StatusCode::ALREADY_EXISTS, "name: it stands for other frames");
    v1::Media& media = farm.media[request->name()];
    media.set_media_id("media-" + std::to_string(farm.media.size()));
    media.set_project_id(request->project_id());
    media.set_name(request->name());
    media.set_shot(request->shot());
    *media.mutable_frames() = request->frames();
    *media.mutable_element() = request->element();
    *response->mutable_media() = media;
    return Status::OK;
  }
  Status GetMedia(ServerContext* context, const v1::GetMediaRequest* request, v1::GetMediaResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "GetMedia"); !s.ok()) return s;
    for (const auto& [name, media] : farm.media)
      if (media.media_id() == request->media_id()) *response->mutable_media() = media;
    return response->has_media() ? Status::OK : Status(grpc::StatusCode::NOT_FOUND, "media: there is none of this id");
  }
  Status UpdateMedia(ServerContext* context, const v1::UpdateMediaRequest* request,
                     v1::UpdateMediaResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "UpdateMedia"); !s.ok()) return s;
    farm.updated.push_back(*request);
    for (const auto& [name, media] : farm.media)
      if (media.media_id() == request->media_id()) *response->mutable_media() = media;
    return response->has_media() ? Status::OK : Status(grpc::StatusCode::NOT_FOUND, "media: there is none of this id");
  }
  Status ListMedia(ServerContext* context, const v1::ListMediaRequest*, v1::ListMediaResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ListMedia"); !s.ok()) return s;
    for (const auto& [name, media] : farm.media) *response->add_media() = media;
    return Status::OK;
  }
};

struct Datasets final : v1::DatasetService::Service {
  explicit Datasets(FakeFarm& f) : farm(f) {}
  FakeFarm& farm;
  Status CreateDatasetVersion(ServerContext* context, const v1::CreateDatasetVersionRequest* request,
                              v1::CreateDatasetVersionResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "CreateDatasetVersion"); !s.ok()) return s;
    for (const auto& [name, medium] : farm.media) {
      const bool named = medium.media_id() == request->content().source_media_id() ||
                         medium.media_id() == request->content().reference_media_id();
      if (named && medium.frames().range().empty())
        return {grpc::StatusCode::INVALID_ARGUMENT, "medium " + name + " is named without a range"};
    }
    v1::DatasetVersion& version = farm.datasets.emplace_back();
    version.set_dataset_version_id("dataset-" + std::to_string(farm.datasets.size()));
    version.set_project_id(request->project_id());
    version.set_name(request->name());
    version.set_shot(request->shot());
    version.set_revision(1);
    version.set_state(v1::DATASET_STATE_DRAFT);
    v1::DatasetContent content = request->content();
    const bool held_out = std::any_of(content.pairs().begin(), content.pairs().end(),
                                      [](const v1::DatasetPair& pair) { return pair.held_out(); });
    if (!held_out && content.pairs_size() > 0) {
      v1::DatasetPair& pair = *content.add_pairs();
      pair.set_source_frame(content.pairs(0).source_frame() + 1);
      pair.set_reference_frame(pair.source_frame());
      pair.set_held_out(true);
    }
    Put(content, version);
    if (request->state() != v1::DATASET_STATE_DRAFT) LockAs(version);
    *response->mutable_dataset_version() = version;
    return Status::OK;
  }
  Status GetDatasetVersion(ServerContext* context, const v1::GetDatasetVersionRequest* request,
                           v1::GetDatasetVersionResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "GetDatasetVersion"); !s.ok()) return s;
    const v1::DatasetVersion* version = Find(request->dataset_version_id());
    if (version == nullptr) return Status(grpc::StatusCode::NOT_FOUND, "no such dataset version");
    *response->mutable_dataset_version() = *version;
    return Status::OK;
  }
  Status ListDatasetVersions(ServerContext* context, const v1::ListDatasetVersionsRequest* request,
                             v1::ListDatasetVersionsResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ListDatasetVersions"); !s.ok()) return s;
    for (auto version = farm.datasets.rbegin(); version != farm.datasets.rend(); ++version)
      if (request->name().empty() || version->name() == request->name()) *response->add_dataset_versions() = InBrief(*version);
    return Status::OK;
  }
  Status EditDatasetDraft(ServerContext* context, const v1::EditDatasetDraftRequest* request,
                          v1::EditDatasetDraftResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "EditDatasetDraft"); !s.ok()) return s;
    v1::DatasetVersion& version = *Find(request->dataset_version_id());
    if (version.revision() != request->revision()) return Status(grpc::StatusCode::ABORTED, "edited meanwhile");
    version.set_revision(version.revision() + 1);
    Put(request->content(), version);
    *response->mutable_dataset_version() = version;
    return Status::OK;
  }
  Status LockDatasetDraft(ServerContext* context, const v1::LockDatasetDraftRequest* request,
                          v1::LockDatasetDraftResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "LockDatasetDraft"); !s.ok()) return s;
    v1::DatasetVersion& version = *Find(request->dataset_version_id());
    LockAs(version);
    *response->mutable_dataset_version() = version;
    return Status::OK;
  }
  Status DiscardDatasetDraft(ServerContext* context, const v1::DiscardDatasetDraftRequest* request,
                             v1::DiscardDatasetDraftResponse*) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "DiscardDatasetDraft"); !s.ok()) return s;
    farm.datasets.erase(std::remove_if(farm.datasets.begin(), farm.datasets.end(),
                                       [&](const v1::DatasetVersion& version) {
                                         return version.dataset_version_id() == request->dataset_version_id();
                                       }),
                        farm.datasets.end());
    return Status::OK;
  }

 private:
  v1::DatasetVersion* Find(const std::string& id) {
    for (v1::DatasetVersion& version : farm.datasets)
      if (version.dataset_version_id() == id) return &version;
    return nullptr;
  }
  static v1::DatasetVersion InBrief(v1::DatasetVersion version) {
    version.clear_content();
    version.clear_pairs();
    version.clear_held_out();
    return version;
  }
  static void Put(const v1::DatasetContent& content, v1::DatasetVersion& version) {
    *version.mutable_content() = content;
    version.set_recovery(content.recovery());
    version.set_source_media_id(content.source_media_id());
    version.set_reference_media_id(content.reference_media_id());
    version.clear_pairs();
    version.clear_held_out();
    for (const v1::DatasetPair& pair : content.pairs())
      pair.held_out() ? version.add_held_out(pair.source_frame()) : version.add_pairs(pair.source_frame());
    version.set_pair_count(version.pairs_size());
    version.set_held_out_count(version.held_out_size());
  }
  void LockAs(v1::DatasetVersion& version) {
    int number = 0;
    for (const v1::DatasetVersion& other : farm.datasets)
      if (other.name() == version.name()) number = std::max(number, other.version());
    version.set_state(v1::DATASET_STATE_LOCKED);
    version.set_version(number + 1);
    version.set_sha256(std::string(64, 'd'));
  }
};

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

struct Workers final : v1::WorkerService::Service {
  explicit Workers(FakeFarm& f) : farm(f) {}
  FakeFarm& farm;
  Status ListWorkers(ServerContext* context, const v1::ListWorkersRequest*,
                     v1::ListWorkersResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ListWorkers"); !s.ok()) return s;
    v1::Worker& worker = *response->add_workers();
    worker.set_name("node1");
    worker.set_version("0.1.0");
    worker.set_state(v1::WORKER_STATE_ONLINE);
    return Status::OK;
  }
};

struct Tokens final : v1::TokenService::Service {
  explicit Tokens(FakeFarm& f) : farm(f) {}
  FakeFarm& farm;
  Status GetIdentity(ServerContext* context, const v1::GetIdentityRequest*,
                     v1::GetIdentityResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "GetIdentity"); !s.ok()) return s;
    response->set_principal("ann");
    response->add_roles()->set_role(v1::ROLE_ADMIN);
    return Status::OK;
  }
  Status CreateToken(ServerContext* context, const v1::CreateTokenRequest* request,
                     v1::CreateTokenResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "CreateToken"); !s.ok()) return s;
    response->mutable_token()->set_token_id("t1");
    response->mutable_token()->set_principal(request->principal());
    response->mutable_token()->set_role(request->role());
    response->set_secret("shown-once");
    return Status::OK;
  }
};

struct Artifacts final : v1::ArtifactService::Service {
  explicit Artifacts(FakeFarm& f) : farm(f) {}
  FakeFarm& farm;
  Status ListArtifacts(ServerContext* context, const v1::ListArtifactsRequest* request,
                       v1::ListArtifactsResponse* response) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "ListArtifacts"); !s.ok()) return s;
    for (const v1::Artifact& artifact : farm.artifacts)
      if (artifact.job_id() == request->job_id() && (request->kind().empty() || artifact.kind() == request->kind()))
        *response->add_artifacts() = artifact;
    return Status::OK;
  }
  Status Download(ServerContext* context, const v1::DownloadRequest* request,
                  grpc::ServerWriter<v1::DownloadResponse>* writer) override {
    const std::lock_guard lock(farm.mutex);
    if (const Status s = Admit(farm, *context, "Download"); !s.ok()) return s;
    farm.download_offsets.push_back(request->offset());
    const auto stored = farm.stored.find(request->sha256());
    const std::string& bytes = stored == farm.stored.end() ? farm.artifact_bytes : stored->second;
    const std::size_t block = stored == farm.stored.end() ? 4 : 1000;
    for (std::size_t offset = request->offset(); offset < bytes.size(); offset += block) {
      if (farm.download_breaks_at >= 0 && static_cast<int>(offset) >= farm.download_breaks_at) {
        farm.download_breaks_at = -1;
        return Status(grpc::StatusCode::UNAVAILABLE, "restarting");
      }
      v1::DownloadResponse part;
      part.set_offset(offset);
      part.set_data(bytes.substr(offset, block));
      writer->Write(part);
    }
    return Status::OK;
  }
};

}  // namespace

void FakeFarm::Store(const std::string& job_id, const std::string& kind, const std::string& bytes) {
  v1::Artifact& artifact = artifacts.emplace_back();
  artifact.set_job_id(job_id);
  artifact.set_kind(kind);
  artifact.set_sha256(Sha256Hex(bytes));
  artifact.mutable_create_time()->set_seconds(1'800'000'000 + static_cast<long>(artifacts.size()));
  stored[artifact.sha256()] = bytes;
}

v1::Job& FakeFarm::AddJob(const std::string& id, v1::JobKind kind, const std::string& spec) {
  v1::Job& job = jobs[id];
  job.set_job_id(id);
  job.set_kind(kind);
  job.set_state(v1::JOB_STATE_SUCCEEDED);
  job.set_project_id("project-lab");
  job.set_shot("sh010");
  job.set_spec(spec);
  return job;
}

struct FakeServer::Services {
  explicit Services(FakeFarm& farm)
      : projects(farm), media(farm), datasets(farm), jobs(farm), workers(farm), tokens(farm), artifacts(farm) {}
  Projects projects;
  Media media;
  Datasets datasets;
  Jobs jobs;
  Workers workers;
  Tokens tokens;
  Artifacts artifacts;
};

FakeServer::FakeServer() : services_(std::make_unique<Services>(farm_)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  for (grpc::Service* service :
       {static_cast<grpc::Service*>(&services_->projects), static_cast<grpc::Service*>(&services_->media),
        static_cast<grpc::Service*>(&services_->datasets), static_cast<grpc::Service*>(&services_->jobs),
        static_cast<grpc::Service*>(&services_->workers), static_cast<grpc::Service*>(&services_->tokens),
        static_cast<grpc::Service*>(&services_->artifacts)})
    builder.RegisterService(service);
  server_ = builder.BuildAndStart();
}

FakeServer::~FakeServer() {
  server_->Shutdown(std::chrono::system_clock::now());
}

std::string FakeServer::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

}  // namespace interneg::cli
