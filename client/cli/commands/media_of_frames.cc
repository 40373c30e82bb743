#include "client/cli/commands/media_of_frames.h"

#include <cctype>

#include <fmt/format.h>

#include "client/cli/commands/calls.h"
#include "client/cli/uuid.h"

namespace interneg::commands {
namespace {

bool SamePulldown(const v1::FrameSource& a, const v1::FrameSource& b) {
  const v1::Pulldown& p = a.pulldown();
  const v1::Pulldown& q = b.pulldown();
  return a.has_pulldown() == b.has_pulldown() && p.cadence() == q.cadence() && p.phase() == q.phase() &&
         p.order() == q.order() && p.has_first_frame() == q.has_first_frame() && p.first_frame() == q.first_frame();
}

bool SameFrames(const v1::FrameSource& a, const v1::FrameSource& b) {
  return a.path() == b.path() && a.range() == b.range() && a.color_space() == b.color_space() &&
         a.movie().matrix() == b.movie().matrix() && a.movie().range() == b.movie().range() && SamePulldown(a, b);
}

}  // namespace

std::string NameFrom(const std::string& text) {
  std::string name;
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) name = "s-";
  for (const unsigned char c : text)
    name += (c < 0x80 && std::isalnum(c) != 0) || c == '_' ? static_cast<char>(std::tolower(c)) : '-';
  return name.substr(0, 40);
}

v1::CreateMediaRequest MediaRequest(const std::string& request_id, const std::string& shot, const std::string& role,
                                    const v1::FrameSource& frames) {
  v1::CreateMediaRequest request;
  request.set_request_id(cli::DerivedUuid(request_id, role));
  request.set_shot(shot);
  *request.mutable_frames() = frames;
  return request;
}

absl::StatusOr<v1::Media> MediumOf(cli::Connection& connection, const v1::CreateMediaRequest& wanted) {
  v1::ListMediaRequest list;
  list.set_project_id(wanted.project_id());
  const auto media =
      ListAll(connection, &v1::MediaService::Stub::ListMedia, list, &v1::ListMediaResponse::mutable_media);
  if (!media.ok()) return media.status();
  for (const v1::Media& medium : *media)
    if (SameFrames(medium.frames(), wanted.frames())) return medium;
  auto made = connection.Call(&v1::MediaService::Stub::CreateMedia, wanted);
  if (!made.ok()) return made.status();
  if (SameFrames(made->media().frames(), wanted.frames())) return std::move(*made->mutable_media());
  return absl::FailedPreconditionError(
      fmt::format("--request-id: it was used before, with the frames {} {}; leave the option out, or give the same "
                  "options as then",
                  made->media().frames().path(), made->media().frames().range()));
}

}  // namespace interneg::commands
