// Edits of a dataset's draft, as typed.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_DATASET_EDITS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_DATASET_EDITS_H_

#include <filesystem>
#include <string>
#include <vector>

#include <absl/status/status.h>

#include "client/cli/commands/preparation_options.h"
#include "interneg/v1/dataset.pb.h"
#include "interneg/v1/stage_result.pb.h"

namespace interneg::commands {

struct DatasetEdits {
  // SOURCE or SOURCE=REFERENCE, or a range of sources, joined by commas.
  std::vector<std::string> add;
  // Ranges of source frames.
  std::vector<std::string> remove, hold_out, train, constructed, direct;
  // FRAME=TEXT. An empty text takes away what stood there.
  std::vector<std::string> cite, note, compromise, timecode;
  std::string crop;  // X,Y,WIDTH,HEIGHT or none
  PreparationOptions preparation;
};

void AddEditOptions(CLI::App& command, DatasetEdits& edits);

// Does the edits in this order: remove, add, hold out and train, the rest. Partners that are not typed are the
// alignment's where there is one (`alignment` is not null), else the sources' numbers.
// INVALID_ARGUMENT names option and frame, and the remedy: a frame that is no pair, one that is a pair already, one in
// two opposite options, text of another form. Ranges of media are the server's to check.
absl::Status ApplyEdits(const DatasetEdits& edits, const v1::Alignment* alignment,
                        const std::filesystem::path& working_folder, v1::DatasetContent& content);

enum class PairUse { kTrain, kHoldOut };

// A pair whose partner has its source's number.
v1::DatasetPair NumberedAlike(int frame, PairUse use);

// The pairs' partners, which the engine then holds against the alignment; nothing where all are numbered alike and no
// alignment registers them.
void FillPartners(const v1::DatasetContent& content, v1::TrainJob& train);

// FAILED_PRECONDITION names the first pair that the alignment does not hold, registers on another partner, or finds
// unusable, with the remedy.
absl::Status CheckAligned(const v1::DatasetContent& content, const v1::Alignment& alignment);

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_DATASET_EDITS_H_
