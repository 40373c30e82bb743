#include "client/cli/job_watch.h"

#include <algorithm>

#include "client/cli/job_words.h"

namespace interneg::cli {
namespace {

struct WatchState {
  std::uint64_t cursor = 0;
  bool seen_any = false;  // since the stream was last opened
  Watching wish = Watching::kGoOn;
};

grpc::Status ReadStream(Connection& connection, const std::vector<std::string>& job_ids,
                        std::optional<std::chrono::system_clock::time_point> deadline, const EventHandler& handler,
                        WatchState& state) {
  grpc::ClientContext context;
  connection.Authorize(context);
  if (deadline) context.set_deadline(*deadline);
  v1::WatchJobsRequest request;
  request.mutable_job_ids()->Assign(job_ids.begin(), job_ids.end());
  request.set_cursor(state.cursor);
  const Interruption::Listener listener(connection.interruption(), [&] { context.TryCancel(); });
  const auto reader = connection.stub<v1::JobService::Stub>().WatchJobs(&context, request);
  v1::WatchJobsResponse event;
  state.seen_any = false;
  while (state.wish == Watching::kGoOn && reader->Read(&event)) {
    state.seen_any = true;
    // Stored events come in order; one at or below the cursor was seen before the connection broke. A job's state is
    // also sent as it is when the stream opens, under the cursor that was asked for: it may come twice.
    if (event.cursor() != 0 && event.cursor() <= state.cursor && !event.has_job()) continue;
    state.cursor = std::max(state.cursor, event.cursor());
    state.wish = handler(event);
  }
  if (state.wish == Watching::kStop) context.TryCancel();
  return reader->Finish();
}

// A server that restarts ends its streams in several ways; a watcher that read too slowly is told so.
bool MayGoOn(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::INTERNAL:
      return true;
    case grpc::StatusCode::CANCELLED:  // by the server: our own cancellation is asked for before this
    case grpc::StatusCode::UNKNOWN:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::Status WatchJobs(Connection& connection, const std::vector<std::string>& job_ids, std::uint64_t cursor,
                       std::optional<std::chrono::duration<double>> timeout, const EventHandler& handler) {
  std::optional<std::chrono::system_clock::time_point> deadline;
  if (timeout) {
    deadline =
        std::chrono::system_clock::now() + std::chrono::duration_cast<std::chrono::system_clock::duration>(*timeout);
  }
  WatchState state;
  state.cursor = cursor;
  auto first_failure = std::chrono::steady_clock::now();
  for (int attempt = 0;; ++attempt) {
    const grpc::Status status = ReadStream(connection, job_ids, deadline, handler, state);
    if (state.wish == Watching::kStop || status.ok()) return absl::OkStatus();
    if (connection.interruption().requested()) return absl::CancelledError("interrupted");
    if (!MayGoOn(status)) return connection.Translate(status);
    if (state.seen_any || attempt == 0) {
      attempt = 0;
      first_failure = std::chrono::steady_clock::now();
    }
    if (!connection.WaitBeforeRetry(first_failure, attempt, status)) return connection.Translate(status);
  }
}

absl::StatusOr<std::map<std::string, v1::Job>> WaitForJobs(
    Connection& connection, const std::vector<std::string>& job_ids,
    std::optional<std::chrono::duration<double>> timeout, WaitEnd end,
    const std::function<void(const v1::WatchJobsResponse&)>& handler) {
  std::map<std::string, v1::Job> jobs;
  const auto decide = [&](const v1::WatchJobsResponse& event) {
    handler(event);
    if (!event.has_job()) return Watching::kGoOn;
    jobs[event.job_id()] = event.job();
    const v1::JobState state = event.job().state();
    const bool failed = state == v1::JOB_STATE_FAILED || state == v1::JOB_STATE_CANCELLED;
    if (failed && end == WaitEnd::kFirstFailure) return Watching::kStop;
    const bool all = std::all_of(job_ids.begin(), job_ids.end(), [&](const std::string& id) {
      const auto found = jobs.find(id);
      return found != jobs.end() && HasEnded(found->second.state());
    });
    return all ? Watching::kStop : Watching::kGoOn;
  };
  if (const absl::Status status = WatchJobs(connection, job_ids, 0, timeout, decide); !status.ok()) return status;
  return jobs;
}

ExitCode OutcomeOf(const std::map<std::string, v1::Job>& jobs) {
  ExitCode outcome = ExitCode::kOk;
  for (const auto& [id, job] : jobs) {
    if (job.state() == v1::JOB_STATE_FAILED || job.state() == v1::JOB_STATE_CANCELLED) return ExitCode::kJobFailed;
    if (job.state() == v1::JOB_STATE_PARTIAL) outcome = ExitCode::kJobPartial;
  }
  return outcome;
}

}  // namespace interneg::cli
