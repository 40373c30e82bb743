#include "client/cli/commands/job_streams.h"

#include <fmt/format.h>

#include "client/cli/commands/follow.h"
#include "client/cli/job_watch.h"
#include "client/cli/job_words.h"
#include "client/cli/progress_text.h"
#include "client/cli/time_text.h"

namespace interneg::commands {
namespace {

void PrintEvent(const Context& context, const v1::WatchJobsResponse& event) {
  if (context.style().format == cli::Format::kTable || context.style().format == cli::Format::kWide) {
    context.out() << fmt::format("{}\t{}\t{}\t{}\n", event.cursor(), cli::ExactTime(event.event_time()), event.job_id(),
                                 EventText(event));
  } else {
    // A stream has no end to close an array at: every structured format is one object a line here.
    context.out() << cli::ToJson(event, cli::Defaults::kLeftOut).dump() << '\n';
  }
}

std::string CheckpointText(const v1::PublishedCheckpoint& checkpoint) {
  return fmt::format("checkpoint at step {}{} {}", cli::Grouped(checkpoint.step()), checkpoint.best() ? " (best)" : "",
                     checkpoint.sha256());
}

std::string FrameText(const v1::RenderedFrame& frame) {
  if (!frame.error().empty()) return fmt::format("frame {} failed: {}", frame.frame(), frame.error());
  return fmt::format("frame {} {}", frame.frame(), frame.proven() ? "proven" : "rendered");
}

}  // namespace

std::string EventText(const v1::WatchJobsResponse& event) {
  switch (event.event_case()) {
    case v1::WatchJobsResponse::kJob:
      return fmt::format("{} {}{}", cli::Word(event.job().kind()), cli::Word(event.job().state()),
                         event.job().has_failure() ? ": " + cli::FailureText(event.job().failure()) : "");
    case v1::WatchJobsResponse::kProgress:
      return cli::ProgressText(event.progress(), std::nullopt);
    case v1::WatchJobsResponse::kLoss:
      return fmt::format("step {} loss {:.6g}", cli::Grouped(event.loss().step()), event.loss().loss());
    case v1::WatchJobsResponse::kMeasure:
      return fmt::format("{} {} {} {:.6g}", event.measure().scope(), event.measure().subject(), event.measure().name(),
                         event.measure().value());
    case v1::WatchJobsResponse::kCheckpoint:
      return CheckpointText(event.checkpoint());
    case v1::WatchJobsResponse::kFrame:
      return FrameText(event.frame());
    case v1::WatchJobsResponse::kNotice:
      return event.notice().text();
    case v1::WatchJobsResponse::kArtifact:
      return fmt::format("{} {} {}", event.artifact().kind(), event.artifact().name(), event.artifact().sha256());
    case v1::WatchJobsResponse::kAttempt:
      return fmt::format("attempt {} of task {} {} on {}", event.attempt().attempt_no(), event.attempt().task_id(),
                         cli::Word(event.attempt().state()), event.attempt().worker());
    case v1::WatchJobsResponse::kAdjusted:
      return fmt::format("adjusted at step {}: {}", cli::Grouped(event.adjusted().step()), event.adjusted().text());
    case v1::WatchJobsResponse::EVENT_NOT_SET:
      break;
  }
  return "an event that this client does not know";
}

absl::StatusOr<ExitCode> WatchEvents(Context& context, const std::vector<std::string>& job_ids, std::uint64_t cursor) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  const bool for_eyes =
      context.style().medium == cli::Medium::kTerminal && context.style().format == cli::Format::kTable;
  if (for_eyes && cursor == 0) {
    std::vector<FollowedJob> followed;
    for (const std::string& id : job_ids) followed.push_back({id, ""});
    const auto ended = Follow(context, **connection, followed, std::nullopt);
    if (!ended.ok()) return ended.status();
    return cli::OutcomeOf(*ended);
  }
  const cli::Interruption::Listener listener(context.interruption(), [] {});
  std::map<std::string, v1::Job> jobs;
  absl::Status written;
  const absl::Status status =
      cli::WatchJobs(**connection, job_ids, cursor, std::nullopt, [&](const v1::WatchJobsResponse& event) {
        if (event.has_job()) jobs[event.job_id()] = event.job();
        PrintEvent(context, event);
        written = context.Flush();
        return written.ok() ? cli::Watching::kGoOn : cli::Watching::kStop;
      });
  if (!written.ok()) return written;
  if (!status.ok()) return status;
  return cli::OutcomeOf(jobs);
}

absl::StatusOr<ExitCode> PrintLogs(Context& context, const std::string& job_id, LogEnd end) {
  const auto connection = context.Connect();
  if (!connection.ok()) return connection.status();
  v1::ReadLogsRequest request;
  request.set_job_id(job_id);
  request.set_follow(end == LogEnd::kFollow);
  // The call has no cursor: after a lost connection the log is read again and what was printed is passed over.
  std::uint64_t printed = 0;
  auto first_failure = std::chrono::steady_clock::now();
  for (int attempt = 0;; ++attempt) {
    grpc::ClientContext call;
    (*connection)->Authorize(call);
    const cli::Interruption::Listener listener(context.interruption(), [&] { call.TryCancel(); });
    const auto reader = (*connection)->stub<v1::JobService::Stub>().ReadLogs(&call, request);
    v1::ReadLogsResponse part;
    std::uint64_t position = 0;
    while (reader->Read(&part)) {
      const std::string& text = part.text();
      const std::uint64_t skipped = std::min<std::uint64_t>(text.size(), printed - std::min(printed, position));
      position += text.size();
      if (skipped == text.size()) continue;
      context.out() << std::string_view(text).substr(skipped);
      if (const absl::Status written = context.Flush(); !written.ok()) {
        call.TryCancel();
        reader->Finish();
        return written;
      }
      printed = position;
      attempt = 0;
      first_failure = std::chrono::steady_clock::now();
    }
    const grpc::Status status = reader->Finish();
    if (status.ok()) return ExitCode::kOk;
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE ||
        !(*connection)->WaitBeforeRetry(first_failure, attempt, status))
      return (*connection)->Translate(status);
  }
}

}  // namespace interneg::commands
