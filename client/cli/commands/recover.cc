#include <map>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/commands/follow.h"
#include "client/cli/commands/records.h"
#include "client/cli/commands/recovery_outcome.h"
#include "client/cli/commands/recovery_plan.h"
#include "client/cli/commands/recovery_submit.h"
#include "client/cli/job_watch.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

using EndedJobs = std::map<std::string, v1::Job>;

// Follows the jobs to the end of the last, or the first that fails.
absl::StatusOr<EndedJobs> FollowAll(Context& context, cli::Connection& connection, const SubmittedRecovery& submitted) {
  std::vector<FollowedJob> followed;
  for (const auto& [part, job] : submitted.jobs) followed.push_back({job.job_id(), part});
  return Follow(context, connection, followed, std::nullopt, cli::WaitEnd::kFirstFailure);
}

ExitCode TellFailures(const Context& context, const EndedJobs& ended) {
  const ExitCode code = cli::OutcomeOf(ended);
  if (code != ExitCode::kJobFailed) return code;
  for (const auto& [id, job] : ended) {
    if (job.state() != v1::JOB_STATE_FAILED) continue;
    context.error() << fmt::format("interneg: the {} job {} failed: {}\nSee `interneg job logs {}`.\n",
                                   cli::Word(job.kind()), id, cli::FailureText(job.failure()), id);
  }
  return code;
}

absl::StatusOr<ExitCode> WaitAndReport(Context& context, cli::Connection& connection,
                                       const SubmittedRecovery& submitted, const std::string& output) {
  auto ended = FollowAll(context, connection, submitted);
  if (!ended.ok()) {
    context.Note(fmt::format("Once it has ended, `interneg recover report {}` prints its figures.",
                             submitted.jobs.back().second.job_id()));
    return ended.status();
  }
  const ExitCode code = TellFailures(context, *ended);
  if (code == ExitCode::kJobFailed) return code;
  RecoveryOutcome outcome;
  outcome.dataset = submitted.dataset;
  outcome.output = output;
  for (const auto& [part, job] : submitted.jobs) {
    const auto found = ended->find(job.job_id());
    outcome.jobs[part] = found == ended->end() ? job : found->second;
  }
  if (const absl::Status status = FetchOutcome(connection, outcome); !status.ok()) return status;
  PrintOutcome(context, outcome);
  return code;
}

// What is trained on is on record before it is: the pairs that were found become a dataset version once they are
// aligned.
absl::StatusOr<ExitCode> TrainOnFoundPairs(Context& context, cli::Connection& connection, RecoveryPlan& plan,
                                           SubmittedRecovery& submitted) {
  context.Note(
      fmt::format("Waiting for the alignment: its pairs become the dataset version that is trained on. Should this "
                  "command end before, the same with --request-id {} goes on from there.",
                  plan.request_id));
  const auto ended = FollowAll(context, connection, submitted);
  if (!ended.ok()) {
    context.Note(
        fmt::format("Nothing is trained yet: the same command with --request-id {} goes on once the alignment is "
                    "there.",
                    plan.request_id));
    return ended.status();
  }
  if (const ExitCode code = TellFailures(context, *ended); code != ExitCode::kOk) return code;
  if (const absl::Status status = SubmitTraining(context, connection, plan, submitted); !status.ok()) return status;
  return ExitCode::kOk;
}

void PrintSubmitted(const Context& context, const SubmittedRecovery& submitted) {
  const std::string& render = submitted.jobs.back().second.job_id();
  if (context.style().format == cli::Format::kName) {
    context.out() << render << '\n';
    return;
  }
  std::vector<v1::Job> jobs;
  for (const auto& [part, job] : submitted.jobs) jobs.push_back(job);
  cli::PrintListing(ListJobs(context, jobs), context.style(), context.out());
  context.Note(fmt::format(
      "Follow it with `interneg job wait {0}`; `interneg recover report {0}` then prints its figures.", render));
}

absl::StatusOr<ExitCode> Recover(Context& context, v1::Recovery recovery, RecoverOptions options) {
  const auto project = context.Project(options.project);
  if (!project.ok()) return project.status();
  options.project = *project;
  const auto request_id = RequestId(context, options.submit.request_id);
  if (!request_id.ok()) return request_id.status();
  const auto& folder = context.environment().working_folder;
  options.color = WithSettings(context, std::move(options.color));
  auto plan = PlanRecovery(recovery, options, *request_id, folder);
  if (!plan.ok()) return plan.status();
  if (context.options().dry_run) {
    context.out() << ToJson(*plan).dump(2) << '\n';
    return ExitCode::kOk;
  }
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  context.Note(fmt::format("Request id {}.", *request_id), Context::Weight::kVerbose);
  auto submitted = SubmitRecovery(context, **connection, *plan);
  if (!submitted.ok()) return submitted.status();
  if (plan->FindsPairs()) {
    const auto code = TrainOnFoundPairs(context, **connection, *plan, *submitted);
    if (!code.ok() || *code != ExitCode::kOk) return code;
  }
  if (!context.options().wait) {
    PrintSubmitted(context, *submitted);
    return ExitCode::kOk;
  }
  return WaitAndReport(context, **connection, *submitted,
                       OutputForPeople(context, plan->RequestOf("render").spec().render().output().path()));
}

