#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/job_filter.h"
#include "client/cli/commands/job_streams.h"
#include "client/cli/commands/records.h"
#include "client/cli/duration.h"
#include "client/cli/job_watch.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

absl::StatusOr<ExitCode> Get(Context& context, const std::string& id) {
  if (context.options().watch) return WatchEvents(context, {id}, 0);
  v1::GetJobRequest request;
  request.set_job_id(id);
  return PrintAnswer(context, &v1::JobService::Stub::GetJob, request, &v1::GetJobResponse::job, ListJobs);
}

struct WaitOptions {
  std::vector<std::string> ids;
  std::string timeout;
};

absl::StatusOr<ExitCode> Wait(Context& context, const WaitOptions& options) {
  std::optional<std::chrono::duration<double>> timeout;
  if (!options.timeout.empty()) {
    const auto seconds = cli::ParseDuration("--timeout", options.timeout);
    if (!seconds.ok()) return seconds.status();
    timeout = std::chrono::duration<double>(*seconds);
  }
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  std::vector<FollowedJob> followed;
  for (const std::string& id : options.ids) followed.push_back({id, ""});
  const auto ended = Follow(context, **connection, followed, timeout);
  if (!ended.ok()) return ended.status();
  std::vector<v1::Job> jobs;
  for (const auto& [id, job] : *ended) jobs.push_back(job);
  cli::PrintListing(ListJobs(context, jobs), context.style(), context.out());
  for (const v1::Job& job : jobs) {
    if (job.kind() == v1::JOB_KIND_RENDER && job.state() != v1::JOB_STATE_CANCELLED)
      context.Note(fmt::format("`interneg recover report {}` prints its figures, proof and places.", job.job_id()));
  }
  return cli::OutcomeOf(*ended);
}

struct CancelOptions {
  std::vector<std::string> ids;
  bool dependents = false;
};

absl::StatusOr<ExitCode> Cancel(Context& context, const CancelOptions& options) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  std::vector<v1::Job> jobs;
  for (const std::string& id : options.ids) {
    v1::CancelJobRequest request;
    request.set_job_id(id);
    request.set_dependents(options.dependents);
    if (context.options().dry_run) {
      context.out() << cli::ToJson(request, cli::Defaults::kLeftOut).dump() << '\n';
      continue;
    }
    const auto cancelled = (*connection)->Call(&v1::JobService::Stub::CancelJob, request);
    if (!cancelled.ok()) return cancelled.status();
    jobs.push_back(cancelled->job());
  }
  if (!jobs.empty()) cli::PrintListing(ListJobs(context, jobs), context.style(), context.out());
  return ExitCode::kOk;
}

struct AdjustOptions {
  std::string id;
  std::uint32_t steps = 0;
  double learning_rate = 0;
  std::uint32_t checkpoint_interval = 0;
  std::uint32_t contact_sheet_interval = 0;
};

