#include "client/cli/commands/media_check.h"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/artifact_download.h"
#include "client/cli/commands/document_text.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/polarity.h"
#include "client/cli/commands/records.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/job_watch.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

absl::Status ShowReport(Context& context, const StageDocument& document, const std::string& name) {
  v1::MediaReport report;
  const cli::Format format = context.style().format;
  DocumentText text;
  if (format == cli::Format::kTable || format == cli::Format::kWide) {
    if (const absl::Status status = ReadDocument(document, "media report", report); !status.ok()) return status;
    text = TextOf(report);
  }
  PrintDocument(context, text, document.json, name);
  return absl::OkStatus();
}

struct CheckOptions {
  std::vector<std::string> media;
  std::string against;
  bool hashes = false;
  std::uint32_t frames_a_shot = 0;
  ColorOptions color;
  SubmitOptions submit;
};

enum class Measures { kSkip, kTake };

// What their pictures do not tell.
void Advise(const Context& context, const std::vector<v1::Media>& media, const v1::ColorSettings& color) {
  for (const v1::Media& medium : media)
    if (IsNegative(medium)) context.Note(NegativeAdvice(medium, color));
}

// The media, in one project, as the request's probe.
absl::StatusOr<std::vector<v1::Media>> FillMedia(Context& context, const std::vector<std::string>& ids,
                                                 v1::SubmitJobRequest& request) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  std::vector<v1::Media> found;
  for (const std::string& id : ids) {
    auto media = FetchMedia(**connection, id);
    if (!media.ok()) return media.status();
    if (!request.project_id().empty() && request.project_id() != media->project_id())
      return absl::InvalidArgumentError("media: the two belong to different projects; a check compares media of one");
    request.set_project_id(media->project_id());
    if (request.shot().empty()) request.set_shot(media->shot());
    request.add_media_ids(media->media_id());
    *request.mutable_spec()->mutable_probe()->add_media() = media->frames();
    found.push_back(std::move(*media));
  }
  return found;
}

absl::StatusOr<ExitCode> Check(Context& context, const CheckOptions& options, Measures measures) {
  auto request = NewRequest(context, options.submit);
  if (!request.ok()) return request.status();
  std::vector<std::string> media = options.media;
  if (!options.against.empty()) media.push_back(options.against);
  if (media.size() > 2)
    return absl::InvalidArgumentError("--against: two media are named already; a check compares two");
  if (media.size() == 2 && media[0] == media[1])
    return absl::InvalidArgumentError("--against: it is the medium itself; name the other element");
  const auto color = ColorOf(context, options.color);
  if (!color.ok()) return color.status();
  v1::ProbeJob& probe = *request->mutable_spec()->mutable_probe();
  *probe.mutable_color() = *color;
  probe.set_measure(measures == Measures::kTake);
  probe.mutable_inspection()->set_frame_hashes(options.hashes);
  probe.mutable_inspection()->set_measured_frames(options.frames_a_shot);
  // A dry run asks too: the frames are the media's, and asking changes nothing.
  const auto found = FillMedia(context, media, *request);
  if (!found.ok()) return found.status();
  // The answer of a check is its outcome; measures take their time.
  if (measures == Measures::kSkip) context.options().wait = !context.options().dry_run;
  const auto code = SubmitAndShowDocument(context, *request, "media_report", ShowReport);
  if (code.ok()) Advise(context, *found, *color);
  return code;
}

