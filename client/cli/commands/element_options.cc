#include "client/cli/commands/element_options.h"

#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/frame_range.h"
#include "client/cli/uuid.h"

namespace interneg::commands {
namespace {

// One element's options, and what they are called.
struct ElementText {
  const char* option;
  const char* range_option;
  const std::string& path;
  const std::string& range;
  const std::string& space;
  const char* movie_prefix;
  const MovieOptions& movie;
};

absl::StatusOr<v1::FrameSource> FramesOfMedium(Context& context, const std::string& id) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  v1::GetMediaRequest request;
  request.set_media_id(id);
  const auto found = (*connection)->Call(&v1::MediaService::Stub::GetMedia, request);
  if (!found.ok()) return found.status();
  return found->media().frames();
}

// Replaces a medium's id by its frames; what the options say of range and space goes first.
absl::StatusOr<SequenceText> Settle(Context& context, const ElementText& element) {
  if (element.path.empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: is missing; give its frames, as scan/f.%04d.exr, or the id of a registered medium", element.option));
  }
  const auto reading = ToReading(element.movie_prefix, element.movie);
  if (!reading.ok()) return reading.status();
  SequenceText text{element.option, element.path, element.range_option, element.range, element.space, *reading};
  if (!cli::IsUuid(element.path)) return text;
  const auto frames = FramesOfMedium(context, element.path);
  if (!frames.ok()) return frames.status();
  text.path = frames->path();
  if (text.range.empty()) text.range = frames->range();
  if (text.color_space.empty()) text.color_space = frames->color_space();
  FillFrom(*frames, text.reading);
  return text;
}

}  // namespace

void AddElementOptions(CLI::App& command, ElementOptions& options, const std::string& earlier) {
  command
      .add_option("--source", options.source,
                  "Element to recover: scan/f.%04d.exr, tape.mov, root:path, or a medium" + earlier)
      ->type_name("FRAMES");
  command.add_option("--reference", options.reference, "Element to learn from" + earlier)->type_name("FRAMES");
  command
      .add_option("--range", options.range,
                  "Source's frames: 1001-1049, 1,5,9, 1-100x5; of a movie 1-N (a medium's own, else all)")
      ->type_name("RANGE");
  command.add_option("--reference-range", options.reference_range, "Reference's frames (a medium's own, else all)")
      ->type_name("RANGE");
  command.add_option("--source-space", options.source_space, "Source's colour space (from its format)")
      ->type_name("NAME");
  command.add_option("--reference-space", options.reference_space, "Reference's colour space (from its format)")
      ->type_name("NAME");
  AddMovieOptions(command, "--source-", options.source_movie);
  AddMovieOptions(command, "--reference-", options.reference_movie);
  AddColorOptions(command, options.color);
}

absl::StatusOr<Elements> ReadElements(Context& context, const ElementOptions& options, ReferenceFrames reference) {
  const auto& folder = context.environment().working_folder;
  auto source_text = Settle(context, {"--source", "--range", options.source, options.range, options.source_space,
                                      "--source-", options.source_movie});
  if (!source_text.ok()) return source_text.status();
  auto reference_text = Settle(context, {"--reference", "--reference-range", options.reference, options.reference_range,
                                         options.reference_space, "--reference-", options.reference_movie});
  if (!reference_text.ok()) return reference_text.status();
  if (reference_text->range.empty() && reference == ReferenceFrames::kSourceNumbers)
    reference_text->range = source_text->range;
  auto source = ParseSequence(*source_text, folder, NoRange::kWhole);
  if (!source.ok()) return source.status();
  auto other = ParseSequence(*reference_text, folder, NoRange::kWhole);
  if (!other.ok()) return other.status();
  if (source->source.path() == other->source.path())
    return absl::InvalidArgumentError("--reference: it is the source itself; give the element to learn from");
  const auto color = ColorOf(context, options.color);
  if (!color.ok()) return color.status();
  return Elements{std::move(*source), std::move(*other), *color};
}

absl::Status CheckUnsaid(const ElementOptions& options, const std::string& giver) {
  const std::pair<const char*, bool> elements[] = {{"--source", !options.source.empty()},
                                                   {"--reference", !options.reference.empty()},
                                                   {"--range", !options.range.empty()},
                                                   {"--reference-range", !options.reference_range.empty()},
                                                   {"--source-space", !options.source_space.empty()},
                                                   {"--reference-space", !options.reference_space.empty()},
                                                   {"--source-matrix", !options.source_movie.matrix.empty()},
                                                   {"--source-levels", !options.source_movie.levels.empty()},
                                                   {"--reference-matrix", !options.reference_movie.matrix.empty()},
                                                   {"--reference-levels", !options.reference_movie.levels.empty()},
                                                   {"--source-pulldown", !options.source_movie.pulldown.empty()},
                                                   {"--reference-pulldown", !options.reference_movie.pulldown.empty()}};
  std::vector<std::string> said;
  for (const auto& [option, given] : elements)
    if (given) said.emplace_back(option);
  for (std::string& option : Said(options.color)) said.push_back(std::move(option));
  if (said.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format(
      "{0}: with {1} that job's elements and colour settings hold; leave {0} out, or {1}", said.front(), giver));
}

absl::StatusOr<std::vector<int>> FramesWithin(const std::string& option, const std::string& text,
                                              const v1::FrameSource& element, const std::string& range_option) {
  auto frames = cli::ParseFrameRange(option, text);
  if (!frames.ok() || element.range().empty()) return frames;
  const auto all = cli::ParseFrameRange(range_option, element.range());
  if (!all.ok()) return all.status();
  const std::set<int> there(all->begin(), all->end());
  for (const int frame : *frames) {
    if (there.count(frame) == 0) {
      return absl::InvalidArgumentError(fmt::format("{}: frame {} lies outside {} {}; choose frames of that range",
                                                    option, frame, range_option, element.range()));
    }
  }
  return frames;
}

}  // namespace interneg::commands
