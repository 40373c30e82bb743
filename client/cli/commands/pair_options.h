// Options that name pairs by their source frames.
#ifndef INTERNEG_CLIENT_CLI_COMMANDS_PAIR_OPTIONS_H_
#define INTERNEG_CLIENT_CLI_COMMANDS_PAIR_OPTIONS_H_

#include <string>

#include <absl/status/status.h>

#include "client/cli/commands/element_options.h"

namespace interneg::commands {

struct PairOptions {
  std::string pairs;
  std::string held_out;
};

void AddPairOptions(CLI::App& command, PairOptions& options);

// Whether a partner has its source's number, or the one that a frame map gives it.
enum class PartnerNumbers { kSame, kMapped };

struct NamedPairs {
  std::vector<int> pairs;
  std::vector<int> held_out;
};

// Ascending. INVALID_ARGUMENT names the option: a range that does not parse, a frame outside the source's range (of the
// same number: or the reference's), a frame both trained on and held out.
absl::StatusOr<NamedPairs> ReadNamedPairs(const PairOptions& options, PartnerNumbers numbers,
                                          const v1::FrameSource& source, const v1::FrameSource& reference);

template <class Job>
absl::Status FillNamedPairs(const PairOptions& options, PartnerNumbers numbers, Job& job) {
  const auto named = ReadNamedPairs(options, numbers, job.source(), job.reference());
  if (!named.ok()) return named.status();
  job.mutable_pairs()->Assign(named->pairs.begin(), named->pairs.end());
  job.mutable_held_out()->Assign(named->held_out.begin(), named->held_out.end());
  return absl::OkStatus();
}

}  // namespace interneg::commands

#endif  // INTERNEG_CLIENT_CLI_COMMANDS_PAIR_OPTIONS_H_
