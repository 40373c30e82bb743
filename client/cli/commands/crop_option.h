// Crops as typed: what is trained on, and what is rendered.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_CROP_OPTION_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_CROP_OPTION_H_

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "interneg/v1/job_spec.pb.h"

namespace interneg::commands {

namespace v1 = interneg::v1;

// `X,Y,WIDTH,HEIGHT` in source pixels. INVALID_ARGUMENT names `option`: another form, a place beyond 0,0, odd numbers.
absl::StatusOr<v1::PictureArea> ParseCrop(const std::string& option, const std::string& text);

// The form that ParseCrop takes.
std::string CropText(const v1::PictureArea& crop);

// --crop of an alignment: one area for all frames, or `FRAME:X,Y,WIDTH,HEIGHT` for each key. Replaces what the job had.
// Nothing for no text. INVALID_ARGUMENT as ParseCrop, for both forms at once, a frame with two crops.
absl::Status FillCrops(const std::vector<std::string>& texts, v1::AlignJob& align);

// INVALID_ARGUMENT names the first key outside the source's range, which must be set.
absl::Status CheckCropKeys(const v1::AlignJob& align);

// --render-crop: an area, or "none" for the whole frame; nothing for no text. INVALID_ARGUMENT as ParseCrop.
absl::Status FillRenderCrop(const std::string& text, v1::RenderJob& render);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_CROP_OPTION_H_
