#include "client/cli/commands/sequence_options.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "client/cli/frame_range.h"
#include "client/cli/local_frames.h"

namespace interneg::commands {
namespace {

struct Place {
  cli::Location location;
  cli::FramePattern pattern;
};

absl::StatusOr<Place> ParsePlace(const SequenceText& text, const std::filesystem::path& working_folder) {
  Place place;
  auto location = cli::ParseLocation(text.path_option, text.path, working_folder);
  if (!location.ok()) return location.status();
  place.location = std::move(*location);
  auto pattern = cli::ParseFramePattern(text.path_option, place.location.relative);
  if (!pattern.ok()) return pattern.status();
  place.pattern = std::move(*pattern);
  if (place.pattern.digits > 0 && cli::IsMovieExtension(place.pattern.Extension())) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {} is a movie, which holds all its frames; write its name without a frame field",
                    text.path_option, text.path));
  }
  return place;
}

absl::Status CheckNumbers(const SequenceText& text, const cli::FramePattern& pattern, const std::vector<int>& frames) {
  if (pattern.IsMovie()) {
    const int first = *std::min_element(frames.begin(), frames.end());
    if (first >= 1) return absl::OkStatus();
    return absl::InvalidArgumentError(fmt::format("{}: {} holds frame {}, but the frames of a movie ({}) count from 1",
                                                  text.range_option, text.range, first, text.path));
  }
  if (pattern.digits > 0 || frames.size() == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{}: \"{}\" is one file, but {} names {} frames; write the frame number as %04d or #",
                  text.path_option, text.path, text.range_option, frames.size()));
}

}  // namespace

absl::StatusOr<Sequence> ParseSequence(const SequenceText& text, const std::filesystem::path& working_folder) {
  auto place = ParsePlace(text, working_folder);
  if (!place.ok()) return place.status();
  Sequence sequence;
  sequence.location = std::move(place->location);
  sequence.pattern = std::move(place->pattern);
  if (text.range.empty() && sequence.pattern.IsMovie()) {
    return absl::InvalidArgumentError(fmt::format("{}: is needed for the movie {}: its frames count from 1; write 1-N",
                                                  text.range_option, text.path));
  }
  if (text.movie && !sequence.pattern.IsMovie()) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: {} is no movie; matrix and levels say how a movie is read, leave them out", text.path_option, text.path));
  }
  auto frames = cli::ParseFrameRange(text.range_option, text.range);
  if (!frames.ok()) return frames.status();
  sequence.frames = std::move(*frames);
  if (const absl::Status status = CheckNumbers(text, sequence.pattern, sequence.frames); !status.ok()) return status;
  if (const absl::Status status = cli::CheckFramesPresent(text.path_option, sequence.location, sequence.frames);
      !status.ok())
    return status;
  sequence.source.set_path(sequence.location.ToString());
  sequence.source.set_range(text.range);
  sequence.source.set_color_space(text.color_space);
  if (text.movie) *sequence.source.mutable_movie() = *text.movie;
  return sequence;
}

absl::StatusOr<std::string> RangePresent(const SequenceText& text, const std::filesystem::path& working_folder) {
  const auto place = ParsePlace(text, working_folder);
  if (!place.ok()) return place.status();
  const auto needed = [&](const std::string& why, const char* example) {
    return absl::InvalidArgumentError(
        fmt::format("{}: is needed: {}; write its frames, for example {}", text.range_option, why, example));
  };
  if (place->pattern.IsMovie())
    return needed(fmt::format("how many frames the movie {} has is not known here", text.path), "1-1500");
  if (place->pattern.digits == 0) return needed(fmt::format("{} is one file", text.path), "1001");
  if (!place->location.LocalPath())
    return needed(fmt::format("this machine does not see {}", place->location.ToString()), "1001-1049");
  std::vector<int> frames = cli::FramesPresent(place->location);
  if (frames.empty())
    return needed(fmt::format("no frame of {} lies there", *place->location.LocalPath()), "1001-1049");
  return cli::FrameRangeText(std::move(frames));
}

}  // namespace interneg::commands
