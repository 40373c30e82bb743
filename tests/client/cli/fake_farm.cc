#include "tests/client/cli/fake_services.h"

#include <algorithm>

#include "client/cli/digest.h"
#include "interneg/v1/artifact.grpc.pb.h"
#include "interneg/v1/token.grpc.pb.h"
#include "interneg/v1/worker.grpc.pb.h"

namespace interneg::cli {
namespace {

using grpc::ServerContext;
using grpc::Status;

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

FakeServices FarmServices(FakeFarm& farm) {
  FakeServices services;
  services.push_back(std::make_unique<Workers>(farm));
  services.push_back(std::make_unique<Tokens>(farm));
  services.push_back(std::make_unique<Artifacts>(farm));
  return services;
}

}  // namespace interneg::cli
