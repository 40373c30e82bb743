#include "server/rpc/dataset_handlers.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "interneg/v1/dataset.pb.h"
#include "server/artifacts/digest.h"
#include "server/rpc/dataset_content.h"
#include "server/rpc/frame_range.h"
#include "server/rpc/held_out.h"
#include "server/rpc/job_document.h"
#include "server/rpc/media_record.h"
#include "server/rpc/request_check.h"
#include "server/rpc/wire_dataset.h"

namespace interneg::rpc {
namespace {

constexpr std::size_t kLongestNote = 16'384;

// A content that the request says in brief: frames numbered alike.
v1::DatasetContent BriefContent(const v1::CreateDatasetVersionRequest& request) {
  v1::DatasetContent content;
  content.set_recovery(request.recovery());
  content.set_source_media_id(request.source_media_id());
  content.set_reference_media_id(request.reference_media_id());
  for (const int frame : request.pairs()) *content.add_pairs() = TrainingPair(frame);
  for (const int frame : request.held_out()) *content.add_pairs() = HeldOutPair(frame);
  return content;
}

bool IsNumberedAlike(const v1::DatasetContent& content) {
  const auto alike = [](const v1::DatasetPair& pair) { return pair.source_frame() == pair.reference_frame(); };
  return content.alignment_sha256().empty() && std::all_of(content.pairs().begin(), content.pairs().end(), alike);
}

absl::Status RequireOneForm(const v1::CreateDatasetVersionRequest& request) {
  const bool brief = request.recovery() != v1::RECOVERY_UNSPECIFIED || !request.source_media_id().empty() ||
                     !request.reference_media_id().empty() || request.pairs_size() > 0 || request.held_out_size() > 0;
  if (!request.has_content() || !brief) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "content: holds recovery, media and pairs; leave these fields of the request out, or content");
}

class DatasetHandlers {
 public:
  DatasetHandlers(scheduling::CatalogBook& catalog, artifacts::Catalog& artifacts, Gate& gate)
      : catalog_(catalog), artifacts_(artifacts), gate_(gate) {}

  absl::StatusOr<v1::CreateDatasetVersionResponse> Create(const Principal& principal,
                                                          const v1::CreateDatasetVersionRequest& request) const {
    if (auto s = gate_.RequireContributor(principal, request.project_id(), "project"); !s.ok()) return s;
    auto request_id = ReadRequestId(request.request_id());
    if (!request_id.ok()) return request_id.status();
    auto asked = ReadRequest(request);
    if (!asked.ok()) return asked.status();
    auto version = catalog_.CreateDatasetVersion(principal.actor(), *request_id, *asked);
    return Answer<v1::CreateDatasetVersionResponse>(version);
  }

  absl::StatusOr<v1::GetDatasetVersionResponse> Get(const Principal& principal,
                                                    const v1::GetDatasetVersionRequest& request) const {
    auto version = catalog_.GetDatasetVersion(request.dataset_version_id());
    if (!version.ok()) return version.status();
    if (auto s = gate_.RequireSight(principal, version->project_id, "dataset version"); !s.ok()) return s;
    return Answer<v1::GetDatasetVersionResponse>(version);
  }

