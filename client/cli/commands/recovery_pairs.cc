#include "client/cli/commands/recovery_pairs.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "client/cli/frame_range.h"

namespace interneg::commands {

absl::Status CheckWithin(const char* option, const std::vector<int>& frames, const Sequence& sequence,
                         const char* range_option, const std::string& range) {
  const std::set<int> there(sequence.frames.begin(), sequence.frames.end());
  for (const int frame : frames) {
    if (there.count(frame) == 0) {
      return absl::InvalidArgumentError(fmt::format("{}: frame {} lies outside {} {}; choose frames of that range",
                                                    option, frame, range_option, range));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Split> ParseSplit(const RecoverOptions& options, const Sequence& source, const Sequence& reference) {
  Split split;
  auto pairs = cli::ParseFrameRange("--pairs", options.pairs);
  if (!pairs.ok()) return pairs.status();
  split.pairs = std::move(*pairs);
  if (split.pairs.size() < 2) {
    return absl::InvalidArgumentError(
        fmt::format("--pairs: {} is one frame; training needs two or more, better four: begin, two middles and end",
                    options.pairs));
  }
  if (!options.held_out.empty()) {
    auto held_out = cli::ParseFrameRange("--held-out", options.held_out);
    if (!held_out.ok()) return held_out.status();
    split.held_out = std::move(*held_out);
  }
  const std::string& reference_range = options.reference_range.empty() ? options.range : options.reference_range;
  const char* reference_option = options.reference_range.empty() ? "--range" : "--reference-range";
  for (const auto& [option, frames] : {std::pair{"--pairs", &split.pairs}, std::pair{"--held-out", &split.held_out}}) {
    if (const absl::Status status = CheckWithin(option, *frames, source, "--range", options.range); !status.ok())
      return status;
    if (const absl::Status status = CheckWithin(option, *frames, reference, reference_option, reference_range);
        !status.ok())
      return status;
  }
  for (const int frame : split.held_out) {
    if (std::find(split.pairs.begin(), split.pairs.end(), frame) != split.pairs.end()) {
      return absl::InvalidArgumentError(
          fmt::format("--held-out: frame {} is also among --pairs; a frame can only be one of the two", frame));
    }
  }
  if (split.held_out.empty() && source.frames.size() == split.pairs.size()) {
    return absl::InvalidArgumentError(
        "--pairs: every frame of --range is trained on, so none is left to choose the model by; leave one out");
  }
  std::sort(split.pairs.begin(), split.pairs.end());
  std::sort(split.held_out.begin(), split.held_out.end());
  return split;
}

}  // namespace interneg::commands
