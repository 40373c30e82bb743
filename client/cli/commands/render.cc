#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/crop_option.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/job_options.h"
#include "client/cli/commands/movie_options.h"
#include "client/cli/commands/rendering_options.h"
#include "client/cli/commands/stage_job.h"
#include "client/cli/commands/version.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

struct RenderOptions {
  std::string train_job;
  std::string checkpoint;
  std::string project;
  std::string shot;
  std::string source;
  std::string source_space;
  MovieOptions source_movie;
  std::string range;
  std::string precision;
  std::string render_crop;
  ColorOptions color;
  RenderingOptions rendering;
  OutputOptions output;
  SubmitOptions submit;
};

// The training's own colour settings, source and place: what a render of the same shot must agree with.
absl::Status FillFromTraining(cli::Connection& connection, const std::string& job_id, v1::SubmitJobRequest& request,
                              v1::RenderJob& render, v1::FrameSource& reference) {
  const auto found = FetchJob(connection, job_id);
  if (!found.ok()) return found.status();
  const v1::JobSpec spec = SpecOf(*found);
  if (!spec.has_train())
    return absl::InvalidArgumentError("--train-job: " + job_id +
                                      " is no training; give one that `interneg job list --kind train` lists");
  if (request.project_id().empty()) request.set_project_id(found->project_id());
  if (request.shot().empty()) request.set_shot(found->shot());
  *render.mutable_color() = spec.train().color();
  if (!render.has_source()) *render.mutable_source() = spec.train().source();
  reference = spec.train().reference();
  render.set_train_job_id(job_id);
  request.add_dependencies()->set_job_id(job_id);
  return absl::OkStatus();
}

// A model renders in the colour settings that it was trained in.
absl::Status CheckColorUnsaid(const ColorOptions& color) {
  const auto said = Said(color);
  if (said.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{0}: with --train-job the training's own colour settings hold; leave {0} out, or name the model "
                  "with --checkpoint",
                  fmt::join(said, ", ")));
}

absl::Status CheckModelChoice(const RenderOptions& options) {
  if (options.train_job.empty() == options.checkpoint.empty())
    return absl::InvalidArgumentError("--train-job, --checkpoint: give one of the two, the model to render with");
  if (!options.checkpoint.empty() && (options.source.empty() || options.range.empty()))
    return absl::InvalidArgumentError(
        "--source, --range: a checkpoint alone does not say which frames to render; give both");
  if (options.source.empty() != options.range.empty())
    return absl::InvalidArgumentError("--source, --range: give both, or neither for the training's own");
  if (!options.source_space.empty() && options.source.empty())
    return absl::InvalidArgumentError(
        "--source-space: the training says what its own frames are; leave the option out, or give --source and "
        "--range");
  if (!(options.source_movie.matrix + options.source_movie.levels + options.source_movie.pulldown).empty() &&
      options.source.empty())
    return absl::InvalidArgumentError(
        "--source-matrix, --source-levels, --source-pulldown: the training says how its own frames are read; leave "
        "them out, or give "
        "--source and --range");
  return options.train_job.empty() ? absl::OkStatus() : CheckColorUnsaid(options.color);
}

// Where the reference's frames lie, as far as an output could land on them; they need not be there any more.
absl::StatusOr<Sequence> PlaceOf(const v1::FrameSource& frames, const std::filesystem::path& working_folder) {
  Sequence sequence;
  auto location = cli::ParseLocation("reference", frames.path(), working_folder);
  if (!location.ok()) return location.status();
  auto pattern = cli::ParseFramePattern("reference", location->relative);
  if (!pattern.ok()) return pattern.status();
  sequence.location = std::move(*location);
  sequence.pattern = std::move(*pattern);
  return sequence;
}

