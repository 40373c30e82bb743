#include "server/rpc/dataset_handlers.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "interneg/v1/dataset.pb.h"
#include "server/artifacts/digest.h"
#include "server/rpc/frame_range.h"
#include "server/rpc/held_out.h"
#include "server/rpc/job_document.h"
#include "server/rpc/request_check.h"
#include "server/rpc/wire_time.h"

namespace interneg::rpc {
namespace {

constexpr std::size_t kLongestNote = 16'384;

v1::Recovery ToWire(scheduling::Recovery recovery) {
  switch (recovery) {
    case scheduling::Recovery::kChroma:
      return v1::RECOVERY_CHROMA;
    case scheduling::Recovery::kSpatial:
      return v1::RECOVERY_SPATIAL;
    case scheduling::Recovery::kCombined:
      return v1::RECOVERY_COMBINED;
    case scheduling::Recovery::kDirect:
      return v1::RECOVERY_DIRECT;
  }
  return v1::RECOVERY_UNSPECIFIED;
}

absl::StatusOr<scheduling::Recovery> ReadRecovery(v1::Recovery recovery) {
  switch (recovery) {
    case v1::RECOVERY_CHROMA:
      return scheduling::Recovery::kChroma;
    case v1::RECOVERY_SPATIAL:
      return scheduling::Recovery::kSpatial;
    case v1::RECOVERY_COMBINED:
      return scheduling::Recovery::kCombined;
    case v1::RECOVERY_DIRECT:
      return scheduling::Recovery::kDirect;
    default:
      return absl::InvalidArgumentError("recovery: chroma, spatial, combined or direct is expected");
  }
}

v1::DatasetVersion ToWire(const scheduling::DatasetVersion& version) {
  v1::DatasetVersion wire;
  wire.set_dataset_version_id(version.dataset_version_id);
  wire.set_project_id(version.project_id);
  wire.set_name(version.name);
  wire.set_version(version.version);
  wire.set_shot(version.shot);
  wire.set_recovery(ToWire(version.recovery));
  wire.set_source_media_id(version.source_media_id);
  wire.set_reference_media_id(version.reference_media_id);
  wire.mutable_pairs()->Add(version.pairs.begin(), version.pairs.end());
  wire.mutable_held_out()->Add(version.held_out.begin(), version.held_out.end());
  wire.set_sha256(version.sha256);
  wire.set_note(version.note);
  Put(version.created_at, wire.mutable_create_time());
  return wire;
}

// What is hashed: the content, without what the database gives it and without the note about it.
absl::StatusOr<std::string> ContentHash(const scheduling::DatasetVersion& version) {
  v1::DatasetVersion content = ToWire(version);
  content.clear_dataset_version_id();
  content.clear_version();
  content.clear_sha256();
  content.clear_note();
  content.clear_create_time();
  auto json = CanonicalJson(content);
  if (!json.ok()) return json.status();
  return artifacts::Sha256Hex(*json);
}

class DatasetHandlers {
 public:
  DatasetHandlers(scheduling::CatalogBook& catalog, Gate& gate) : catalog_(catalog), gate_(gate) {}

  absl::StatusOr<v1::CreateDatasetVersionResponse> Create(const Principal& principal,
                                                          const v1::CreateDatasetVersionRequest& request) const {
    if (auto s = gate_.RequireContributor(principal, request.project_id(), "project"); !s.ok()) return s;
    auto request_id = ReadRequestId(request.request_id());
    if (!request_id.ok()) return request_id.status();
    auto asked = ReadVersion(request);
    if (!asked.ok()) return asked.status();
    auto version = catalog_.CreateDatasetVersion(principal.actor(), *request_id, *asked);
    if (!version.ok()) return version.status();
    v1::CreateDatasetVersionResponse response;
    *response.mutable_dataset_version() = ToWire(*version);
    return response;
  }

  absl::StatusOr<v1::GetDatasetVersionResponse> Get(const Principal& principal,
                                                    const v1::GetDatasetVersionRequest& request) const {
    auto version = catalog_.GetDatasetVersion(request.dataset_version_id());
    if (!version.ok()) return version.status();
    if (auto s = gate_.RequireSight(principal, version->project_id, "dataset version"); !s.ok()) return s;
    v1::GetDatasetVersionResponse response;
    *response.mutable_dataset_version() = ToWire(*version);
    return response;
  }

