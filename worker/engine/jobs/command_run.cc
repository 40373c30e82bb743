#include <CLI/CLI.hpp>
#include <memory>

#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/command_line.h"
#include "worker/engine/jobs/document_file.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/random_name.h"
#include "worker/engine/jobs/session.h"
#include "worker/engine/jobs/standalone.h"

namespace interneg::jobs {
namespace {

constexpr char kDefaultScratch[] = "interneg-scratch";

struct RunOptions {
  std::string job;
  std::string assignment;
  std::optional<int> events_fd;
  std::optional<int> lease_fd;
  std::vector<std::string> roots;
  std::string frames;
  std::string checkpoint;
  std::string resume;
  std::vector<std::string> inputs;
  std::string scratch = kDefaultScratch;
  std::string device = "cpu";
  int threads = 0;
  std::optional<int> rank;
  int ranks = 0;
  std::string meeting;
  int patience_s = 600;
};

std::optional<training::GroupPlace> GroupOf(const RunOptions& options, const JobSpec& job) {
  if (!options.rank) return std::nullopt;
  if (!std::holds_alternative<TrainJob>(job.kind))
    throw BadInput("--rank: only a training is shared by several processes", "leave --rank, --ranks and --meeting out");
  training::GroupPlace place;
  place.rank = *options.rank;
  place.ranks = options.ranks;
  place.patience = std::chrono::seconds(options.patience_s);
  training::ParseMeeting(options.meeting, place);
  training::CheckPlace(place);
  return place;
}

InputDocument ParseInput(const std::string& text) {
  const auto equals = text.find('=');
  if (equals != std::string::npos && equals > 0 && equals + 1 < text.size()) {
    return {text.substr(0, equals), text.substr(equals + 1)};
  }
  throw BadInput("--input " + text, "write it as ROLE=FILE, e.g. frame_map=frame_map.json");
}

int RunAssigned(const RunOptions& options, const JobSpec& job, const std::string& json) {
  const auto assignment =
      ParseAssignment(ReadDocumentFile(options.assignment), "assignment '" + options.assignment + "'");
  const Session session({options.events_fd, options.lease_fd, assignment.lease_seconds, assignment.roots,
                         assignment.device, static_cast<int>(assignment.threads)});
  return RunToResult(session.context(), Listener::kDaemon,
                     [&] {
                       session.RequireRoots();
                       return RunTask(session.context(), job, json, assignment);
                     })
      .exit_code;
}

int RunStandalone(const RunOptions& options, const JobSpec& job, const std::string& json) {
  SessionOptions session_options{options.events_fd, options.lease_fd, 0,
                                 {},                options.device,   options.threads,
                                 GroupOf(options, job)};
  if (!options.roots.empty()) session_options.roots.push_back({"local", "/"});
  for (const auto& root : options.roots) session_options.roots.push_back(ParseRootOption(root));
  const Session session(session_options);
  Assignment assignment;
  assignment.frames = options.frames;
  assignment.scratch_folder = options.scratch;
  assignment.checkpoint_path = options.checkpoint;
  assignment.resume_path = options.resume;
  for (const auto& input : options.inputs) assignment.inputs.push_back(ParseInput(input));
  const auto listener = options.events_fd ? Listener::kDaemon : Listener::kShell;
  const auto work = [&] {
    session.RequireRoots();
    if (const auto* render = std::get_if<RenderJob>(&job.kind)) {
      return RenderInPlace(session.context(), *render, options.frames, options.checkpoint, RandomName());
    }
    return RunTask(session.context(), job, json, assignment);
  };
  return RunToResult(session.context(), listener, work).exit_code;
}

int Run(const RunOptions& options) {
  const auto json = ReadDocumentFile(options.job);
  const auto job = ParseJobSpec(json, "job document '" + options.job + "'");
  return options.assignment.empty() ? RunStandalone(options, job, json) : RunAssigned(options, job, json);
}

// All or none: a process that is told of a group without its place in it would train a model of its own.
template <typename Alone>
void AddGroup(CLI::App& command, RunOptions& options, const Alone& alone) {
  auto* rank =
      command.add_option("--rank", options.rank, "This process's place among those that train together, from 0");
  auto* ranks = command.add_option("--ranks", options.ranks, "How many processes train together")->needs(rank);
  auto* meeting =
      command.add_option("--meeting", options.meeting, "Where the process of rank 0 listens for the others")
          ->type_name("HOST:PORT")
          ->needs(rank);
  auto* patience =
      command
          .add_option("--patience", options.patience_s,
                      "Seconds that a process of the group is waited for; the leader's fit and validations may take no "
                      "longer")
          ->check(CLI::PositiveNumber)
          ->capture_default_str()
          ->needs(rank);
  rank->needs(ranks)->needs(meeting);
  for (auto* option : {rank, ranks, meeting, patience}) alone(option);
}

}  // namespace

void AddRunCommand(CLI::App& program, Action& chosen) {
  auto* command = program.add_subcommand("run", "Run one job document, for a daemon or by hand");
  const auto options = std::make_shared<RunOptions>();
  command->add_option("--job", options->job, "The job document")->required()->type_name("FILE");
  auto* assignment =
      command->add_option("--assignment", options->assignment, "Where and with what to run")->type_name("FILE");
  command->add_option("--events-fd", options->events_fd, "Descriptor for events, one JSON object a line");
  command->add_option("--lease-fd", options->lease_fd, "Descriptor for renewals and adjustments");
  const auto alone = [&](CLI::Option* option) { option->excludes(assignment); };
  alone(command->add_option("--root", options->roots, "A root for paths like name:folder")->type_name("NAME=FOLDER"));
  alone(command->add_option("--frames", options->frames, "Only these frames of a render")->type_name("RANGE"));
  alone(command->add_option("--checkpoint", options->checkpoint, "The model to render with, or to begin a training with")->type_name("FILE"));
  alone(command->add_option("--resume", options->resume, "The checkpoint to go on training from")->type_name("FILE"));
  alone(command->add_option("--input", options->inputs, "A document of an earlier stage that the job names")
            ->type_name("ROLE=FILE"));
  alone(command->add_option("--scratch", options->scratch, "Folder for checkpoints and pictures")
            ->capture_default_str()
            ->type_name("FOLDER"));
  alone(command->add_option("--device", options->device, "cpu or cuda:N")->capture_default_str());
  alone(command->add_option("--threads", options->threads, "Threads to compute with; 0: all")->capture_default_str());
  AddGroup(*command, *options, alone);
  command->callback([options, &chosen] { chosen = [options] { return Run(*options); }; });
}

}  // namespace interneg::jobs