// Settles the frames, now from the options or from the training, and the output that is named after them.
absl::Status FillFrames(Context& context, const RenderOptions& options, const v1::FrameSource& reference,
                        v1::RenderJob& render) {
  const bool own = !options.source.empty();
  auto reading = ToReading("--source-", options.source_movie);
  if (!reading.ok()) return reading.status();
  if (!own) FillFrom(render.source(), *reading);
  if (!own && render.source().range().empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "--source, --range: the training was given the whole of {}; say what to render", render.source().path()));
  }
  const auto sequence = ParseSequence({"--source", own ? options.source : render.source().path(), "--range",
                                       own ? options.range : render.source().range(),
                                       own ? options.source_space : render.source().color_space(), *reading},
                                      context.environment().working_folder);
  if (!sequence.ok()) return sequence.status();
  *render.mutable_source() = sequence->source;
  const auto place = PlaceOf(reference, context.environment().working_folder);
  const auto output =
      ToRenderOutput(options.output, *sequence, place.ok() ? &*place : nullptr, context.environment().working_folder);
  if (!output.ok()) return output.status();
  if (options.submit.request_id.empty()) {
    const absl::Status status = CheckOutputFree(*output, sequence->frames, context.environment().working_folder);
    if (!status.ok()) return status;
  }
  *render.mutable_output() = *output;
  render.set_chunk_frames(options.output.chunk_frames);
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> Submit(Context& context, const RenderOptions& options) {
  if (const absl::Status status = CheckModelChoice(options); !status.ok()) return status;
  const auto request_id = RequestId(context, options.submit.request_id);
  if (!request_id.ok()) return request_id.status();
  v1::SubmitJobRequest request;
  request.set_request_id(*request_id);
  request.set_priority(options.submit.priority);
  request.set_pool(options.submit.pool);
  request.set_shot(options.shot);
  if (!options.project.empty()) {
    const auto project = context.ProjectId(options.project);
    if (!project.ok()) return project.status();
    request.set_project_id(*project);
  }
  request.mutable_spec()->set_schema(kWrittenSchema);
  v1::RenderJob& render = *request.mutable_spec()->mutable_render();
  const auto precision = cli::ParseWord<v1::Precision>("--precision", options.precision);
  if (!precision.ok()) return precision.status();
  render.set_precision(*precision);
  if (const absl::Status status = FillRenderCrop(options.render_crop, render); !status.ok()) return status;
  FillRendering(options.rendering, render);
  v1::FrameSource reference;
  if (!options.train_job.empty()) {
    const auto connection = context.Connect();
    if (!connection.ok()) return connection.status();
    if (const absl::Status status = FillFromTraining(**connection, options.train_job, request, render, reference);
        !status.ok())
      return status;
  } else {
    const auto project = context.ProjectId(options.project);
    if (!project.ok()) return project.status();
    request.set_project_id(*project);
    render.set_checkpoint_sha256(options.checkpoint);
    const auto color = ColorOf(context, options.color);
    if (!color.ok()) return color.status();
    *render.mutable_color() = *color;
  }
  if (const absl::Status status = FillFrames(context, options, reference, render); !status.ok()) return status;
  return SubmitAndMaybeWait(context, std::move(request));
}

}  // namespace

void AddRenderCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("render", "Rendering");
  const auto options = std::make_shared<RenderOptions>();
  CLI::App& submit =
      table.Verb(noun, "submit", "Render frames with a trained model",
                 [options](Context& context) { return Submit(context, *options); }, {.dry_run = true, .wait = true});
  submit.add_option("--train-job", options->train_job, "Training whose best checkpoint to use")->type_name("JOB");
  submit.add_option("--checkpoint", options->checkpoint, "Checkpoint to use")->type_name("SHA256");
  submit.add_option("--project", options->project, "Project (the training's)")->type_name("NAME");
  submit.add_option("--shot", options->shot, "Shot (the training's)")->type_name("NAME");
  submit.add_option("--source", options->source, "Frames to render (the training's)")->type_name("PATTERN");
  submit.add_option("--range", options->range, "Frames to render (the training's)")->type_name("RANGE");
  submit.add_option("--source-space", options->source_space, "Source's colour space (from its format)")
      ->type_name("NAME");
  AddMovieOptions(submit, "--source-", options->source_movie);
  submit.add_option("--precision", options->precision, "auto, fp32 or bf16")->type_name("NAME");
  submit
      .add_option("--render-crop", options->render_crop,
                  "What is recovered, X,Y,WIDTH,HEIGHT or none; the rest stays the source's (the alignment's)")
      ->type_name("AREA");
  AddRenderingOptions(submit, options->rendering);
  AddOutputOptions(submit, options->output);
  AddColorOptions(submit, options->color);
  AddSubmitOptions(submit, options->submit);
}

}  // namespace interneg::commands
