#include <CLI/CLI.hpp>
#include <memory>

#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/probe_job.h"
#include "worker/engine/jobs/session.h"

namespace interneg::jobs {
namespace {

struct ProbeOptions {
  FrameSource source;
  FrameSource reference;
  std::string decode;
  std::string report;
  bool measure = false;
  bool hashes = false;
  std::string config;
  std::vector<std::string> roots;
};

int Probe(const ProbeOptions& options) {
  ProbeJob job;
  job.media.push_back(options.source);
  if (!options.reference.path.empty()) job.media.push_back(options.reference);
  if (!options.decode.empty()) job.decoded_frames = ParseFrames(options.decode);
  if (!options.report.empty()) job.inspection = MediaInspection{options.hashes, 0};
  job.measure = options.measure;
  job.color = ColorSettings{};
  job.color->config = options.config;
  SessionOptions session_options;
  if (!options.roots.empty()) session_options.roots.push_back({"local", "/"});
  for (const auto& root : options.roots) session_options.roots.push_back(ParseRootOption(root));
  const Session session(session_options);
  return RunToResult(session.context(), Listener::kShell,
                     [&] {
                       session.RequireRoots();
                       return RunProbe(session.context(), job, StageInputs({}), options.report);
                     })
      .exit_code;
}

}  // namespace

void AddProbeCommand(CLI::App& program, Action& chosen) {
  auto* command = program.add_subcommand("probe", "Check that a sequence, or a source and its reference, can be used");
  const auto options = std::make_shared<ProbeOptions>();
  command->add_option("--source", options->source.path, "A sequence, e.g. f.%04d.exr")
      ->required()
      ->type_name("PATTERN");
  command->add_option("--range", options->source.range, "Its frames; all that are there by default")
      ->type_name("RANGE");
  command->add_option("--source-space", options->source.color_space, "OCIO space, alias or role")->type_name("NAME");
  command->add_option("--reference", options->reference.path, "The reference's sequence")->type_name("PATTERN");
  command->add_option("--reference-range", options->reference.range, "The reference's frames")->type_name("RANGE");
  command->add_option("--reference-space", options->reference.color_space, "OCIO space, alias or role")
      ->type_name("NAME");
  command->add_option("--decode", options->decode, "Frames to decode in full; all by default")->type_name("RANGE");
  auto* report = command->add_option("--report", options->report, "A folder for media_report.json, what was found out");
  report->type_name("FOLDER");
  command->add_flag("--measure", options->measure, "Measure resolution, grain, damage and level of every shot")
      ->needs(report);
  command->add_flag("--hashes", options->hashes, "Hash every frame")->needs(report);
  command->add_option("--config", options->config, "OCIO configuration; built-in ACES by default")->type_name("FILE");
  command->add_option("--root", options->roots, "A root for paths like name:folder")->type_name("NAME=FOLDER");
  command->callback([options, &chosen] { chosen = [options] { return Probe(*options); }; });
}

}  // namespace interneg::jobs
