// Options that say how pictures are prepared for a network, step by step.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_PREPARATION_OPTIONS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_PREPARATION_OPTIONS_H_

#include <filesystem>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "interneg/v1/preparation.pb.h"

namespace CLI {
class App;
}

namespace interneg::commands {

namespace v1 = interneg::v1;

struct PreparationOptions {
  std::vector<std::string> source;
  std::vector<std::string> reference;
  bool Said() const { return !source.empty() || !reference.empty(); }
};

// Adds --prepare-source and --prepare-reference, each of which may be repeated.
void AddPreparationOptions(CLI::App& command, PreparationOptions& options);

// The steps in the order of the texts, each of them one of
//   NAME                    median
//   NAME:FIELD=VALUE,…      degrain:strength=0.7,extent=temporal  neutral-balance:domain=density,red.offset=0.1
//   @FILE                   a step of preparation.proto as JSON, or a list of such
//   none                    no step; stands alone
// Names are those of preparation.proto, with '-' for '_' and, if one likes, without the unit (size for size_px);
// several numbers of one field are separated by '/'. What a side takes, and within which limits, the server says.
// INVALID_ARGUMENT names the option, what is wrong in it, and what there is.
absl::StatusOr<std::vector<v1::PreparationStep>> ReadPreparation(const std::string& option,
                                                                 const std::vector<std::string>& texts,
                                                                 const std::filesystem::path& working_folder);

// Sets both sides of a message that has them; a side that no option names stays.
template <class Message>
absl::Status FillPreparation(const PreparationOptions& options, const std::filesystem::path& working_folder,
                             Message& message) {
  const auto fill = [&](const char* option, const std::vector<std::string>& texts, auto& steps) -> absl::Status {
    if (texts.empty()) return absl::OkStatus();
    const auto read = ReadPreparation(option, texts, working_folder);
    if (!read.ok()) return read.status();
    steps.Assign(read->begin(), read->end());
    return absl::OkStatus();
  };
  const absl::Status source = fill("--prepare-source", options.source, *message.mutable_source_preparation());
  if (!source.ok()) return source;
  return fill("--prepare-reference", options.reference, *message.mutable_reference_preparation());
}

// `degrain:strength=0.7,extent=temporal`: the form that ReadPreparation takes.
std::string PreparationText(const v1::PreparationStep& step);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_PREPARATION_OPTIONS_H_
