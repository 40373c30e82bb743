#include "server/rpc/artifact_handlers.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "interneg/v1/artifact.pb.h"
#include "server/rpc/job_handlers.h"
#include "server/rpc/request_check.h"
#include "server/rpc/wire_attempt.h"
#include "server/rpc/wire_time.h"

namespace interneg::rpc {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr int kDefaultPage = 100;

v1::Artifact ToWire(const artifacts::Reference& reference) {
  v1::Artifact wire;
  const auto& description = reference.description;
  wire.set_sha256(description.sha256);
  wire.set_size_bytes(description.size_bytes);
  wire.set_kind(description.kind);
  wire.set_media_type(description.media_type);
  wire.set_name(description.name);
  wire.set_job_id(reference.job_id);
  if (description.step) wire.set_step(*description.step);
  Put(std::chrono::time_point_cast<std::chrono::microseconds>(reference.created_at), wire.mutable_create_time());
  return wire;
}

artifacts::Reader ReaderFor(const Principal& principal) {
  if (principal.token.role == scheduling::Role::kWorker) return artifacts::ReadsAsWorker{principal.token.principal};
  if (const auto visible = Visible(principal)) return artifacts::ReadsProjects{*visible};
  return artifacts::ReadsEverything();
}

class UploadSink : public Sink {
 public:
  UploadSink(artifacts::Uploads& uploads, std::string principal)
      : uploads_(uploads), principal_(std::move(principal)) {}

  absl::Status Take(const Message& message) override {
    const auto& request = static_cast<const v1::UploadRequest&>(message);
    if (!stream_) {
      auto stream = uploads_.Open(principal_, request.upload_id());
      if (!stream.ok()) return stream.status();
      upload_id_ = request.upload_id();
      stream_.emplace(*std::move(stream));
    } else if (!request.upload_id().empty() && request.upload_id() != upload_id_) {
      return absl::InvalidArgumentError("upload_id: one stream carries one upload");
    }
    return stream_->Append(request.offset(), request.data());
  }

  absl::StatusOr<MessagePointer> Finish() override {
    if (!stream_) return absl::InvalidArgumentError("upload_id: the stream ended without a message");
    auto state = stream_->Finish();
    if (!state.ok()) return state.status();
    auto response = std::make_unique<v1::UploadResponse>();
    response->set_offset(state->offset);
    response->set_complete(state->complete);
    return response;
  }

 private:
  artifacts::Uploads& uploads_;
  const std::string principal_;
  std::string upload_id_;
  std::optional<artifacts::UploadStream> stream_;
};

class DownloadSource : public Source {
 public:
  DownloadSource(artifacts::WholeFile file, std::uint64_t offset) : file_(std::move(file)), offset_(offset) {}

  absl::StatusOr<Step> Pull() override {
    auto bytes = file_.Read(offset_, kBlockBytes);
    if (!bytes.ok()) return bytes.status();
    auto message = std::make_unique<v1::DownloadResponse>();
    message->set_offset(offset_);
    message->set_size_bytes(file_.size_bytes());
    offset_ += bytes->size();
    message->set_data(*std::move(bytes));
    Step step;
    step.messages.push_back(std::move(message));
    step.state = offset_ == file_.size_bytes() ? State::kEnd : State::kMore;
    return step;
  }

 private:
  artifacts::WholeFile file_;
  std::uint64_t offset_;
};

class ArtifactHandlers {
 public:
  ArtifactHandlers(artifacts::Catalog& catalog, artifacts::FileStore& files, artifacts::Uploads& uploads,
                   scheduling::JobBook& jobs, Gate& gate)
      : catalog_(catalog), files_(files), uploads_(uploads), jobs_(jobs), gate_(gate) {}

  absl::StatusOr<v1::BeginUploadResponse> Begin(const Principal& principal,
                                                const v1::BeginUploadRequest& request) const {
    auto owner = ReadOwner(principal, request);
    if (!owner.ok()) return owner.status();
    artifacts::Description description{request.sha256(),     request.size_bytes(), request.kind(),
                                       request.media_type(), request.name(),       std::nullopt};
    if (request.has_step()) description.step = request.step();
    auto state = uploads_.Begin(principal.token.principal, *owner, description);
    if (!state.ok()) return state.status();
    v1::BeginUploadResponse response;
    response.set_upload_id(state->upload_id);
    response.set_offset(state->offset);
    response.set_complete(state->complete);
    return response;
  }

