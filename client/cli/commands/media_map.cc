#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/document_text.h"
#include "client/cli/commands/media_check.h"

namespace interneg::commands {
namespace {

struct MapOptions {
  std::vector<std::string> media;
  std::vector<std::string> matches;
  PlaceOptions place;
  SubmitOptions submit;
};

absl::Status ShowMap(Context& context, const StageDocument& document, const std::string& name) {
  v1::ElementMap map;
  const cli::Format format = context.style().format;
  DocumentText text;
  if (format == cli::Format::kTable || format == cli::Format::kWide) {
    if (const absl::Status status = ReadDocument(document, "map of elements", map); !status.ok()) return status;
    text = TextOf(map);
  }
  PrintDocument(context, text, document.json, name);
  return absl::OkStatus();
}

// The media that were named, or all of the project's shot.
absl::StatusOr<std::vector<v1::Media>> FindMedia(Context& context, const MapOptions& options) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  std::vector<v1::Media> media;
  for (const std::string& id : options.media) {
    auto found = FetchMedia(**connection, id);
    if (!found.ok()) return found.status();
    media.push_back(*std::move(found));
  }
  if (!media.empty()) return media;
  const auto project = context.ProjectId(options.place.project);
  if (!project.ok()) return project.status();
  v1::ListMediaRequest request;
  request.set_project_id(*project);
  auto all = ListAll(**connection, &v1::MediaService::Stub::ListMedia, request, &v1::ListMediaResponse::mutable_media);
  if (!all.ok()) return all.status();
  for (v1::Media& medium : *all)
    if (options.place.shot.empty() || medium.shot() == options.place.shot) media.push_back(std::move(medium));
  return media;
}

// Places an element by a match of it with the first: the two are edited differently, and no offset tells how.
absl::Status PlaceByMatch(Context& context, const std::string& id, const std::vector<v1::Media>& compared,
                          v1::ElementComparison& comparison) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto match = FetchStage(**connection, "--match", id, v1::JOB_KIND_MATCH);
  if (!match.ok()) return match.status();
  const auto same = [](const v1::FrameSource& a, const v1::FrameSource& b) {
    return a.path() == b.path() && a.pulldown().SerializeAsString() == b.pulldown().SerializeAsString();
  };
  const v1::MatchJob& matched = match->spec.match();
  const v1::FrameSource& first = compared.front().frames();
  for (std::size_t i = 1; i < compared.size(); ++i) {
    const v1::FrameSource& own = compared[i].frames();
    const bool forward = same(matched.source(), first) && same(matched.reference(), own);
    if (!forward && !(same(matched.source(), own) && same(matched.reference(), first))) continue;
    v1::ComparedElement& element = *comparison.mutable_elements(static_cast<int>(i));
    element.clear_conform_offsets();
    element.mutable_frame_map()->set_job_id(id);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      fmt::format("--match: {} pairs {} with {}, not the first medium, {}, with another of the map; name that medium "
                  "first, or match it with the others",
                  id, matched.source().path(), matched.reference().path(), compared.front().name()));
}

absl::StatusOr<ExitCode> Map(Context& context, const MapOptions& options) {
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  const auto media = FindMedia(context, options);
  if (!media.ok()) return media.status();
  v1::ElementComparison& comparison = *request->mutable_spec()->mutable_probe()->mutable_comparison();
  std::vector<v1::Media> compared;
  for (const v1::Media& medium : *media) {
    if (!medium.has_measured()) {
      context.Note(fmt::format("{} is left out: it was not measured; see `interneg media measure {}`.", medium.name(),
                               medium.media_id()));
      continue;
    }
    compared.push_back(medium);
    v1::ComparedElement& element = *comparison.add_elements();
    element.set_name(medium.name());
    element.mutable_report()->set_sha256(medium.measured().sha256());
    element.set_medium(medium.measured().medium());
    *element.mutable_conform_offsets() = medium.element().conform_offsets();
    if (!request->project_id().empty() && request->project_id() != medium.project_id())
      return absl::InvalidArgumentError("media: they belong to different projects; a map compares media of one");
    request->set_project_id(medium.project_id());
    if (request->shot().empty()) request->set_shot(medium.shot());
  }
  if (comparison.elements_size() < 2)
    return absl::InvalidArgumentError(
        fmt::format("media: {} measured; a map compares two or more: measure them with `interneg media measure`",
                    comparison.elements_size() == 0 ? "none is" : "one alone is"));
  for (const std::string& id : options.matches)
    if (const absl::Status status = PlaceByMatch(context, id, compared, comparison); !status.ok()) return status;
  context.options().wait = !context.options().dry_run;
  return SubmitAndShowDocument(context, *request, "element_map", ShowMap);
}

}  // namespace

void AddMediaMapCommand(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<MapOptions>();
  CLI::App& map =
      table.Verb(noun, "map", "Name the best element of each section in detail, colour, damage and completeness",
                 [options](Context& context) { return Map(context, *options); }, {.dry_run = true, .wait = true});
  map.add_option("media", options->media, "Ids of measured media; the first one's shots are the sections")
      ->expected(0, -1);
  map.add_option("--match", options->matches,
                 "Match of the first with another, which then follows it instead of conform offsets; may be repeated")
      ->type_name("JOB")
      ->expected(1)
      ->take_all();
  AddPlaceOptions(map, options->place, "without ids: all its measured media [INTERNEG_PROJECT]");
  AddSubmitOptions(map, options->submit);
}

}  // namespace interneg::commands