  absl::StatusOr<v1::ListDatasetVersionsResponse> List(const Principal& principal,
                                                       const v1::ListDatasetVersionsRequest& request) const {
    if (auto s = gate_.RequireSight(principal, request.project_id(), "project"); !s.ok()) return s;
    auto page = ReadPage("ListDatasetVersions", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    auto versions = catalog_.ListDatasetVersions(request.project_id(), request.name(), *page);
    if (!versions.ok()) return versions.status();
    v1::ListDatasetVersionsResponse response;
    for (const auto& version : versions->rows) *response.add_dataset_versions() = ToWireInBrief(version);
    response.set_next_page_token(PageToken("ListDatasetVersions", versions->next));
    return response;
  }

  absl::StatusOr<v1::EditDatasetDraftResponse> Edit(const Principal& principal,
                                                    const v1::EditDatasetDraftRequest& request) const {
    auto standing = FindForChange(principal, request.dataset_version_id());
    if (!standing.ok()) return standing.status();
    v1::DatasetContent content = request.content();
    // A locked version is refused for being locked, whatever it was to become.
    if (standing->state == scheduling::DatasetState::kDraft) {
      if (auto s = TakeContent(content, *standing); !s.ok()) return s;
    }
    return Answer<v1::EditDatasetDraftResponse>(
        catalog_.EditDatasetDraft(principal.actor(), request.revision(), *standing));
  }

  absl::StatusOr<v1::LockDatasetDraftResponse> Lock(const Principal& principal,
                                                    const v1::LockDatasetDraftRequest& request) const {
    auto standing = FindForChange(principal, request.dataset_version_id());
    if (!standing.ok()) return standing.status();
    if (standing->state == scheduling::DatasetState::kDraft) {
      // What is checked and hashed here must be what is locked: that revision, and no later one.
      if (standing->revision != request.revision()) {
        return absl::AbortedError(fmt::format(
            "dataset {0}: its draft is at revision {1}, not {2}; look at it again (interneg dataset get {0})",
            standing->name, standing->revision, request.revision()));
      }
      if (auto s = CheckComplete(ContentOf(*standing), HeldOut::kRequired); !s.ok()) return s;
    }
    return Answer<v1::LockDatasetDraftResponse>(catalog_.LockDatasetDraft(
        principal.actor(), standing->dataset_version_id, request.revision(), artifacts::Sha256Hex(standing->content)));
  }

  absl::StatusOr<v1::DiscardDatasetDraftResponse> Discard(const Principal& principal,
                                                          const v1::DiscardDatasetDraftRequest& request) const {
    auto standing = FindForChange(principal, request.dataset_version_id());
    if (!standing.ok()) return standing.status();
    auto done = catalog_.DiscardDatasetDraft(principal.actor(), standing->dataset_version_id, request.revision());
    if (!done.ok()) return done;
    return v1::DiscardDatasetDraftResponse();
  }

 private:
  template <typename Response>
  static absl::StatusOr<Response> Answer(const absl::StatusOr<scheduling::DatasetVersion>& version) {
    if (!version.ok()) return version.status();
    Response response;
    *response.mutable_dataset_version() = ToWire(*version);
    return response;
  }

  absl::StatusOr<scheduling::DatasetVersion> FindForChange(const Principal& principal, const std::string& id) const {
    auto standing = catalog_.GetDatasetVersion(id);
    if (!standing.ok()) return standing;
    if (auto s = gate_.RequireContributor(principal, standing->project_id, "dataset version"); !s.ok()) return s;
    return standing;
  }

  absl::StatusOr<DatasetMedium> ReadMedium(const char* field, const std::string& media_id,
                                           const std::string& project_id) const {
    auto media = catalog_.GetMedia(media_id);
    if (absl::IsNotFound(media.status()) || (media.ok() && media->project_id != project_id)) {
      return absl::NotFoundError(fmt::format("{}: no medium {} in this project", field, media_id));
    }
    if (!media.ok()) return media.status();
    if (media->frames.range.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: medium {} is the whole of {}, which has no numbers to choose pairs by; name a medium with a "
                      "range, as its report has it",
                      field, media->name, media->frames.path));
    }
    auto frames = ParseFrameRange("range", media->frames.range);
    if (!frames.ok()) return frames.status();
    DatasetMedium medium;
    medium.source = ToWire(*media).frames();
    medium.frames = *std::move(frames);
    return medium;
  }

  struct Sides {
    DatasetMedium source;
    DatasetMedium reference;
  };

  absl::StatusOr<Sides> ReadSides(const v1::DatasetContent& content, const std::string& project_id) const {
    auto source = ReadMedium("source_media_id", content.source_media_id(), project_id);
    if (!source.ok()) return source.status();
    auto reference = ReadMedium("reference_media_id", content.reference_media_id(), project_id);
    if (!reference.ok()) return reference.status();
    return Sides{*std::move(source), *std::move(reference)};
  }

  absl::Status RequireAlignment(const std::string& sha256, const std::string& project_id) const {
    if (sha256.empty()) return absl::OkStatus();
    const auto found = artifacts_.FindReadable(sha256, artifacts::ReadsProjects{{project_id}});
    if (found.ok() && found->kind != "alignment") {
      return absl::InvalidArgumentError(fmt::format("alignment_sha256: {} is a {}", sha256, found->kind));
    }
    if (!absl::IsNotFound(found.status())) return found.status();
    return absl::NotFoundError(fmt::format("alignment_sha256: no alignment {} in this project", sha256));
  }