  absl::StatusOr<std::unique_ptr<Source>> Download(const Principal& principal,
                                                   const v1::DownloadRequest& request) const {
    auto description = catalog_.FindReadable(request.sha256(), ReaderFor(principal));
    if (!description.ok()) return description.status();
    auto file = files_.OpenWhole(description->sha256);
    // The row without its file is a fault of the store, not a caller's mistake.
    if (absl::IsNotFound(file.status())) return absl::DataLossError(std::string(file.status().message()));
    if (!file.ok()) return file.status();
    if (request.offset() > file->size_bytes()) {
      return absl::OutOfRangeError(
          fmt::format("offset: {} lies beyond the artifact's {} bytes", request.offset(), file->size_bytes()));
    }
    return std::make_unique<DownloadSource>(*std::move(file), request.offset());
  }

  absl::StatusOr<v1::ListArtifactsResponse> List(const Principal& principal,
                                                 const v1::ListArtifactsRequest& request) const {
    auto job = FindJob(jobs_, gate_, principal, request.job_id());
    if (!job.ok()) return job.status();
    auto page = ReadPage("ListArtifacts", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    std::int64_t after = 0;
    const auto [end, error] = std::from_chars(page->after.data(), page->after.data() + page->after.size(), after);
    if (!page->after.empty() && (error != std::errc() || end != page->after.data() + page->after.size())) {
      return absl::InvalidArgumentError("page_token: is not one of this list's");
    }
    const int limit = page->size == 0 ? kDefaultPage : page->size;
    auto references = catalog_.ListOfJob(job->job_id, request.kind(), after, limit);
    if (!references.ok()) return references.status();
    v1::ListArtifactsResponse response;
    for (const auto& reference : *references) *response.add_artifacts() = ToWire(reference);
    if (static_cast<int>(references->size()) == limit) {
      response.set_next_page_token(PageToken("ListArtifacts", std::to_string(references->back().reference_no)));
    }
    return response;
  }

 private:
  absl::StatusOr<artifacts::Owner> ReadOwner(const Principal& principal, const v1::BeginUploadRequest& request) const {
    if (principal.token.role == scheduling::Role::kWorker) {
      if (!request.has_attempt())
        return gate_.Refuse(principal, "upload", "a worker uploads for an attempt of its own");
      auto attempt = ReadAttemptRef(request.attempt());
      if (!attempt.ok()) return attempt.status();
      return artifacts::AttemptOwner{attempt->key.task_id, attempt->key.attempt_no, attempt->token};
    }
    if (request.has_attempt()) return gate_.Refuse(principal, "upload", "only a worker uploads for an attempt");
    if (auto s = gate_.RequireContributor(principal, request.project_id(), "project"); !s.ok()) return s;
    return artifacts::ProjectOwner{request.project_id()};
  }

  artifacts::Catalog& catalog_;
  artifacts::FileStore& files_;
  artifacts::Uploads& uploads_;
  scheduling::JobBook& jobs_;
  Gate& gate_;
};

}  // namespace

void AddArtifactMethods(artifacts::Catalog& catalog, artifacts::FileStore& files, artifacts::Uploads& uploads,
                        scheduling::JobBook& jobs, Gate& gate, MethodTable& table) {
  const ArtifactHandlers handlers(catalog, files, uploads, jobs, gate);
  table.AddUnary<v1::BeginUploadRequest, v1::BeginUploadResponse>(
      "ArtifactService/BeginUpload", Audience::kEveryone,
      [handlers](const auto& who, const auto& what) { return handlers.Begin(who, what); });
  table.AddSink<v1::UploadRequest>("ArtifactService/Upload", Audience::kEveryone,
                                   [&uploads](const Principal& principal) -> absl::StatusOr<std::unique_ptr<Sink>> {
                                     return std::make_unique<UploadSink>(uploads, principal.token.principal);
                                   });
  table.AddSource<v1::DownloadRequest>(
      "ArtifactService/Download", Audience::kEveryone,
      [handlers](const auto& who, const auto& what) { return handlers.Download(who, what); });
  table.AddUnary<v1::ListArtifactsRequest, v1::ListArtifactsResponse>(
      "ArtifactService/ListArtifacts", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.List(who, what); });
}

}  // namespace interneg::rpc