absl::StatusOr<ExitCode> Adjust(Context& context, const AdjustOptions& options) {
  v1::AdjustJobRequest request;
  request.set_job_id(options.id);
  v1::AdjustTraining& adjust = *request.mutable_adjust();
  adjust.set_steps(options.steps);
  adjust.set_learning_rate(options.learning_rate);
  adjust.set_checkpoint_interval_steps(options.checkpoint_interval);
  adjust.set_contact_sheet_interval_steps(options.contact_sheet_interval);
  if (adjust.ByteSizeLong() == 0)
    return absl::InvalidArgumentError(
        "give at least one of --steps, --learning-rate, --checkpoint-interval, --contact-sheet-interval");
  if (context.options().dry_run) return context.ShowRequest(request);
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto adjusted = (*connection)->Call(&v1::JobService::Stub::AdjustJob, request);
  if (!adjusted.ok()) return adjusted.status();
  const std::string number = std::to_string(adjusted->adjustment_no());
  cli::PrintRecord({{{"adjustment"}}, {{{number}, number, cli::ToJson(*adjusted)}}}, context.style(), context.out());
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Tasks(Context& context, const std::string& id) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  v1::ListTasksRequest request;
  request.set_job_id(id);
  const auto found = (*connection)->Call(&v1::JobService::Stub::ListTasks, request);
  if (!found.ok()) return found.status();
  // The call has no pages.
  std::vector<v1::Task> tasks(found->tasks().begin(), found->tasks().end());
  const auto limit = static_cast<std::size_t>(context.limit());
  if (limit > 0 && tasks.size() > limit) {
    tasks.resize(limit);
    context.NoteRest(Rest::kMore);
  }
  cli::PrintListing(ListTasks(context, tasks), context.style(), context.out());
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Frames(Context& context, const std::string& id) {
  v1::ListFramesRequest request;
  request.set_job_id(id);
  return PrintList(context, &v1::JobService::Stub::ListFrames, request, &v1::ListFramesResponse::mutable_frames,
                   ListFrames);
}

absl::StatusOr<ExitCode> Measures(Context& context, const std::string& id) {
  v1::ListMeasuresRequest request;
  request.set_job_id(id);
  return PrintList(context, &v1::JobService::Stub::ListMeasures, request, &v1::ListMeasuresResponse::mutable_measures,
                   ListMeasures);
}

void AddOfOneJob(CommandTable& table, CLI::App& noun, const char* name, const char* description,
                 absl::StatusOr<ExitCode> (*action)(Context&, const std::string&), Heeds heeds = {}) {
  const auto id = std::make_shared<std::string>();
  table
      .Verb(
          noun, name, description, [id, action](Context& context) { return action(context, *id); }, heeds)
      .add_option("job", *id, "Id")
      ->required();
}

void AddList(CommandTable& table, CLI::App& noun) {
  const auto filter = std::make_shared<JobFilter>();
  CLI::App& list = table.Verb(noun, "list", "List jobs, newest first",
                              [filter](Context& context) { return PrintJobs(context, *filter); }, {.watch = true});
  AddJobFilterOptions(list, *filter);
  list.add_option("--kind", filter->kinds, "probe, match, curate, align, baseline, train, render")
      ->type_name("KIND")
      ->delimiter(',');
}

void AddWatchAndLogs(CommandTable& table, CLI::App& noun) {
  struct WatchOptions {
    std::vector<std::string> ids;
    std::uint64_t cursor = 0;
  };
  const auto watch_options = std::make_shared<WatchOptions>();
  CLI::App& watch = table.Verb(
      noun, "watch", "Print the events of jobs until they have ended",
      [watch_options](Context& context) { return WatchEvents(context, watch_options->ids, watch_options->cursor); },
      {.watch = true});
  watch.add_option("job", watch_options->ids, "Ids")->required();
  watch.add_option("--cursor", watch_options->cursor, "Begin after this event")->type_name("POSITION");

  struct LogOptions {
    std::string id;
    bool follow = false;
  };
  const auto log_options = std::make_shared<LogOptions>();
  CLI::App& logs = table.Verb(noun, "logs", "Print what the engine logged", [log_options](Context& context) {
    return PrintLogs(context, log_options->id, log_options->follow ? LogEnd::kFollow : LogEnd::kStopAtEnd);
  });
  logs.add_option("job", log_options->id, "Id")->required();
  logs.add_flag("-f,--follow", log_options->follow, "Go on as lines come");
}

void AddWaitAndCancel(CommandTable& table, CLI::App& noun) {
  const auto wait_options = std::make_shared<WaitOptions>();
  CLI::App& wait =
      table.Verb(noun, "wait", "Wait until jobs have ended; the exit status tells how",
                 [wait_options](Context& context) { return Wait(context, *wait_options); }, {.wait = true});
  wait.add_option("job", wait_options->ids, "Ids")->required();
  wait.add_option("--timeout", wait_options->timeout, "Give up after this long, with status 8")->type_name("DURATION");

  const auto cancel_options = std::make_shared<CancelOptions>();
  CLI::App& cancel =
      table.Verb(noun, "cancel", "Stop jobs",
                 [cancel_options](Context& context) { return Cancel(context, *cancel_options); }, {.dry_run = true});
  cancel.add_option("job", cancel_options->ids, "Ids")->required();
  cancel.add_flag("--dependents", cancel_options->dependents, "Also the jobs that wait for these");
}

void AddAdjust(CommandTable& table, CLI::App& noun) {
  const auto options = std::make_shared<AdjustOptions>();
  CLI::App& adjust = table.Verb(noun, "adjust", "Change a running training",
                                [options](Context& context) { return Adjust(context, *options); }, {.dry_run = true});
  adjust.add_option("job", options->id, "Id")->required();
  adjust.add_option("--steps", options->steps, "Steps in all")->type_name("COUNT")->check(CLI::PositiveNumber);
  adjust.add_option("--learning-rate", options->learning_rate, "Learning rate from now on")
      ->type_name("RATE")
      ->check(CLI::PositiveNumber);
  adjust.add_option("--checkpoint-interval", options->checkpoint_interval, "Steps between checkpoints")
      ->type_name("STEPS")
      ->check(CLI::PositiveNumber);
  adjust.add_option("--contact-sheet-interval", options->contact_sheet_interval, "Steps between contact sheets")
      ->type_name("STEPS")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void AddJobCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("job", "Jobs: what was asked for and how far it is");
  AddList(table, noun);
  AddOfOneJob(table, noun, "get", "Show a job", Get, {.watch = true});
  AddWatchAndLogs(table, noun);
  AddWaitAndCancel(table, noun);
  AddAdjust(table, noun);
  AddJobSubmit(table, noun);
  AddOfOneJob(table, noun, "tasks", "List a job's tasks", Tasks);
  AddOfOneJob(table, noun, "frames", "List a render's frames with their held-plane proofs", Frames);
  AddOfOneJob(table, noun, "measures", "List a job's figures", Measures);
}

}  // namespace interneg::commands
