#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/document_file.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/measure_record.h"
#include "worker/engine/jobs/random_name.h"
#include "worker/engine/jobs/recover_options.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/session.h"
#include "worker/engine/jobs/standalone.h"
#include "worker/engine/jobs/training_flags.h"
#include "worker/engine/jobs/training_start.h"

namespace interneg::jobs {
namespace {

struct RecoverCommand {
  RecoverOptions options;
  std::string train_file;
  std::string render_file;
  std::string scratch;
  std::string resume;
  std::string initial;
  std::string device = "cpu";
  int threads = 0;
  std::vector<std::string> roots;
  std::optional<int> events_fd;
};

struct Documents {
  JobSpec train;
  std::string train_json;
  RenderJob render;
};

// To go on with a training its model is known by the checkpoint, where the file is gone.
std::string InitialHashOf(const RecoverCommand& command) {
  if (!command.resume.empty() && !std::filesystem::exists(command.initial)) {
    if (auto known = LookInto(command.resume).began_with; !known.empty()) return known;
  }
  return HashOfLocalFile(command.initial);
}

Documents ReadDocuments(const RecoverCommand& command) {
  if (command.train_file.empty()) {
    auto jobs = JobsOf(command.options);
    if (!command.initial.empty())
      std::get<TrainJob>(jobs.train.kind).initial_checkpoint_sha256 = InitialHashOf(command);
    auto json = ToJson(jobs.train);
    return {std::move(jobs.train), std::move(json), std::move(jobs.render)};
  }
  auto json = ReadDocumentFile(command.train_file);
  auto train = ParseJobSpec(json, "job document '" + command.train_file + "'");
  const auto render = ParseJobSpec(ReadDocumentFile(command.render_file), "job document '" + command.render_file + "'");
  const auto* job = std::get_if<RenderJob>(&render.kind);
  if (job == nullptr) throw BadInput("the document given by --render holds no 'render'", "");
  return {std::move(train), std::move(json), *job};
}

// Beside the frames and named after their folder and themselves, so that the checkpoint of a recovery is found again
// and two recoveries into one folder do not meet.
std::string ScratchOf(const RecoverCommand& command, const RenderJob& render) {
  if (!command.scratch.empty()) return command.scratch;
  return render.output ? DefaultScratch(render.output->path) : "interneg-scratch";
}

void PrintSummary(const MeasureRecord& record, const RenderJob& render, const std::string& scratch) {
  std::printf("%sframes        %s\nmodel         %s/model.safetensors\n", record.Table().c_str(),
              render.output->path.c_str(), scratch.c_str());
  if (const auto picture = record.FileOf("before_after"); !picture.empty()) {
    std::printf("before/after  %s/%s\n", scratch.c_str(), picture.c_str());
  }
}

void SayHowToResume(const MeasureRecord& record, const std::string& scratch) {
  const auto checkpoint = record.FileOf(kCheckpointKind);
  if (checkpoint.empty()) {
    std::fprintf(stderr, "interneg-engine: stopped before there was a checkpoint; start again\n");
    return;
  }
  std::fprintf(stderr,
               "interneg-engine: stopped; the checkpoint is %s/%s\n  go on with the same options and --resume %s/%s\n",
               scratch.c_str(), checkpoint.c_str(), scratch.c_str(), checkpoint.c_str());
}

int Recover(const RecoverCommand& command) {
  const auto documents = ReadDocuments(command);
  SessionOptions session_options{command.events_fd, {}, 0, {}, command.device, command.threads};
  if (!command.roots.empty()) session_options.roots.push_back({"local", "/"});
  for (const auto& root : command.roots) session_options.roots.push_back(ParseRootOption(root));
  const Session session(session_options);
  const auto& outer = session.context();
  MeasureRecord record(outer.events);
  const JobContext context{outer.roots, outer.current_folder, record,        outer.stop,
                           outer.clock, outer.device,         outer.threads, outer.next_adjustment};
  const auto scratch = ScratchOf(command, documents.render);
  const auto listener = command.events_fd ? Listener::kDaemon : Listener::kShell;
  const auto ending = RunToResult(context, listener, [&] {
    session.RequireRoots();
    return RunRecovery(
        context, {documents.train, documents.train_json, documents.render, scratch, command.resume, RandomName(), command.initial});
  });
  if (ending.outcome == EngineOutcome::kSucceeded || ending.outcome == EngineOutcome::kPartial)
    PrintSummary(record, documents.render, scratch);
  if (ending.outcome == EngineOutcome::kPreempted) SayHowToResume(record, scratch);
  return ending.exit_code;
}

void AddMedia(CLI::App& command, RecoverOptions& options, CLI::Option* train) {
  const auto add = [&](const char* name, std::string& value, const char* text, const char* type) {
    return command.add_option(name, value, text)->type_name(type)->excludes(train);
  };
  add("--source", options.source.path, "The film to recover", "PATTERN");
  add("--reference", options.reference.path, "The better element, registered to it", "PATTERN");
  add("--range", options.range, "Frames of the source; all by default", "RANGE");
  add("--source-range", options.source.range, "The same", "RANGE");
  add("--reference-range", options.reference.range, "Frames of the reference; the source's by default", "RANGE");
  add("--source-space", options.source.color_space, "OCIO space, alias or role; from the file by default", "NAME");
  add("--reference-space", options.reference.color_space, "OCIO space, alias or role", "NAME");
  add("--pairs", options.pairs, "Frames to train on, at least two", "RANGE");
  add("--held-out", options.held_out, "Frames withheld for choosing; between the pairs by default", "RANGE");
  add("--config", options.color.config, "OCIO configuration; built-in ACES by default", "FILE");
  add("--domain", options.domain, "display or log (display)", "NAME");
  add("--working-space", options.color.working_space, "Checked to exist and recorded; changes no pixel", "NAME");
  add("--matrix", options.matrix, "bt709, bt601 or bt2020 (bt709)", "NAME");
  command.add_flag("--allow-linear-clamp", options.color.allow_linear_clamp, "Clamp scene-linear sources to [0, 1]");
}

void AddRendering(CLI::App& command, RecoverOptions& options, CLI::Option* train) {
  const auto strength = [&](const char* name, std::optional<double>& value, const char* text) {
    command.add_option(name, value, text)->check(CLI::Range(0.0, 4.0))->excludes(train);
  };
  strength("--fine-detail", options.detail.fine, "Not chroma: strength of detail with periods below 5 pixels, 0 to 4 (1)");
  strength("--middle-detail", options.detail.middle, "Not chroma: strength of detail with periods of 5 to 16 pixels, 0 to 4 (1)");
  strength("--coarse-detail", options.detail.coarse, "Not chroma: strength of detail with longer periods, 0 to 4 (1)");
  strength("--grain", options.detail.grain, "Not chroma: strength of the finest detail that has no structure, 0 to 4 (1)");
  command
      .add_flag("--invented-detail", options.invented_detail,
                "Not chroma: map what neither source nor references support, as a further channel and a score")
      ->excludes(train);
  command
      .add_option("--temporal-smoothing", options.temporal_smoothing,
                  "Grid networks: smooth the correction over time along the motion, 0 to 1 (0)")
      ->check(CLI::Range(0.0, 1.0))
      ->excludes(train);
}

void AddOutput(CLI::App& command, RecoverOptions& options, CLI::Option* train) {
  const auto add = [&](const char* name, std::string& value, const char* text, const char* type) {
    command.add_option(name, value, text)->type_name(type)->excludes(train);
  };
  add("--output", options.output, "Folder, or pattern like out/f.%04d.exr", "PATH");
  add("--output-space", options.output_space, "Colour space, or same-as-source (ACES2065-1)", "NAME");
  add("--format", options.format, "exr, tiff or png (exr)", "NAME");
  add("--compression", options.compression, "none, zip, zips, piz or dwaa", "NAME");
  add("--bit-depth", options.bit_depth, "uint8, uint16, half or float", "NAME");
  command.add_flag("--replace", options.replace, "Publish over frames that stand there");
  command.add_option("--attribute", options.attributes, "Into every frame's header; may be repeated")
      ->type_name("NAME=TEXT")
      ->excludes(train);
}

}  // namespace

void AddRecoverCommand(CLI::App& program, Action& chosen) {
  auto* command = program.add_subcommand("recover", "Train, render and publish, without a server");
  const auto recover = std::make_shared<RecoverCommand>();
  auto* train = command->add_option("--job", recover->train_file, "The training's job document")->type_name("FILE");
  auto* render = command->add_option("--render", recover->render_file, "The render's job document")
                     ->type_name("FILE")
                     ->needs(train);
  train->needs(render);
  command->add_option("recovery", recover->options.recovery, "chroma, spatial, combined or direct")
      ->capture_default_str();
  AddMedia(*command, recover->options, train);
  AddTrainingFlags(*command, recover->options, train);
  AddRendering(*command, recover->options, train);
  AddOutput(*command, recover->options, train);
  command
      ->add_option("--scratch", recover->scratch, "Folder for checkpoints and pictures; beside the output by default")
      ->type_name("FOLDER");
  command->add_option("--resume", recover->resume, "The checkpoint to go on from")->type_name("FILE");
  command
      ->add_option("--initial-weights", recover->initial,
                   "The model or checkpoint whose weights to begin with: of the same network, recovery and colour")
      ->type_name("FILE");
  command->add_option("--device", recover->device, "cpu or cuda:N")->capture_default_str();
  command->add_option("--threads", recover->threads, "Threads to compute with; 0: all")->capture_default_str();
  command->add_option("--root", recover->roots, "A root for paths like name:folder")->type_name("NAME=FOLDER");
  command->add_option("--events-fd", recover->events_fd, "Descriptor for events, one JSON object a line");
  command->callback([recover, &chosen] { chosen = [recover] { return Recover(*recover); }; });
}

}  // namespace interneg::jobs
