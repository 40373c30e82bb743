// The registered medium of frames that a job names.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_MEDIA_OF_FRAMES_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_MEDIA_OF_FRAMES_H_

#include <string>

#include <absl/status/statusor.h>

#include "client/cli/connection.h"
#include "interneg/v1/media.pb.h"

namespace interneg::commands {

namespace v1 = interneg::v1;

// Where a medium belongs, and what to call one that is made: `role` is "source" or "reference".
struct MediaPlace {
  std::string project_id;
  std::string shot;
  std::string role;
  std::string request_id;
};

// The project's medium of these frames (path and range; their colour space unless theirs is empty), made when there is
// none. Errors: as MediaService's.
absl::StatusOr<v1::Media> MediumOf(cli::Connection& connection, const MediaPlace& place, const v1::FrameSource& frames);

// A name of letters, digits, '-' and '_', a letter first, for a record that a person did not name.
std::string NameFrom(const std::string& text);

// The same frames get the same name, so that registering them again finds their medium instead of clashing with it.
std::string MediaName(const std::string& shot, const std::string& role, const v1::FrameSource& frames);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_MEDIA_OF_FRAMES_H_
