#include "server/rpc/media_handlers.h"

#include <cctype>

#include <fmt/format.h>

#include "interneg/v1/media.pb.h"
#include "server/artifacts/digest.h"
#include "server/rpc/frame_range.h"
#include "server/rpc/location.h"
#include "server/rpc/request_check.h"
#include "server/rpc/wire_time.h"

namespace interneg::rpc {
namespace {

constexpr std::size_t kLongestText = 1'000;

v1::Media ToWire(const scheduling::Media& media) {
  v1::Media wire;
  wire.set_media_id(media.media_id);
  wire.set_project_id(media.project_id);
  wire.set_name(media.name);
  wire.set_shot(media.shot);
  wire.mutable_frames()->set_path(media.path);
  wire.mutable_frames()->set_range(media.range);
  wire.mutable_frames()->set_color_space(media.color_space);
  auto& element = *wire.mutable_element();
  element.set_element(media.element.element);
  element.set_gauge(media.element.gauge);
  element.set_generation(media.element.generation);
  element.set_polarity(media.element.polarity);
  element.set_transfer(media.element.transfer);
  element.set_completeness(media.element.completeness);
  Put(media.created_at, wire.mutable_create_time());
  return wire;
}

// "faded/f.%04d.png" 1001-1049 → "faded-f-1a2b3c4d": readable, and different for different frames.
std::string NameFromFrames(const v1::FrameSource& frames) {
  std::string name;
  const std::string& path = frames.path();
  const std::string stem = path.substr(0, path.find_first_of("%#@$", path.rfind('/') + 1));
  for (const char c : stem.substr(stem.find(':') + 1)) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 && u < 0x80) {
      name.push_back(static_cast<char>(std::tolower(u)));
    } else if (!name.empty() && name.back() != '-') {
      name.push_back('-');
    }
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  constexpr std::size_t kTail = 40;
  if (name.size() > kTail) name.erase(0, name.size() - kTail);
  if (name.empty() || name.front() < 'a' || name.front() > 'z') name.insert(0, "m-");
  const std::string all = fmt::format("{}\n{}\n{}", frames.path(), frames.range(), frames.color_space());
  return fmt::format("{}-{}", name, artifacts::Sha256Hex(all).substr(0, 8));
}

absl::Status CheckElement(const v1::Element& element) {
  const std::pair<const char*, const std::string*> texts[] = {
      {"element.element", &element.element()},       {"element.gauge", &element.gauge()},
      {"element.generation", &element.generation()}, {"element.polarity", &element.polarity()},
      {"element.transfer", &element.transfer()},     {"element.completeness", &element.completeness()}};
  for (const auto& [field, text] : texts) {
    if (auto s = CheckText(field, *text, kLongestText); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::StatusOr<scheduling::Media> ReadMedia(const v1::CreateMediaRequest& request) {
  if (auto location = ParseSequence("frames.path", request.frames().path()); !location.ok()) return location.status();
  if (request.frames().range().empty()) {
    return absl::InvalidArgumentError("frames.range: is missing; write the frames, for example 1001-1049");
  }
  if (auto range = ParseFrameRange("frames.range", request.frames().range()); !range.ok()) return range.status();
  if (auto s = CheckText("frames.color_space", request.frames().color_space(), kLongestText); !s.ok()) return s;
  if (auto s = CheckText("shot", request.shot(), kLongestText); !s.ok()) return s;
  if (auto s = CheckElement(request.element()); !s.ok()) return s;
  const std::string name = request.name().empty() ? NameFromFrames(request.frames()) : request.name();
  if (auto s = CheckName("name", name); !s.ok()) return s;
  const auto& e = request.element();
  return scheduling::Media{"",
                           request.project_id(),
                           name,
                           request.shot(),
                           request.frames().path(),
                           request.frames().range(),
                           request.frames().color_space(),
                           {e.element(), e.gauge(), e.generation(), e.polarity(), e.transfer(), e.completeness()},
                           scheduling::Instant()};
}

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
}

}  // namespace interneg::rpc
