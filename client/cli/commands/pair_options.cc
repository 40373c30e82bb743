#include "client/cli/commands/pair_options.h"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace interneg::commands {

void AddPairOptions(CLI::App& command, PairOptions& options) {
  command.add_option("--pairs", options.pairs, "Source frames to train on")->type_name("RANGE");
  command.add_option("--held-out", options.held_out, "Source frames to judge by")->type_name("RANGE");
}

absl::StatusOr<NamedPairs> ReadNamedPairs(const PairOptions& options, PartnerNumbers numbers,
                                          const v1::FrameSource& source, const v1::FrameSource& reference) {
  NamedPairs named;
  for (const auto& [option, text, frames] : {std::tuple{"--pairs", &options.pairs, &named.pairs},
                                             std::tuple{"--held-out", &options.held_out, &named.held_out}}) {
    if (text->empty()) continue;
    auto read = FramesWithin(option, *text, source, "the source's range");
    if (read.ok() && numbers == PartnerNumbers::kSame)
      read = FramesWithin(option, *text, reference, "the reference's range");
    if (!read.ok()) return read.status();
    *frames = std::move(*read);
    std::sort(frames->begin(), frames->end());
  }
  for (const int frame : named.held_out) {
    if (std::binary_search(named.pairs.begin(), named.pairs.end(), frame)) {
      return absl::InvalidArgumentError(
          fmt::format("--held-out: frame {} is also among --pairs; a frame can only be one of the two", frame));
    }
  }
  return named;
}

}  // namespace interneg::commands
