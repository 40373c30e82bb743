#include "client/cli/commands/media_of_frames.h"

#include <cctype>

#include <fmt/format.h>

#include "client/cli/commands/calls.h"
#include "client/cli/digest.h"
#include "client/cli/job_words.h"
#include "client/cli/uuid.h"

namespace interneg::commands {

std::string NameFrom(const std::string& text) {
  std::string name;
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) name = "s-";
  for (const unsigned char c : text)
    name += (c < 0x80 && std::isalnum(c) != 0) || c == '_' ? static_cast<char>(std::tolower(c)) : '-';
  return name.substr(0, 40);
}

std::string MediaName(const std::string& shot, const std::string& role, const v1::FrameSource& frames) {
  std::string identity = frames.path() + '\n' + frames.range() + '\n' + frames.color_space();
  if (frames.has_movie())
    identity += '\n' + cli::Word(frames.movie().matrix()) + ' ' + cli::Word(frames.movie().range());
  if (frames.has_pulldown()) identity += '\n' + frames.pulldown().ShortDebugString();
  return fmt::format("{}-{}-{}", NameFrom(shot), role, cli::Sha256Hex(identity).substr(0, 8));
}

absl::StatusOr<v1::Media> MediumOf(cli::Connection& connection, const MediaPlace& place,
                                   const v1::FrameSource& frames) {
  v1::ListMediaRequest list;
  list.set_project_id(place.project_id);
  const auto media =
      ListAll(connection, &v1::MediaService::Stub::ListMedia, list, &v1::ListMediaResponse::mutable_media);
  if (!media.ok()) return media.status();
  for (const v1::Media& medium : *media) {
    const v1::FrameSource& other = medium.frames();
    const bool same_space = frames.color_space().empty() || other.color_space() == frames.color_space();
    const bool same_reading =
        other.movie().matrix() == frames.movie().matrix() && other.movie().range() == frames.movie().range() &&
        other.pulldown().SerializeAsString() == frames.pulldown().SerializeAsString();
    if (other.path() == frames.path() && other.range() == frames.range() && same_space && same_reading) return medium;
  }
  v1::CreateMediaRequest create;
  create.set_request_id(cli::DerivedUuid(place.request_id, place.role));
  create.set_project_id(place.project_id);
  create.set_name(MediaName(place.shot, place.role, frames));
  create.set_shot(place.shot);
  *create.mutable_frames() = frames;
  auto made = connection.Call(&v1::MediaService::Stub::CreateMedia, create);
  if (!made.ok()) return made.status();
  return std::move(*made->mutable_media());
}

}  // namespace interneg::commands
