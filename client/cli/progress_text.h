// One line about work in progress.
#ifndef INTERNEG_CLIENT_CLI_PROGRESS_TEXT_H_
#define INTERNEG_CLIENT_CLI_PROGRESS_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "interneg/v1/engine.pb.h"

namespace interneg::cli {

// `training 412/1,024 steps · 13.4 steps/s · loss 0.0123 · 0:45 left · checkpoint 400`. What is unknown is left out.
std::string ProgressText(const v1::EngineProgress& progress, std::optional<std::uint32_t> last_checkpoint);

// `[########----------------]`, `width` characters in all; empty while the whole is unknown or the width below 5.
std::string ProgressBar(const v1::EngineProgress& progress, int width);

// `12,345`.
std::string Grouped(std::uint64_t number);

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_PROGRESS_TEXT_H_
