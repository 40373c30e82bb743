// The registered medium of frames that a job names.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_MEDIA_OF_FRAMES_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_MEDIA_OF_FRAMES_H_

#include <string>

#include <absl/status/statusor.h>

#include "client/cli/connection.h"
#include "interneg/v1/media.pb.h"

namespace interneg::commands {

namespace v1 = interneg::v1;

// A request for the medium of a shot's element, which the server names after its frames; its project is the caller's to
// set. `role` ("source", "reference") tells apart what one command asks for: its request id is derived from
// `request_id`.
v1::CreateMediaRequest MediaRequest(const std::string& request_id, const std::string& shot, const std::string& role,
                                    const v1::FrameSource& frames);

// The project's medium of the very frames that are wanted, whatever it is called; made when there is none. The same
// frames are those of the same path, range, colour space, movie reading and pulldown: a job that names them reads the
// same pictures. Errors: as MediaService's; FAILED_PRECONDITION when the request id stands for other frames.
absl::StatusOr<v1::Media> MediumOf(cli::Connection& connection, const v1::CreateMediaRequest& wanted);

// A name of letters, digits, '-' and '_', a letter first, for a record that a person did not name.
std::string NameFrom(const std::string& text);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_MEDIA_OF_FRAMES_H_