absl::StatusOr<ExitCode> Report(Context& context, const std::string& render_job_id) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  auto outcome = FindRecovery(context, **connection, render_job_id);
  if (!outcome.ok()) return outcome.status();
  if (!cli::HasEnded(outcome->jobs.at("render").state()))
    context.Note(
        fmt::format("The render goes on: what follows is not complete. See `interneg job wait {}`.", render_job_id));
  if (const absl::Status status = FetchOutcome(**connection, *outcome); !status.ok()) return status;
  PrintOutcome(context, *outcome);
  return ExitCode::kOk;
}

void AddRecover(CommandTable& table, CLI::App& noun, v1::Recovery recovery, const std::string& name,
                const std::string& description) {
  const auto options = std::make_shared<RecoverOptions>();
  CLI::App& verb = table.Verb(noun, name, description,
                              [options, recovery](Context& context) { return Recover(context, recovery, *options); },
                              {.dry_run = true, .wait = true});
  verb.add_option("--project", options->project, "The film's project; made when it is missing [INTERNEG_PROJECT]")
      ->type_name("NAME");
  verb.add_option("--shot", options->shot, "The shot's name")->type_name("NAME")->required();
  verb.add_option("--source", options->source, "Frames to recover, as scan/f.%04d.exr, tape.mov or root:path")
      ->type_name("PATTERN")
      ->required();
  verb.add_option("--reference", options->reference, "Frames with better colour or detail; with --pairs registered")
      ->type_name("PATTERN")
      ->required();
  verb.add_option("--range", options->range, "Frames to recover: 1001-1049, 1,5,9, 1-100x5")
      ->type_name("RANGE")
      ->required();
  verb.add_option("--reference-range", options->reference_range,
                  "Frames that the reference has (--range with --pairs, else all that there are)")
      ->type_name("RANGE");
  verb.add_option("--pairs", options->pairs,
                  "Frames to train on, where the reference is registered (matched, chosen and aligned)")
      ->type_name("RANGE");
  verb.add_option("--held-out", options->held_out, "Frames to choose the model by (midway between pairs)")
      ->type_name("RANGE");
  verb.add_option("--source-space", options->source_space, "Source's colour space (from its format)")
      ->type_name("NAME");
  verb.add_option("--reference-space", options->reference_space, "Reference's colour space (from its format)")
      ->type_name("NAME");
  verb.add_option("--note", options->note, "Kept with the dataset version")->type_name("TEXT");
  verb.add_option("--scope", options->scope, "Without --pairs: shot, scene or sequence (shot)")->type_name("NAME");
  verb.add_option("--pair-count", options->pair_count, "Without --pairs: how many to train on (the scope's)")
      ->type_name("COUNT");
  verb.add_option("--align-kind", options->align_kind,
                  "Without --pairs: translation, similarity, affine or homography (affine)")
      ->type_name("NAME");
  verb.add_flag("--dense", options->dense,
                "Without --pairs: also warp the reference by a dense flow, where that fits it better");
  verb.add_option("--render-crop", options->render_crop,
                  "What is recovered, X,Y,WIDTH,HEIGHT or none; the rest stays the source's (the alignment's)")
      ->type_name("AREA");
  AddRenderingOptions(verb, options->rendering);
  AddOutputOptions(verb, options->output);
  AddMovieOptions(verb, "--source-", options->source_movie);
  AddMovieOptions(verb, "--reference-", options->reference_movie);
  AddColorOptions(verb, options->color);
  AddPreparationOptions(verb, options->preparation);
  AddTrainingOptions(verb, options->training);
  AddSubmitOptions(verb, options->submit);
}

}  // namespace

void AddRecoverCommands(CommandTable& table) {
  CLI::App& noun = table.Noun("recover", "Probe, match, align, train and render a shot in one go");
  AddRecover(table, noun, v1::RECOVERY_CHROMA, "chroma", "Keep the source's luma, learn its colour from the reference");
  AddRecover(table, noun, v1::RECOVERY_SPATIAL, "spatial",
             "Keep the source's colour, learn its detail from the reference");
  AddRecover(
      table, noun, v1::RECOVERY_COMBINED, "combined",
      "Learn luma and colour from the reference, whose light and shade is brought to the source's; keep neither");
  AddRecover(table, noun, v1::RECOVERY_DIRECT, "direct",
             "Learn the reference's red, green and blue as they are; keep nothing of the source");
  const auto id = std::make_shared<std::string>();
  table
      .Verb(noun, "report", "Print a recovery's figures, proof and places again",
            [id](Context& context) { return Report(context, *id); })
      .add_option("job", *id, "Id of the render")
      ->required();
}

}  // namespace interneg::commands
