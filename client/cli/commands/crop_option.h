// A training crop as typed.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_CROP_OPTION_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_CROP_OPTION_H_

#include <string>

#include <absl/status/statusor.h>

#include "interneg/v1/job_spec.pb.h"

namespace interneg::commands {

namespace v1 = interneg::v1;

// `X,Y,WIDTH,HEIGHT` in source pixels. INVALID_ARGUMENT names --crop: another form, a place beyond 0,0, an odd size.
absl::StatusOr<v1::PictureArea> ParseCrop(const std::string& text);

// The form that ParseCrop takes.
std::string CropText(const v1::PictureArea& crop);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_CROP_OPTION_H_