// The newest report on a medium, or the one that a check made.
absl::StatusOr<ExitCode> Report(Context& context, const std::string& id) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto media = FetchMedia(**connection, id);
  StageDocument document;
  if (media.ok()) {
    if (!media->has_report())
      return absl::NotFoundError(
          fmt::format("media: there is no report on {} yet; make one with `interneg media check {}`", id, id));
    const auto text = ReadArtifact(**connection, media->report().sha256());
    if (!text.ok()) return text.status();
    document = {*text, cli::Json::parse(*text, nullptr, false)};
  } else {
    if (!absl::IsNotFound(media.status())) return media.status();
    const auto probe = FetchStage(**connection, "id", id, v1::JOB_KIND_PROBE);
    if (absl::IsNotFound(probe.status()))
      return absl::NotFoundError(fmt::format("id: {} is neither a medium nor a check; see `interneg media list`", id));
    if (!probe.ok()) return probe.status();
    auto made = FetchDocument(**connection, probe->job, "media_report");
    if (!made.ok()) return made.status();
    document = *std::move(made);
  }
  if (const absl::Status status = ShowReport(context, document, id); !status.ok()) return status;
  if (!media.ok() || !IsNegative(*media)) return ExitCode::kOk;
  const auto color = ColorOf(context, ColorOptions());
  if (!color.ok()) return color.status();
  Advise(context, {*media}, *color);
  return ExitCode::kOk;
}

void AddCheckOptions(CLI::App& command, CheckOptions& options) {
  command.add_option("media", options.media, "One id, or the source's and its reference's")->required()->expected(1, 2);
  command.add_option("--against", options.against, "The other element to compare with")->type_name("MEDIUM");
  command.add_flag("--hashes", options.hashes, "Hash every frame");
  AddColorOptions(command, options.color);
  AddSubmitOptions(command, options.submit);
}

}  // namespace

absl::StatusOr<v1::Media> FetchMedia(cli::Connection& connection, const std::string& id) {
  v1::GetMediaRequest request;
  request.set_media_id(id);
  const auto found = connection.Call(&v1::MediaService::Stub::GetMedia, request);
  if (!found.ok()) return found.status();
  return found->media();
}

absl::StatusOr<ExitCode> SubmitAndShowDocument(Context& context, const v1::SubmitJobRequest& request,
                                               const std::string& kind,
                                               absl::Status (*show)(Context&, const StageDocument&,
                                                                    const std::string& name)) {
  const auto ended = SubmitAndWaitIfAsked(context, request, "interneg media report");
  if (!ended.ok()) return ended.status();
  if (!*ended) return ExitCode::kOk;
  const v1::Job& job = **ended;
  const std::string& id = job.job_id();
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto document = FetchDocument(**connection, job, kind);
  if (document.ok()) {
    if (const absl::Status status = show(context, *document, id); !status.ok()) return status;
  } else if (job.state() == v1::JOB_STATE_SUCCEEDED || !absl::IsNotFound(document.status())) {
    return document.status();
  } else {
    // It failed before there was anything to tell.
    cli::PrintRecord(ListJobs(context, {job}), context.style(), context.out());
  }
  if (job.state() == v1::JOB_STATE_FAILED)
    context.error() << fmt::format("interneg: {}\n", cli::FailureText(job.failure()));
  context.Note(fmt::format("Job {}.", id));
  return cli::OutcomeOf({{id, job}});
}

void AddMediaCheckCommands(CommandTable& table, CLI::App& noun) {
  const auto checked = std::make_shared<CheckOptions>();
  CLI::App& check =
      table.Verb(noun, "check", "Have a worker read every frame and say what a medium is; of two also how they fit",
                 [checked](Context& context) { return Check(context, *checked, Measures::kSkip); },
                 {.dry_run = true, .wait = true});
  AddCheckOptions(check, *checked);

  const auto measured = std::make_shared<CheckOptions>();
  CLI::App& measure =
      table.Verb(noun, "measure", "Check, and measure resolution, grain, damage, level and colour of every shot",
                 [measured](Context& context) { return Check(context, *measured, Measures::kTake); },
                 {.dry_run = true, .wait = true});
  measure.add_option("--frames-a-shot", measured->frames_a_shot, "Neighbouring frames of each shot to measure (5)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 100));
  AddCheckOptions(measure, *measured);

  const auto id = std::make_shared<std::string>();
  table
      .Verb(noun, "report", "Print the newest report on a medium, or the one that a check made",
            [id](Context& context) { return Report(context, *id); })
      .add_option("id", *id, "Id of a medium, a check or a measurement")
      ->required();
}

}  // namespace interneg::commands
