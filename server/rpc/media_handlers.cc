#include "server/rpc/media_handlers.h"

#include "interneg/v1/media.pb.h"
#include "server/rpc/media_record.h"
#include "server/rpc/request_check.h"

namespace interneg::rpc {
namespace {

class MediaHandlers {
 public:
  MediaHandlers(scheduling::CatalogBook& catalog, Gate& gate) : catalog_(catalog), gate_(gate) {}

  absl::StatusOr<v1::CreateMediaResponse> Create(const Principal& principal,
                                                 const v1::CreateMediaRequest& request) const {
    if (auto s = gate_.RequireContributor(principal, request.project_id(), "project"); !s.ok()) return s;
    auto request_id = ReadRequestId(request.request_id());
    if (!request_id.ok()) return request_id.status();
    auto asked = ReadMedia(request);
    if (!asked.ok()) return asked.status();
    auto media = catalog_.CreateMedia(principal.actor(), *request_id, *asked);
    if (!media.ok()) return media.status();
    v1::CreateMediaResponse response;
    *response.mutable_media() = ToWire(*media);
    return response;
  }

  absl::StatusOr<v1::GetMediaResponse> Get(const Principal& principal, const v1::GetMediaRequest& request) const {
    auto media = catalog_.GetMedia(request.media_id());
    if (!media.ok()) return media.status();
    if (auto s = gate_.RequireSight(principal, media->project_id, "media"); !s.ok()) return s;
    v1::GetMediaResponse response;
    *response.mutable_media() = ToWire(*media);
    return response;
  }

  absl::StatusOr<v1::UpdateMediaResponse> Update(const Principal& principal,
                                                 const v1::UpdateMediaRequest& request) const {
    auto media = catalog_.GetMedia(request.media_id());
    if (!media.ok()) return media.status();
    if (auto s = gate_.RequireSight(principal, media->project_id, "media"); !s.ok()) return s;
    if (auto s = gate_.RequireContributor(principal, media->project_id, "media"); !s.ok()) return s;
    auto change = ReadElementChange(request);
    if (!change.ok()) return change.status();
    auto updated = catalog_.UpdateMedia(principal.actor(), request.media_id(), *change);
    if (!updated.ok()) return updated.status();
    v1::UpdateMediaResponse response;
    *response.mutable_media() = ToWire(*updated);
    return response;
  }

  absl::StatusOr<v1::ListMediaResponse> List(const Principal& principal, const v1::ListMediaRequest& request) const {
    if (auto s = gate_.RequireSight(principal, request.project_id(), "project"); !s.ok()) return s;
    auto page = ReadPage("ListMedia", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    auto media = catalog_.ListMedia(request.project_id(), *page);
    if (!media.ok()) return media.status();
    v1::ListMediaResponse response;
    for (const auto& medium : media->rows) *response.add_media() = ToWire(medium);
    response.set_next_page_token(PageToken("ListMedia", media->next));
    return response;
  }

 private:
  scheduling::CatalogBook& catalog_;
  Gate& gate_;
};

}  // namespace

void AddMediaMethods(scheduling::CatalogBook& catalog, Gate& gate, MethodTable& table) {
  const MediaHandlers handlers(catalog, gate);
  table.AddUnary<v1::CreateMediaRequest, v1::CreateMediaResponse>(
      "MediaService/CreateMedia", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Create(who, what); });
  table.AddUnary<v1::GetMediaRequest, v1::GetMediaResponse>(
      "MediaService/GetMedia", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Get(who, what); });
  table.AddUnary<v1::ListMediaRequest, v1::ListMediaResponse>(
      "MediaService/ListMedia", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.List(who, what); });
  table.AddUnary<v1::UpdateMediaRequest, v1::UpdateMediaResponse>(
      "MediaService/UpdateMedia", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Update(who, what); });
}

}  // namespace interneg::rpc