  // Checks the content and puts it, and what the columns repeat of it, into the version, whose project is known.
  absl::Status TakeContent(v1::DatasetContent content, scheduling::DatasetVersion& version) const {
    auto sides = ReadSides(content, version.project_id);
    if (!sides.ok()) return sides.status();
    if (auto s = CheckContent(content, sides->source, sides->reference); !s.ok()) return s;
    if (auto s = RequireAlignment(content.alignment_sha256(), version.project_id); !s.ok()) return s;
    Settle(sides->source, sides->reference, content);
    auto recovery = ReadRecovery(content.recovery());
    if (!recovery.ok()) return recovery.status();
    version.recovery = *recovery;
    version.source_media_id = content.source_media_id();
    version.reference_media_id = content.reference_media_id();
    version.pairs = TrainingFrames(content);
    version.held_out = HeldOutFrames(content);
    auto json = CanonicalJson(content);
    if (!json.ok()) return json.status();
    version.content = *std::move(json);
    return absl::OkStatus();
  }

  // The content of a request. Where it says nothing of what is held out, frames that both media have are.
  absl::StatusOr<v1::DatasetContent> ReadContent(const v1::CreateDatasetVersionRequest& request) const {
    if (auto s = RequireOneForm(request); !s.ok()) return s;
    v1::DatasetContent content = request.has_content() ? request.content() : BriefContent(request);
    if (!IsNumberedAlike(content) || !HeldOutFrames(content).empty()) return content;
    auto sides = ReadSides(content, request.project_id());
    if (!sides.ok()) return sides.status();
    std::vector<int> both;
    std::set_intersection(sides->source.frames.begin(), sides->source.frames.end(), sides->reference.frames.begin(),
                          sides->reference.frames.end(), std::back_inserter(both));
    for (const int frame : DefaultHeldOut(TrainingFrames(content), both)) *content.add_pairs() = HeldOutPair(frame);
    return content;
  }

  absl::StatusOr<scheduling::DatasetVersion> ReadRequest(const v1::CreateDatasetVersionRequest& request) const {
    if (auto s = CheckName("name", request.name()); !s.ok()) return s;
    if (auto s = CheckText("shot", request.shot(), 1'000); !s.ok()) return s;
    if (auto s = CheckText("note", request.note(), kLongestNote); !s.ok()) return s;
    auto content = ReadContent(request);
    if (!content.ok()) return content.status();
    scheduling::DatasetVersion version;
    version.project_id = request.project_id();
    version.name = request.name();
    version.shot = request.shot();
    version.note = request.note();
    if (auto s = TakeContent(*content, version); !s.ok()) return s;
    if (request.state() == v1::DATASET_STATE_DRAFT) {
      version.state = scheduling::DatasetState::kDraft;
      return version;
    }
    const auto held_out = IsNumberedAlike(*content) ? HeldOut::kWhereThereIsOne : HeldOut::kRequired;
    if (auto s = CheckComplete(*content, held_out); !s.ok()) return s;
    version.sha256 = artifacts::Sha256Hex(version.content);
    return version;
  }

  scheduling::CatalogBook& catalog_;
  artifacts::Catalog& artifacts_;
  Gate& gate_;
};

}  // namespace

void AddDatasetMethods(scheduling::CatalogBook& catalog, artifacts::Catalog& artifacts, Gate& gate,
                       MethodTable& table) {
  const DatasetHandlers handlers(catalog, artifacts, gate);
  table.AddUnary<v1::CreateDatasetVersionRequest, v1::CreateDatasetVersionResponse>(
      "DatasetService/CreateDatasetVersion", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Create(who, what); });
  table.AddUnary<v1::GetDatasetVersionRequest, v1::GetDatasetVersionResponse>(
      "DatasetService/GetDatasetVersion", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Get(who, what); });
  table.AddUnary<v1::ListDatasetVersionsRequest, v1::ListDatasetVersionsResponse>(
      "DatasetService/ListDatasetVersions", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.List(who, what); });
  table.AddUnary<v1::EditDatasetDraftRequest, v1::EditDatasetDraftResponse>(
      "DatasetService/EditDatasetDraft", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Edit(who, what); });
  table.AddUnary<v1::LockDatasetDraftRequest, v1::LockDatasetDraftResponse>(
      "DatasetService/LockDatasetDraft", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Lock(who, what); });
  table.AddUnary<v1::DiscardDatasetDraftRequest, v1::DiscardDatasetDraftResponse>(
      "DatasetService/DiscardDatasetDraft", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Discard(who, what); });
}

}  // namespace interneg::rpc
