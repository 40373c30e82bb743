#include "client/cli/commands/sequence_options.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "client/cli/frame_range.h"
#include "client/cli/local_frames.h"

namespace interneg::commands {
namespace {

bool IsMovie(const std::string& extension) {
  static constexpr std::array<std::string_view, 10> kMovies = {"mp4", "mov",  "mkv", "avi",  "mxf",
                                                               "m4v", "webm", "mpg", "mpeg", "vob"};
  return std::find(kMovies.begin(), kMovies.end(), extension) != kMovies.end();
}

}  // namespace

absl::StatusOr<Sequence> ParseSequence(const SequenceText& text, const std::filesystem::path& working_folder) {
  Sequence sequence;
  auto location = cli::ParseLocation(text.path_option, text.path, working_folder);
  if (!location.ok()) return location.status();
  sequence.location = std::move(*location);
  auto pattern = cli::ParseFramePattern(text.path_option, sequence.location.relative);
  if (!pattern.ok()) return pattern.status();
  sequence.pattern = std::move(*pattern);
  if (IsMovie(sequence.pattern.Extension())) {
    return absl::InvalidArgumentError(fmt::format(
        "{0}: {1} is a movie; take its frames out first, for example with `ffmpeg -i {1} -fps_mode passthrough "
        "-pix_fmt rgb48be frames/f.%04d.png`",
        text.path_option, text.path));
  }
  auto frames = cli::ParseFrameRange(text.range_option, text.range);
  if (!frames.ok()) return frames.status();
  sequence.frames = std::move(*frames);
  if (sequence.pattern.digits == 0 && sequence.frames.size() > 1) {
    return absl::InvalidArgumentError(
        fmt::format("{}: \"{}\" is one file, but {} names {} frames; write the frame number as %04d or #",
                    text.path_option, text.path, text.range_option, sequence.frames.size()));
  }
  if (const absl::Status status = cli::CheckFramesPresent(text.path_option, sequence.location, sequence.frames);
      !status.ok())
    return status;
  sequence.source.set_path(sequence.location.ToString());
  sequence.source.set_range(text.range);
  sequence.source.set_color_space(text.color_space);
  return sequence;
}

}  // namespace interneg::commands
