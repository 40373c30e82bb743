#include "client/cli/commands/follow.h"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/cli/commands/records.h"
#include "client/cli/uuid.h"

namespace interneg::commands {

absl::StatusOr<std::map<std::string, v1::Job>> Follow(Context& context, cli::Connection& connection,
                                                      const std::vector<FollowedJob>& jobs,
                                                      std::optional<std::chrono::duration<double>> timeout,
                                                      cli::WaitEnd end) {
  cli::ProgressDisplay display(context.display_mode(), context.environment().terminal_columns, context.error(),
                               context.environment().steady_clock);
  std::vector<std::string> ids;
  for (const FollowedJob& job : jobs) {
    ids.push_back(job.job_id);
    if (!job.label.empty()) display.Name(job.job_id, job.label);
  }
  // Keeps an interruption between two streams from ending the process without a word.
  const cli::Interruption::Listener listener(context.interruption(), [] {});
  auto ended =
      cli::WaitForJobs(connection, ids, timeout, end, [&](const v1::WatchJobsResponse& event) { display.Show(event); });
  if (ended.ok()) return ended;
  if (absl::IsCancelled(ended.status())) {
    display.Say(fmt::format(
        "Interrupted. The work goes on: see `interneg job watch {0}`, end it with `interneg job cancel {0}`.",
        fmt::join(ids, " ")));
    return absl::CancelledError("");
  }
  if (absl::IsDeadlineExceeded(ended.status())) {
    return absl::DeadlineExceededError(fmt::format(
        "not ended within the time given; the work goes on: see `interneg job watch {}`", fmt::join(ids, " ")));
  }
  return ended.status();
}

absl::StatusOr<v1::Job> SubmitJob(cli::Connection& connection, const v1::SubmitJobRequest& request) {
  auto submitted = connection.Call(&v1::JobService::Stub::SubmitJob, request);
  if (submitted.ok()) return std::move(*submitted->mutable_job());
  // The server speaks of the document's fields, which the user of a command line never wrote.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOptionNames = {
      {{"render.output.path:", "--output:"}, {"set `replace`", "give --replace"}, {"train.pairs:", "--pairs:"}}};
  std::string message(submitted.status().message());
  for (const auto& [field, option] : kOptionNames)
    if (const auto at = message.find(field); at != std::string::npos) message.replace(at, field.size(), option);
  return absl::Status(submitted.status().code(), message);
}

absl::StatusOr<std::string> RequestId(const Context& context, const std::string& option) {
  if (option.empty()) return context.environment().new_uuid();
  if (cli::IsUuid(option)) return option;
  return absl::InvalidArgumentError(
      fmt::format("--request-id: \"{}\" is no UUID; make one with `uuidgen`, or leave the option out", option));
}

absl::StatusOr<ExitCode> SubmitAndMaybeWait(Context& context, v1::SubmitJobRequest request) {
  if (context.options().dry_run) return context.ShowRequest(request);
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const auto submitted = SubmitJob(**connection, request);
  if (!submitted.ok()) return submitted.status();
  if (!context.options().wait) {
    cli::PrintRecord(ListJobs(context, {*submitted}), context.style(), context.out());
    return ExitCode::kOk;
  }
  const std::string id = submitted->job_id();
  const auto ended = Follow(context, **connection, {{id, ""}}, std::nullopt);
  if (!ended.ok()) return ended.status();
  cli::PrintRecord(ListJobs(context, {ended->at(id)}), context.style(), context.out());
  return cli::OutcomeOf(*ended);
}

}  // namespace interneg::commands
