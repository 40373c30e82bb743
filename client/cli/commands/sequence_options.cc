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

// The frames that lie in the folder; none where that cannot be told from here.
absl::StatusOr<std::vector<int>> FramesThere(const SequenceText& text, const Place& place) {
  const auto needed = [&](const std::string& why, const char* example) {
    return absl::InvalidArgumentError(
        fmt::format("{}: is needed: {}; write its frames, for example {}", text.range_option, why, example));
  };
  // The files hold video frames, and which film frames those come to is the worker's to tell.
  if (place.pattern.IsMovie() || text.reading.pulldown) return std::vector<int>();
  if (place.pattern.digits == 0) return needed(fmt::format("{} is one file", text.path), "1001");
  if (!place.location.LocalPath()) return std::vector<int>();
  std::vector<int> frames = cli::FramesPresent(place.location);
  if (frames.empty())
    return needed(fmt::format("no frame of {} lies there", *place.location.LocalPath()), "1001-1049");
  return frames;
}

absl::StatusOr<std::vector<int>> ParseFrames(const SequenceText& text, const Place& place, NoRange no_range) {
  if (text.range.empty() && no_range == NoRange::kWhole) return FramesThere(text, place);
  if (text.range.empty() && place.pattern.IsMovie()) {
    return absl::InvalidArgumentError(fmt::format("{}: is needed for the movie {}: its frames count from 1; write 1-N",
                                                  text.range_option, text.path));
  }
  auto frames = cli::ParseFrameRange(text.range_option, text.range);
  if (!frames.ok()) return frames;
  if (const absl::Status status = CheckNumbers(text, place.pattern, *frames); !status.ok()) return status;
  return frames;
}

}  // namespace

absl::StatusOr<Sequence> ParseSequence(const SequenceText& text, const std::filesystem::path& working_folder,
                                       NoRange no_range) {
  auto place = ParsePlace(text, working_folder);
  if (!place.ok()) return place.status();
  if (text.reading.movie && !place->pattern.IsMovie()) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: {} is no movie; matrix and levels say how a movie is read, leave them out", text.path_option, text.path));
  }
  auto frames = ParseFrames(text, *place, no_range);
  if (!frames.ok()) return frames.status();
  Sequence sequence{std::move(place->location), std::move(place->pattern), std::move(*frames), {}};
  // A movie itself is missed before anybody counts its frames.
  std::vector<int> looked_for = sequence.frames;
  if (text.reading.pulldown) looked_for.clear();
  if (looked_for.empty() && sequence.pattern.IsMovie()) looked_for = {1};
  if (const absl::Status status = cli::CheckFramesPresent(text.path_option, sequence.location, looked_for);
      !status.ok())
    return status;
  sequence.source.set_path(sequence.location.ToString());
  sequence.source.set_range(text.range.empty() && !sequence.frames.empty() ? cli::FrameRangeText(sequence.frames)
                                                                           : text.range);
  sequence.source.set_color_space(text.color_space);
  if (text.reading.movie) *sequence.source.mutable_movie() = *text.reading.movie;
  if (text.reading.pulldown) *sequence.source.mutable_pulldown() = *text.reading.pulldown;
  return sequence;
}

}  // namespace interneg::commands