  absl::StatusOr<v1::ListDatasetVersionsResponse> List(const Principal& principal,
                                                       const v1::ListDatasetVersionsRequest& request) const {
    if (auto s = gate_.RequireSight(principal, request.project_id(), "project"); !s.ok()) return s;
    auto page = ReadPage("ListDatasetVersions", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    auto versions = catalog_.ListDatasetVersions(request.project_id(), request.name(), *page);
    if (!versions.ok()) return versions.status();
    v1::ListDatasetVersionsResponse response;
    for (const auto& version : versions->rows) *response.add_dataset_versions() = ToWire(version);
    response.set_next_page_token(PageToken("ListDatasetVersions", versions->next));
    return response;
  }

 private:
  struct Medium {
    std::string range;
    std::vector<int> frames;
  };

  absl::StatusOr<Medium> ReadMedium(const char* field, const std::string& media_id,
                                    const std::string& project_id) const {
    auto media = catalog_.GetMedia(media_id);
    if (absl::IsNotFound(media.status()) || (media.ok() && media->project_id != project_id)) {
      return absl::NotFoundError(fmt::format("{}: no medium {} in this project", field, media_id));
    }
    if (!media.ok()) return media.status();
    auto frames = ParseFrameRange("range", media->range);
    if (!frames.ok()) return frames.status();
    return Medium{media->range, *std::move(frames)};
  }

  static absl::Status CheckFrames(const v1::CreateDatasetVersionRequest& request, const Medium& source,
                                  const Medium& reference) {
    if (request.pairs_size() < 2) {
      return absl::InvalidArgumentError(fmt::format(
          "pairs: at least two pairs are needed, {} given; add frames whose colour is known", request.pairs_size()));
    }
    std::set<int> used;
    const auto check = [&](const char* list, int index, int frame) -> absl::Status {
      for (const auto& [name, medium] : {std::pair<const char*, const Medium&>{"source", source},
                                         std::pair<const char*, const Medium&>{"reference", reference}}) {
        if (std::binary_search(medium.frames.begin(), medium.frames.end(), frame)) continue;
        return absl::InvalidArgumentError(
            fmt::format("{}[{}]: frame {} lies outside the {}'s range {}", list, index, frame, name, medium.range));
      }
      if (used.insert(frame).second) return absl::OkStatus();
      return absl::InvalidArgumentError(
          fmt::format("{}[{}]: frame {} is named before; a frame is trained on or held out, once", list, index, frame));
    };
    for (int i = 0; i < request.pairs_size(); ++i) {
      if (auto s = check("pairs", i, request.pairs(i)); !s.ok()) return s;
    }
    for (int i = 0; i < request.held_out_size(); ++i) {
      if (auto s = check("held_out", i, request.held_out(i)); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<scheduling::DatasetVersion> ReadVersion(const v1::CreateDatasetVersionRequest& request) const {
    if (auto s = CheckName("name", request.name()); !s.ok()) return s;
    if (auto s = CheckText("shot", request.shot(), 1'000); !s.ok()) return s;
    if (auto s = CheckText("note", request.note(), kLongestNote); !s.ok()) return s;
    auto recovery = ReadRecovery(request.recovery());
    if (!recovery.ok()) return recovery.status();
    auto source = ReadMedium("source_media_id", request.source_media_id(), request.project_id());
    if (!source.ok()) return source.status();
    auto reference = ReadMedium("reference_media_id", request.reference_media_id(), request.project_id());
    if (!reference.ok()) return reference.status();
    if (auto s = CheckFrames(request, *source, *reference); !s.ok()) return s;

    scheduling::DatasetVersion version;
    version.project_id = request.project_id();
    version.name = request.name();
    version.shot = request.shot();
    version.recovery = *recovery;
    version.source_media_id = request.source_media_id();
    version.reference_media_id = request.reference_media_id();
    version.note = request.note();
    version.pairs.assign(request.pairs().begin(), request.pairs().end());
    version.held_out.assign(request.held_out().begin(), request.held_out().end());
    if (version.held_out.empty()) {
      std::vector<int> both;
      std::set_intersection(source->frames.begin(), source->frames.end(), reference->frames.begin(),
                            reference->frames.end(), std::back_inserter(both));
      version.held_out = DefaultHeldOut(version.pairs, both);
    }
    std::sort(version.pairs.begin(), version.pairs.end());
    std::sort(version.held_out.begin(), version.held_out.end());
    auto sha256 = ContentHash(version);
    if (!sha256.ok()) return sha256.status();
    version.sha256 = *std::move(sha256);
    return version;
  }

  scheduling::CatalogBook& catalog_;
  Gate& gate_;
};

}  // namespace

void AddDatasetMethods(scheduling::CatalogBook& catalog, Gate& gate, MethodTable& table) {
  const DatasetHandlers handlers(catalog, gate);
  table.AddUnary<v1::CreateDatasetVersionRequest, v1::CreateDatasetVersionResponse>(
      "DatasetService/CreateDatasetVersion", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Create(who, what); });
  table.AddUnary<v1::GetDatasetVersionRequest, v1::GetDatasetVersionResponse>(
      "DatasetService/GetDatasetVersion", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Get(who, what); });
  table.AddUnary<v1::ListDatasetVersionsRequest, v1::ListDatasetVersionsResponse>(
      "DatasetService/ListDatasetVersions", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.List(who, what); });
}

}  // namespace interneg::rpc
