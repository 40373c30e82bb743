#include <algorithm>

#include "server/storage/jobs.h"

namespace interneg::storage {
namespace {

using scheduling::AttemptKey;
using scheduling::Failure;
using scheduling::Job;
using scheduling::Page;
using scheduling::Paged;

constexpr std::size_t kLogBytes = 256 * 1024;

// Full rows for the ids given; lists find their ids first.
constexpr Statement kReadJobs = {
    "read_jobs",
    "SELECT j.job_id, j.project_id, j.shot, j.kind, j.state, j.priority, j.pool, j.spec_sha256, j.submitted_by, "
    "  convert_from(j.spec_bytes, 'UTF8') AS spec, j.frame_count, j.unmet_dependencies, j.tasks_total, "
    "  j.tasks_succeeded + j.tasks_failed + j.tasks_cancelled AS tasks_done, j.cancel_requested_at IS NOT NULL AS "
    "  cancelled, j.failure_kind, j.failure_message, j.failure_remedy, "
    "  (extract(epoch FROM j.created_at) * 1000000)::bigint AS created_us, "
    "  (extract(epoch FROM j.started_at) * 1000000)::bigint AS started_us, "
    "  (extract(epoch FROM j.ended_at) * 1000000)::bigint AS ended_us, "
    "  ARRAY(SELECT needs_job_id::text FROM job_dependency d WHERE d.job_id = j.job_id ORDER BY 1) AS needs, "
    "  (SELECT string_agg(d.needs_job_id::text, ', ' ORDER BY d.needs_job_id) FROM job_dependency d "
    "     JOIN job n ON n.job_id = d.needs_job_id WHERE d.job_id = j.job_id AND n.state IN ('pending', 'running')) "
    "     AS waits_for, "
    // What the farm lacks for the job's first ready task; the first that holds.
    "  CASE WHEN j.state = 'pending' THEN (SELECT CASE "
    "     WHEN NOT EXISTS (SELECT FROM worker w WHERE w.connected) THEN 'a worker: none is connected' "
    "     WHEN NOT EXISTS (SELECT FROM worker w WHERE w.connected AND NOT w.draining AND w.quarantined_at IS NULL) "
    "       THEN 'a worker: all that are connected are draining or quarantined' "
    "     WHEN NOT EXISTS (SELECT FROM worker w WHERE w.connected AND q.roots <@ w.roots) THEN "
    "       'a worker that has the roots ' || array_to_string(q.roots, ', ') || '; no connected one has them all' "
    "     WHEN NOT EXISTS (SELECT FROM worker w WHERE w.connected AND q.tags <@ w.tags) THEN "
    "       'a worker that has the tags ' || array_to_string(q.tags, ', ') || '; no connected one has them all' "
    "     WHEN q.pool <> '' AND NOT EXISTS (SELECT FROM worker w WHERE w.connected AND w.pool = q.pool) THEN "
    "       'a worker of the pool ' || q.pool || '; none is connected' "
    "     WHEN q.weight = 'device' AND NOT EXISTS (SELECT FROM device d JOIN worker w USING (worker_id) "
    "       WHERE w.connected AND d.present AND (q.device_kind = '' OR d.kind = q.device_kind) "
    "         AND d.memory_bytes >= q.device_memory_bytes) THEN "
    "       'a device ' || CASE WHEN q.device_kind = '' THEN '' ELSE 'of kind ' || q.device_kind || ' ' END "
    "       || 'with ' || "
    "       pg_size_pretty(q.device_memory_bytes) || ' of memory; no connected worker has one' END "
    "     FROM task t JOIN requirement q USING (requirement_id) WHERE t.job_id = j.job_id AND t.state = 'ready' "
    "     ORDER BY t.ordinal LIMIT 1) END AS lacks, "
    "  p.*, k.sha256 AS best, "
    "  CASE WHEN j.kind = 'render' AND j.state = 'running' THEN (SELECT coalesce(sum(t.frame_count), 0) FROM task t "
    "     WHERE t.job_id = j.job_id AND t.kind = 'render' AND t.state = 'succeeded') ELSE 0 END AS frames_done "
    "FROM job j "
    "LEFT JOIN LATERAL (SELECT max(phase) AS phase, sum(done)::bigint AS done, sum(total)::bigint AS total, "
    "     sum(rate) AS rate, avg(loss) AS loss, max(remaining_seconds) AS remaining FROM attempt_progress a "
    "     WHERE a.job_id = j.job_id) p ON true "
    "LEFT JOIN LATERAL (SELECT sha256 FROM checkpoint c WHERE c.job_id = j.job_id AND c.state = 'committed' "
    "     ORDER BY c.best DESC, c.attempt_no DESC, c.sequence DESC LIMIT 1) k ON true "
    "WHERE j.job_id = ANY($1::uuid[]) ORDER BY j.job_id DESC"};
constexpr Statement kListJobs = {
    "list_jobs",
    "SELECT job_id FROM job WHERE ($1 = '' OR project_id = NULLIF($1, '')::uuid) "
    "  AND ($2::text = '*' OR project_id = ANY(CASE WHEN $2::text = '*' THEN '{}' ELSE $2 END::uuid[])) "
    "  AND ($3::text[] = '{}' OR state = ANY($3::text[])) AND ($4::text[] = '{}' OR kind = ANY($4::text[])) "
    "  AND ($5 = '' OR shot = $5) AND ($6 = '' OR job_id < NULLIF($6, '')::uuid) "
    "ORDER BY job_id DESC LIMIT $7::integer"};
constexpr Statement kReadTasks = {
    "read_tasks",
    "SELECT t.task_id, t.kind, t.state, t.frames, a.attempt_no, a.state AS attempt_state, w.name AS worker, "
    "  a.failure_kind, a.failure_message, a.failure_remedy "
    "FROM task t LEFT JOIN attempt a USING (task_id) LEFT JOIN worker w ON w.worker_id = a.worker_id "
    "WHERE t.job_id = $1::uuid ORDER BY t.ordinal, a.attempt_no"};
constexpr Statement kJobStands = {"job_stands", "SELECT 1 FROM job WHERE job_id = $1::uuid"};
constexpr Statement kReadMeasures = {
    "read_measures",
    "SELECT measure_no, name, value, subject, scope, step, frame FROM measure "
    "WHERE job_id = $1::uuid AND measure_no > $2::bigint ORDER BY measure_no LIMIT $3::integer"};
constexpr Statement kReadFrames = {
    "read_frames",
    "SELECT DISTINCT ON (r.frame) r.* FROM rendered_frame r JOIN attempt a USING (task_id, attempt_no) "
    "WHERE r.job_id = $1::uuid AND r.frame > $2::bigint "
    "ORDER BY r.frame, (a.state = 'succeeded') DESC, r.attempt_no DESC LIMIT $3::integer"};
constexpr Statement kLogAttempts = {
    "log_attempts",
    "SELECT a.task_id, a.attempt_no FROM attempt a JOIN task t USING (task_id) WHERE t.job_id = $1::uuid "
    "ORDER BY a.offered_at, t.ordinal, a.attempt_no"};
constexpr Statement kReadLog = {
    "read_log",
    "SELECT start_byte, bytes FROM attempt_log WHERE task_id = $1::uuid AND attempt_no = $2::integer "
    "  AND start_byte >= $3::bigint ORDER BY start_byte LIMIT 64"};

std::optional<Failure> ReadFailure(const pqxx::row& row) {
  if (row["failure_kind"].is_null()) return std::nullopt;
  return Failure{Named<scheduling::FailureKind>(row["failure_kind"]), Text(row["failure_message"]),
                 Text(row["failure_remedy"])};
}

// Progress over all running attempts. Of a render, `done` counts frames of the whole job.
std::optional<scheduling::Progress> ReadProgress(const pqxx::row& row) {
  if (row["phase"].is_null()) return std::nullopt;
  scheduling::Progress progress;
  progress.phase = Text(row["phase"]);
  progress.done = row["done"].as<std::uint32_t>();
  progress.total = row["total"].as<std::uint32_t>();
  progress.rate = row["rate"].as<double>();
  progress.loss = Optional<double>(row["loss"]);
  progress.remaining_seconds = row["remaining"].as<double>();
  if (Text(row["kind"]) == "render") {
    progress.total = row["frame_count"].as<std::uint32_t>();
    progress.done = std::min(progress.done + row["frames_done"].as<std::uint32_t>(), progress.total);
    if (progress.rate > 0.0) progress.remaining_seconds = (progress.total - progress.done) / progress.rate;
  }
  return progress;
}

std::string WaitingReason(const pqxx::row& row, scheduling::JobState state) {
  if (scheduling::IsFinal(state)) return {};
  if (row["cancelled"].as<bool>()) return "stopping";
  if (state != scheduling::JobState::kPending) return {};
  const std::string jobs = Text(row["waits_for"]);
  if (!jobs.empty()) return "job " + jobs;
  const std::string lacks = Text(row["lacks"]);
  return lacks.empty() ? "a free device, of a worker that suits the job" : lacks;
}

Job ToJob(const pqxx::row& row) {
  Job job;
  job.job_id = Text(row["job_id"]);
  job.project_id = Text(row["project_id"]);
  job.shot = Text(row["shot"]);
  job.kind = Named<scheduling::JobKind>(row["kind"]);
  job.state = Named<scheduling::JobState>(row["state"]);
  job.priority = row["priority"].as<int>();
  job.pool = Text(row["pool"]);
  job.spec = Text(row["spec"]);
  job.spec_sha256 = Text(row["spec_sha256"]);
  job.submitted_by = Text(row["submitted_by"]);
  job.created_at = Time(row["created_us"]);
  job.started_at = OptionalTime(row["started_us"]);
  job.ended_at = OptionalTime(row["ended_us"]);
  job.depends_on = Elements(row["needs"]);
  job.tasks_total = row["tasks_total"].as<int>();
  job.tasks_done = row["tasks_done"].as<int>();
  job.failure = ReadFailure(row);
  job.progress = ReadProgress(row);
  if (job.kind == scheduling::JobKind::kTrain) job.best_checkpoint_sha256 = Text(row["best"]);
  job.waiting_reason = WaitingReason(row, job.state);
  return job;
}

template <typename Enum>
std::string Names(const std::vector<Enum>& values) {
  std::vector<std::string> names;
  for (const Enum value : values) names.emplace_back(Name(value));
  return List(names);
}

// A page's position that is a number.
absl::StatusOr<long long> NumberAfter(const Page& page, long long first) {
  if (page.after.empty()) return first;
  const bool numeric = page.after.size() < 19 &&
                       page.after.find_first_not_of("0123456789", page.after[0] == '-' ? 1 : 0) == std::string::npos &&
                       page.after != "-";
  if (!numeric) return absl::InvalidArgumentError("page_token: not one that was given out");
  return std::stoll(page.after);
}

absl::Status RequireJob(Transaction& transaction, const std::string& job_id) {
  if (!scheduling::IsUuid(job_id) || transaction.Run(kJobStands, job_id).empty()) return NotFound("job", job_id);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Job> ReadJob(Transaction& transaction, const std::string& job_id) {
  const auto rows = transaction.Run(kReadJobs, List({job_id}));
  if (rows.empty()) return NotFound("job", job_id);
  return ToJob(rows[0]);
}

absl::StatusOr<Job> Jobs::Get(const std::string& job_id) {
  if (!scheduling::IsUuid(job_id)) return NotFound("job", job_id);
  return context_.pool.Read<Job>("read a job",
                                [&](Transaction& transaction) { return ReadJob(transaction, job_id); });
}

absl::StatusOr<Paged<Job>> Jobs::List(const scheduling::JobFilter& filter, const scheduling::VisibleProjects& visible,
                                      const Page& page) {
  const auto size = PageSize(page);
  if (!size.ok()) return size.status();
  if (!page.after.empty() && !scheduling::IsUuid(page.after)) {
    return absl::InvalidArgumentError("page_token: not one that was given out");
  }
  return context_.pool.Read<Paged<Job>>("list jobs", [&](Transaction& transaction) -> absl::StatusOr<Paged<Job>> {
    if (!filter.project_id.empty()) {
      if (const absl::Status status = RequireProject(transaction, filter.project_id); !status.ok()) return status;
    }
    const auto ids = transaction.Run(kListJobs, filter.project_id, visible ? storage::List(*visible) : std::string("*"),
                                     Names(filter.states), Names(filter.kinds), filter.shot, page.after, *size + 1);
    Paged<Job> jobs;
    std::vector<std::string> wanted;
    for (const auto& row : ids) {
      if (static_cast<int>(wanted.size()) == *size) {
        jobs.next = wanted.back();
        break;
      }
      wanted.push_back(Text(row["job_id"]));
    }
    for (const auto& row : transaction.Run(kReadJobs, storage::List(wanted))) jobs.rows.push_back(ToJob(row));
    return jobs;
  });
}

absl::StatusOr<std::vector<scheduling::Task>> Jobs::Tasks(const std::string& job_id) {
  using Result = std::vector<scheduling::Task>;
  return context_.pool.Read<Result>("list tasks", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    if (const absl::Status status = RequireJob(transaction, job_id); !status.ok()) return status;
    Result tasks;
    for (const auto& row : transaction.Run(kReadTasks, job_id)) {
      const std::string task_id = Text(row["task_id"]);
      if (tasks.empty() || tasks.back().task_id != task_id) {
        tasks.push_back({task_id, Named<scheduling::TaskKind>(row["kind"]), Named<scheduling::TaskState>(row["state"]),
                         Text(row["frames"]), {}});
      }
      if (row["attempt_no"].is_null()) continue;
      tasks.back().attempts.push_back({{task_id, row["attempt_no"].as<std::uint32_t>()},
                                       job_id,
                                       Named<scheduling::AttemptState>(row["attempt_state"]),
                                       Text(row["worker"]),
                                       ReadFailure(row)});
    }
    return tasks;
  });
}

absl::StatusOr<Paged<scheduling::Measure>> Jobs::Measures(const std::string& job_id, const Page& page) {
  using Result = Paged<scheduling::Measure>;
  const auto size = PageSize(page);
  if (!size.ok()) return size.status();
  const auto after = NumberAfter(page, 0);
  if (!after.ok()) return after.status();
  return context_.pool.Read<Result>("list measures", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    if (const absl::Status status = RequireJob(transaction, job_id); !status.ok()) return status;
    Result measures;
    long long last = 0;
    for (const auto& row : transaction.Run(kReadMeasures, job_id, *after, *size + 1)) {
      if (static_cast<int>(measures.rows.size()) == *size) {
        measures.next = std::to_string(last);
        break;
      }
      last = row["measure_no"].as<long long>();
      measures.rows.push_back({Text(row["name"]), row["value"].as<double>(), Text(row["subject"]), Text(row["scope"]),
                               Optional<std::uint32_t>(row["step"]), Optional<int>(row["frame"])});
    }
    return measures;
  });
}

absl::StatusOr<Paged<scheduling::FrameReport>> Jobs::Frames(const std::string& job_id, const Page& page) {
  using Result = Paged<scheduling::FrameReport>;
  const auto size = PageSize(page);
  if (!size.ok()) return size.status();
  const auto after = NumberAfter(page, -3'000'000'000LL);
  if (!after.ok()) return after.status();
  return context_.pool.Read<Result>("list frames", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    if (const absl::Status status = RequireJob(transaction, job_id); !status.ok()) return status;
    Result frames;
    for (const auto& row : transaction.Run(kReadFrames, job_id, *after, *size + 1)) {
      if (static_cast<int>(frames.rows.size()) == *size) {
        frames.next = std::to_string(frames.rows.back().frame);
        break;
      }
      frames.rows.push_back({row["frame"].as<int>(),
                             {Text(row["file_name"]), row["size_bytes"].as<std::uint64_t>(), Text(row["sha256"])},
                             row["composed_error"].as<double>(),
                             row["written_error"].as<double>(),
                             row["written_share_of_bound"].as<double>(),
                             row["proven"].as<bool>(),
                             row["gamut_scaled_share"].as<double>(),
                             Text(row["error"])});
    }
    return frames;
  });
}

absl::StatusOr<std::vector<scheduling::LogText>> Jobs::ReadLogs(const std::string& job_id,
                                                                scheduling::LogCursor& read) {
  using Result = std::vector<scheduling::LogText>;
  return context_.pool.Read<Result>("read logs", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    if (const absl::Status status = RequireJob(transaction, job_id); !status.ok()) return status;
    // Worked on a copy, since the transaction may run again.
    scheduling::LogCursor cursor = read;
    Result texts;
    std::size_t bytes = 0;
    for (const auto& row : transaction.Run(kLogAttempts, job_id)) {
      const AttemptKey key{Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()};
      std::uint64_t& position = cursor[key];
      for (const auto& chunk : transaction.Run(kReadLog, key.task_id, key.attempt_no, position)) {
        if (bytes > kLogBytes) break;
        const pqxx::binarystring text(chunk["bytes"]);
        texts.push_back({key, chunk["start_byte"].as<std::uint64_t>(), text.str()});
        position = texts.back().offset + text.size();
        bytes += text.size();
      }
      if (bytes > kLogBytes) break;
    }
    transaction.AfterCommit([&read, cursor] { read = cursor; });
    return texts;
  });
}

}  // namespace interneg::storage
