#include "client/cli/commands/movie_options.h"

#include <charconv>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

constexpr int kLargestFrame = 99'999'999;

absl::Status TakePart(std::string_view part, v1::Pulldown& pulldown) {
  const auto equals = part.find('=');
  const std::string_view key = part.substr(0, equals);
  const std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
  if (key == "order" && (value == "top" || value == "bottom")) {
    // What is so without being said stays unsaid: two readings that are one compare as one.
    pulldown.set_order(value == "top" ? v1::FIELD_ORDER_UNSPECIFIED : v1::FIELD_ORDER_BOTTOM_FIRST);
    return absl::OkStatus();
  }
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = !value.empty() && error == std::errc() && end == value.data() + value.size();
  const int most_phase = pulldown.cadence() == v1::PULLDOWN_CADENCE_THREE_TWO ? 4 : 1;
  if (key == "phase" && whole && number >= 0 && number <= most_phase) {
    pulldown.set_phase(static_cast<std::uint32_t>(number));
    return absl::OkStatus();
  }
  if (key == "from" && whole && number >= -kLargestFrame && number <= kLargestFrame) {
    pulldown.clear_first_frame();
    if (number != 1) pulldown.set_first_frame(number);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      fmt::format("\"{}\" is none of phase=0 to phase={}, order=top, order=bottom, from=FRAME", part, most_phase));
}

absl::StatusOr<v1::Pulldown> ParsePulldown(const std::string& option, const std::string& text) {
  v1::Pulldown pulldown;
  std::string_view rest = text;
  const auto cadence = rest.substr(0, rest.find(','));
  if (cadence == "3:2") pulldown.set_cadence(v1::PULLDOWN_CADENCE_THREE_TWO);
  if (cadence == "2:2") pulldown.set_cadence(v1::PULLDOWN_CADENCE_TWO_TWO);
  if (pulldown.cadence() == v1::PULLDOWN_CADENCE_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        fmt::format("{}: \"{}\" begins with no cadence; write for example 3:2,phase=2 or 2:2,phase=1,order=bottom",
                    option, text));
  }
  while (rest.find(',') != std::string_view::npos) {
    rest.remove_prefix(rest.find(',') + 1);
    if (const absl::Status status = TakePart(rest.substr(0, rest.find(',')), pulldown); !status.ok())
      return absl::InvalidArgumentError(fmt::format("{}: {}", option, std::string(status.message())));
  }
  return pulldown;
}

}  // namespace

void AddMovieOptions(CLI::App& command, const std::string& prefix, MovieOptions& options) {
  const char* group = "Movies";
  command.add_option(prefix + "matrix", options.matrix, "Read as bt601, bt709 or bt2020, whatever the movie says")
      ->type_name("NAME")
      ->group(group);
  command.add_option(prefix + "levels", options.levels, "Read as limited (16-235) or full (0-255) range")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option(prefix + "pulldown", options.pulldown,
                  "Put telecined film together: 3:2,phase=2 or 2:2,phase=1,order=bottom,from=1001")
      ->type_name("CADENCE")
      ->group(group);
}

absl::StatusOr<Reading> ToReading(const std::string& prefix, const MovieOptions& options) {
  Reading out;
  if (!options.matrix.empty() || !options.levels.empty()) {
    const auto matrix = cli::ParseWord<v1::YcbcrMatrix>(prefix + "matrix", options.matrix);
    if (!matrix.ok()) return matrix.status();
    const auto range = cli::ParseWord<v1::SampleRange>(prefix + "levels", options.levels);
    if (!range.ok()) return range.status();
    out.movie.emplace();
    out.movie->set_matrix(*matrix);
    out.movie->set_range(*range);
  }
  if (options.pulldown.empty()) return out;
  const auto pulldown = ParsePulldown(prefix + "pulldown", options.pulldown);
  if (!pulldown.ok()) return pulldown.status();
  out.pulldown = *pulldown;
  return out;
}

void FillFrom(const v1::FrameSource& frames, Reading& reading) {
  if (!reading.movie && frames.has_movie()) reading.movie = frames.movie();
  if (!reading.pulldown && frames.has_pulldown()) reading.pulldown = frames.pulldown();
}

std::string PulldownText(const v1::FrameSource& frames) {
  if (!frames.has_pulldown()) return {};
  const v1::Pulldown& pulldown = frames.pulldown();
  std::string text = fmt::format("{},phase={}", pulldown.cadence() == v1::PULLDOWN_CADENCE_TWO_TWO ? "2:2" : "3:2",
                                 pulldown.phase());
  if (pulldown.order() == v1::FIELD_ORDER_BOTTOM_FIRST) text += ",order=bottom";
  if (pulldown.has_first_frame()) text += fmt::format(",from={}", pulldown.first_frame());
  return text;
}

}  // namespace interneg::commands
