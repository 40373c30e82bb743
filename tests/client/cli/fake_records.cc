#include "tests/client/cli/fake_services.h"

#include <algorithm>

#include "interneg/v1/dataset.grpc.pb.h"
#include "interneg/v1/media.grpc.pb.h"
#include "interneg/v1/project.grpc.pb.h"

namespace interneg::cli {
namespace {

using grpc::ServerContext;
using grpc::Status;

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
    const v1::FrameSource& frames = request->frames();
    const std::string name = request->name().empty() ? frames.ShortDebugString() : request->name();
    if (const auto standing = farm.media.find(name); standing != farm.media.end()) {
      if (standing->second.frames().SerializeAsString() != frames.SerializeAsString())
        return Status(grpc::StatusCode::ALREADY_EXISTS, "name: it stands for other frames");
      *response->mutable_media() = standing->second;
      return Status::OK;
    }
    v1::Media& media = farm.media[name];
    media.set_media_id("media-" + std::to_string(farm.media.size()));
    media.set_project_id(request->project_id());
    media.set_name(name);
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
    v1::DatasetContent content = request->content();
    HoldOneOut(content);
    if (request->state() != v1::DATASET_STATE_DRAFT) {
      if (const Status s = Complete(content, IsNumberedAlike(content) ? HeldOut::kWhereThereIsOne : HeldOut::kRequired);
          !s.ok())
        return s;
    }
    v1::DatasetVersion& version = farm.datasets.emplace_back();
    version.set_dataset_version_id("dataset-" + std::to_string(farm.datasets.size()));
    version.set_project_id(request->project_id());
    version.set_name(request->name());
    version.set_shot(request->shot());
    version.set_revision(1);
    version.set_state(v1::DATASET_STATE_DRAFT);
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
      if (request->name().empty() || version->name() == request->name())
        *response->add_dataset_versions() = InBrief(*version);
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
    if (const Status s = Complete(version.content(), HeldOut::kRequired); !s.ok()) return s;
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
  // As server/rpc/dataset_content.cc and dataset_handlers.cc have it.
  enum class HeldOut { kRequired, kWhereThereIsOne };
  static bool IsNumberedAlike(const v1::DatasetContent& content) {
    return content.alignment_sha256().empty() &&
           std::all_of(content.pairs().begin(), content.pairs().end(),
                       [](const v1::DatasetPair& pair) { return pair.source_frame() == pair.reference_frame(); });
  }
  static bool HoldsOut(const v1::DatasetContent& content) {
    return std::any_of(content.pairs().begin(), content.pairs().end(),
                       [](const v1::DatasetPair& pair) { return pair.held_out(); });
  }
  // The frame behind the first pair's, of pairs that are numbered alike.
  static void HoldOneOut(v1::DatasetContent& content) {
    if (content.pairs().empty() || !IsNumberedAlike(content) || HoldsOut(content)) return;
    v1::DatasetPair& pair = *content.add_pairs();
    pair.set_source_frame(content.pairs(0).source_frame() + 1);
    pair.set_reference_frame(pair.source_frame());
    pair.set_held_out(true);
  }
  static Status Complete(const v1::DatasetContent& content, HeldOut held_out) {
    const auto wrong = [](const std::string& what) { return Status(grpc::StatusCode::FAILED_PRECONDITION, what); };
    const auto training = std::count_if(content.pairs().begin(), content.pairs().end(),
                                        [](const v1::DatasetPair& pair) { return !pair.held_out(); });
    if (training < 2)
      return wrong("pairs: at least two pairs to train on are needed, " + std::to_string(training) + " given");
    if (held_out == HeldOut::kRequired && !HoldsOut(content))
      return wrong("pairs: none is held out, and a model is chosen by such; hold one out (--hold-out)");
    for (const v1::DatasetPair& pair : content.pairs()) {
      if (!content.alignment_sha256().empty() || pair.source_frame() == pair.reference_frame()) continue;
      return wrong("frame " + std::to_string(pair.source_frame()) + ": its partner is another, without an alignment");
    }
    return Status::OK;
  }
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

}  // namespace

FakeServices RecordServices(FakeFarm& farm) {
  FakeServices services;
  services.push_back(std::make_unique<Projects>(farm));
  services.push_back(std::make_unique<Media>(farm));
  services.push_back(std::make_unique<Datasets>(farm));
  return services;
}

}  // namespace interneg::cli
