#include "server/storage/jobs.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "server/scheduling/chunks.h"
#include "server/scheduling/request.h"
#include "server/storage/lifecycle.h"

namespace interneg::storage {
namespace {

using nlohmann::json;
using scheduling::Actor;
using scheduling::Job;
using scheduling::JobRequest;

constexpr Statement kFindRequest = {
    "find_job_request",
    "SELECT j.job_id, j.project_id = $3::uuid AND j.shot = $4 AND j.spec_sha256 = $5 AND j.priority = $6::integer "
    "  AND j.pool = $7 AND ARRAY(SELECT needs_job_id FROM job_dependency d WHERE d.job_id = j.job_id "
    "                            ORDER BY needs_job_id) = $8::uuid[] AS same "
    "FROM job j WHERE j.submitted_by = $1 AND j.request_id = $2::uuid"};
// Two submissions to one place must not both find it free; likewise two with one request id.
constexpr Statement kLockText = {"lock_text", "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"};
// SHARE: a dependency that ends meanwhile waits until this job stands, and then finds it.
constexpr Statement kLockNeeded = {
    "lock_needed_jobs",
    "SELECT job_id, state, project_id, kind FROM job WHERE job_id = ANY($1::uuid[]) ORDER BY job_id FOR SHARE"};
constexpr Statement kPublishedThere = {
    "published_there",
    "SELECT job_id, file_name FROM publication WHERE output_root = $1 AND output_folder = $2 AND output_name = $3 "
    "  AND (frame IS NULL OR $4::int4multirange @> frame) LIMIT 1"};
constexpr Statement kRenderingThere = {
    "rendering_there",
    "SELECT job_id FROM job WHERE kind = 'render' AND ended_at IS NULL AND output_root = $1 AND output_folder = $2 "
    "  AND output_name = $3 AND frames && $4::int4multirange LIMIT 1"};
constexpr Statement kInsertJob = {
    "insert_job",
    "INSERT INTO job (job_id, project_id, shot, kind, priority, pool, submitted_by, request_id, spec_bytes, "
    "  spec_sha256, spec, frames, frame_count, output_root, output_folder, output_name, replaces, train_job_id, "
    "  checkpoint_sha256, unmet_dependencies, tasks_total) "
    "VALUES ($1::uuid, $2::uuid, $3, $4, $5::integer, $6, $7, $8::uuid, convert_to($9, 'UTF8'), $10, $9::jsonb, "
    "  $11::int4multirange, $12::integer, $13, $14, $15, $16::boolean, NULLIF($17, '')::uuid, $18, $19::integer, "
    "  $20::integer)"};
constexpr Statement kInsertDependencies = {
    "insert_dependencies",
    "INSERT INTO job_dependency (job_id, needs_job_id) SELECT $1::uuid, unnest($2::uuid[])"};
constexpr Statement kInsertInputs = {
    "insert_inputs",
    "INSERT INTO job_input (job_id, role, kind, sha256, from_job_id) "
    "SELECT $1::uuid, x.role, x.kind, NULLIF(x.sha256, ''), NULLIF(x.job_id, '')::uuid "
    "FROM jsonb_to_recordset($2::jsonb) AS x(role text, kind text, sha256 text, job_id text)"};
constexpr Statement kFramesOfMedium = {
    "frames_of_medium",
    "SELECT path, frame_range, color_space, movie_matrix, movie_range, pulldown FROM media "
    "WHERE media_id = $1::uuid AND project_id = $2::uuid"};
constexpr Statement kInsertJobMedium = {
    "insert_job_medium",
    "INSERT INTO job_media (job_id, ordinal, media_id) VALUES ($1::uuid, $2::integer, $3::uuid)"};
constexpr Statement kKnowRequirement = {
    "know_requirement",
    "WITH made AS (INSERT INTO requirement (weight, job_schema, pool, tags, roots, device_kind, device_memory_bytes) "
    "  VALUES ($1, $2::integer, $3, $4::text[], $5::text[], $6, $7::bigint) "
    "  ON CONFLICT ON CONSTRAINT requirement_key DO NOTHING RETURNING requirement_id) "
    "SELECT requirement_id FROM made UNION ALL SELECT requirement_id FROM requirement "
    "WHERE weight = $1 AND job_schema = $2::integer AND pool = $3 AND tags = $4::text[] AND roots = $5::text[] "
    "  AND device_kind = $6 AND device_memory_bytes = $7::bigint"};
constexpr Statement kInsertTasks = {
    "insert_tasks",
    "INSERT INTO task (task_id, job_id, ordinal, kind, state, frames, frame_count, requirement_id, waits_for_task_id) "
    "SELECT x.task_id, $1::uuid, x.ordinal, x.kind, 'blocked', x.frames, x.frame_count, x.requirement_id, x.waits_for "
    "FROM jsonb_to_recordset($2::jsonb) AS x(task_id uuid, ordinal integer, kind text, frames text, "
    "  frame_count integer, requirement_id bigint, waits_for uuid)"};
constexpr Statement kWaitingOn = {
    "waiting_on",
    "WITH RECURSIVE waiting AS (SELECT d.job_id FROM job_dependency d JOIN job j ON j.job_id = d.needs_job_id "
    "    WHERE d.needs_job_id = $1::uuid AND j.ended_at IS NULL "
    "  UNION SELECT d.job_id FROM job_dependency d JOIN waiting w ON d.needs_job_id = w.job_id) "
    "SELECT j.job_id FROM waiting JOIN job j USING (job_id) WHERE j.ended_at IS NULL ORDER BY j.job_id DESC"};
constexpr Statement kInsertAdjustment = {
    "insert_adjustment",
    "INSERT INTO adjustment (job_id, adjustment_no, steps, learning_rate, checkpoint_interval_steps, "
    "  contact_sheet_interval_steps, made_by) "
    "SELECT $1::uuid, coalesce(max(adjustment_no), 0) + 1, $2::bigint, $3::double precision, $4::bigint, $5::bigint, "
    "  $6 "
    "FROM adjustment WHERE job_id = $1::uuid RETURNING adjustment_no"};

std::string Multirange(const std::vector<int>& frames) {
  std::string text = "{";
  for (std::size_t first = 0; first < frames.size();) {
    std::size_t last = first;
    while (last + 1 < frames.size() && frames[last + 1] == frames[last] + 1) ++last;
    if (text.size() > 1) text += ',';
    text += "[" + std::to_string(frames[first]) + "," + std::to_string(frames[last]) + "]";
    first = last + 1;
  }
  return text + "}";
}

// The place where a render publishes must be free, unless it may replace.
absl::Status CheckPlace(Transaction& transaction, const JobRequest& request) {
  const auto& facts = request.facts;
  if (facts.kind != scheduling::JobKind::kRender) return absl::OkStatus();
  transaction.Run(kLockText, facts.output_root + ":" + facts.output_folder);
  const std::string frames = Multirange(facts.frames);
  const std::string place = facts.output_root + ":" + facts.output_folder;
  const auto rendering =
      transaction.Run(kRenderingThere, facts.output_root, facts.output_folder, facts.output_name, frames);
  if (!rendering.empty()) {
    return absl::FailedPreconditionError("render.output.path: job " + Text(rendering[0][0]) + " is about to publish " +
                                         "the same frames in " + place +
                                         "; wait for it, cancel it, or name another folder");
  }
  if (facts.replacement == scheduling::Replacement::kReplace) return absl::OkStatus();
  const auto published =
      transaction.Run(kPublishedThere, facts.output_root, facts.output_folder, facts.output_name, frames);
  if (published.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError("render.output.path: " + place + " holds " + Text(published[0]["file_name"]) +
                                       ", published by job " + Text(published[0]["job_id"]) +
                                       "; set `replace` to publish over it, or name another folder");
}

struct Needs {
  int unmet = 0;
  // The first one that can no longer succeed.
  std::string lost;
  std::string lost_state;
};

// A job that is named for what it makes must be of the kind that makes it.
absl::Status CheckMaker(const scheduling::JobFacts& facts, const std::string& id, const std::string& kind) {
  if (id == facts.train_job_id && kind != "train") {
    const bool train = facts.kind == scheduling::JobKind::kTrain;
    return absl::InvalidArgumentError((train ? "train.initial_train_job_id: job " : "render.train_job_id: job ") + id +
                                      " is no training");
  }
  for (const scheduling::JobInput& input : facts.inputs) {
    if (input.job_id != id || kind == scheduling::MakerOf(input.kind)) continue;
    return absl::InvalidArgumentError(input.field + ": job " + id + " is a " + kind + " job and makes no " +
                                      input.kind + "; name a " + std::string(scheduling::MakerOf(input.kind)) + " job");
  }
  return absl::OkStatus();
}

void InsertInputs(Transaction& transaction, const std::string& job_id, const scheduling::JobFacts& facts) {
  if (facts.inputs.empty()) return;
  json rows = json::array();
  for (const scheduling::JobInput& input : facts.inputs) {
    rows.push_back({{"role", input.role}, {"kind", input.kind}, {"sha256", input.sha256}, {"job_id", input.job_id}});
  }
  transaction.Run(kInsertInputs, job_id, rows.dump());
}

// What the document's frames have otherwise than the medium's.
std::string Difference(const scheduling::MediaFrames& medium, const scheduling::MediaFrames& asked) {
  const auto differ = [](const std::string& what, const std::string& there, const std::string& here) {
    return what + (there.empty() ? "none" : there) + ", not " + (here.empty() ? "none" : here);
  };
  if (medium.path != asked.path || medium.range != asked.range) {
    return differ("", medium.path + " " + medium.range, asked.path + " " + asked.range);
  }
  if (medium.color_space != asked.color_space) return differ("colour space ", medium.color_space, asked.color_space);
  if (medium.movie != asked.movie) {
    return differ("matrix and levels ", medium.movie.matrix + " " + medium.movie.range,
                  asked.movie.matrix + " " + asked.movie.range);
  }
  return medium.pulldown == asked.pulldown ? "" : "another pulldown";
}

// A report belongs to the frames that it was made of, as they were read: the document must name those of the medium.
absl::Status CheckMedia(Transaction& transaction, const JobRequest& request) {
  for (std::size_t i = 0; i < request.media.size(); ++i) {
    const scheduling::JobMedium& medium = request.media[i];
    if (!scheduling::IsUuid(medium.media_id)) return NotFound("medium", medium.media_id);
    const auto rows = transaction.Run(kFramesOfMedium, medium.media_id, request.project_id);
    if (rows.empty()) return NotFound("medium", medium.media_id);
    const std::string difference = Difference(ToFrames(rows[0]), medium.frames);
    if (difference.empty()) continue;
    return absl::InvalidArgumentError("media_ids[" + std::to_string(i) + "]: medium " + medium.media_id + " has " +
                                      difference + " as probe.media[" + std::to_string(i) +
                                      "]; name the medium of those frames, or leave media_ids out");
  }
  return absl::OkStatus();
}

void InsertMedia(Transaction& transaction, const std::string& job_id, const JobRequest& request) {
  for (std::size_t i = 0; i < request.media.size(); ++i) {
    transaction.Run(kInsertJobMedium, job_id, static_cast<int>(i), request.media[i].media_id);
  }
}

absl::StatusOr<Needs> LockNeeded(Transaction& transaction, const JobRequest& request,
                                 const std::vector<std::string>& needed) {
  Needs needs;
  if (needed.empty()) return needs;
  const auto rows = transaction.Run(kLockNeeded, List(needed));
  for (const std::string& id : needed) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return Text(r["job_id"]) == id; });
    // A job of another project is as good as none: its existence is not told.
    if (row == rows.end() || Text(row["project_id"]) != request.project_id) return NotFound("dependency", id);
    if (const absl::Status status = CheckMaker(request.facts, id, Text(row["kind"])); !status.ok()) return status;
    const auto state = Named<scheduling::JobState>(row["state"]);
    if (state == scheduling::JobState::kSucceeded) continue;
    ++needs.unmet;
    if (!scheduling::IsFinal(state)) continue;
    needs.lost = id;
    needs.lost_state = std::string(Name(state));
  }
  return needs;
}

long long KnowRequirement(Transaction& transaction, const scheduling::Requirement& wish) {
  auto& known = transaction.connection().requirement_ids;
  const bool light = wish.weight == scheduling::Weight::kLight;
  const std::string device = wish.device_kind ? std::string(Name(*wish.device_kind)) : std::string();
  const std::string key = json::array({light, wish.job_schema, wish.pool, wish.tags, wish.roots, device,
                                       wish.device_memory_bytes}).dump();
  if (const auto found = known.find(key); found != known.end()) return found->second;
  for (;;) {
    const auto rows = transaction.Run(kKnowRequirement, std::string(light ? "light" : "device"), wish.job_schema,
                                      wish.pool, List(wish.tags), List(wish.roots), device, wish.device_memory_bytes);
    // No row: another transaction inserted it after this statement's snapshot; the next one sees it.
    if (rows.empty()) continue;
    const auto id = rows[0][0].as<long long>();
    transaction.AfterCommit([&known, key, id] { known.emplace(key, id); });
    return id;
  }
}

void InsertTasks(const Context& context, Transaction& transaction, const std::string& job_id, const JobRequest& request,
                 const std::vector<scheduling::PlannedTask>& tasks) {
  std::map<scheduling::TaskKind, long long> requirements;
  std::vector<std::string> ids;
  json rows = json::array();
  for (const scheduling::PlannedTask& task : tasks) {
    if (requirements.find(task.kind) == requirements.end()) {
      requirements[task.kind] = KnowRequirement(transaction, scheduling::RequirementOf(task.kind, request));
    }
    json row = {{"task_id", ids.emplace_back(context.NewId())},
                {"ordinal", ids.size() - 1},
                {"kind", Name(task.kind)},
                {"frames", scheduling::FormatFrames(task.frames)},
                {"frame_count", task.frames.size()},
                {"requirement_id", requirements[task.kind]}};
    if (task.waits_for >= 0) row["waits_for"] = ids.at(static_cast<std::size_t>(task.waits_for));
    rows.push_back(std::move(row));
  }
  transaction.Run(kInsertTasks, job_id, rows.dump());
}

}  // namespace

absl::StatusOr<Job> Jobs::Submit(const Actor& actor, const JobRequest& request) {
  if (const absl::Status status = scheduling::CheckRequest(request); !status.ok()) return status;
  const auto job_id = context_.pool.Ask<std::string>(
      "submit a job", [&](Transaction& transaction) { return SubmitWithin(transaction, actor, request); });
  if (!job_id.ok()) return job_id.status();
  // Read when it stands already, so that planning need not wait for the answer.
  return Get(*job_id);
}

absl::StatusOr<std::string> Jobs::SubmitWithin(Transaction& transaction, const Actor& actor,
                                               const JobRequest& request) const {
  KnowPrincipal(transaction, actor.principal);
  if (const absl::Status status = RequireProject(transaction, request.project_id); !status.ok()) return status;
  const std::vector<std::string> needed = scheduling::AllDependencies(request);
  for (const std::string& id : needed) {
    if (!scheduling::IsUuid(id)) return NotFound("dependency", id);
  }
  transaction.Run(kLockText, actor.principal + " " + request.request_id);
  const auto found =
      transaction.Run(kFindRequest, actor.principal, request.request_id, request.project_id, request.shot,
                      request.spec_sha256, request.priority, request.pool, storage::List(needed));
  if (!found.empty()) {
    if (found[0]["same"].as<bool>()) return Text(found[0]["job_id"]);
    return absl::AlreadyExistsError("request_id " + request.request_id + " was used for another job, " +
                                    Text(found[0]["job_id"]) + "; use a new one");
  }
  const auto needs = LockNeeded(transaction, request, needed);
  if (!needs.ok()) return needs.status();
  if (const absl::Status status = CheckPlace(transaction, request); !status.ok()) return status;
  if (const absl::Status status = CheckMedia(transaction, request); !status.ok()) return status;
  KnowShot(transaction, request.project_id, request.shot);

  const auto& facts = request.facts;
  const auto tasks = scheduling::PlanTasks(facts);
  const std::string job_id = context_.NewId();
  transaction.Run(kInsertJob, job_id, request.project_id, request.shot, std::string(Name(facts.kind)), request.priority,
                  request.pool, actor.principal, request.request_id, request.spec, request.spec_sha256,
                  Multirange(facts.frames), facts.frames.size(), facts.output_root, facts.output_folder,
                  facts.output_name, facts.replacement == scheduling::Replacement::kReplace, facts.train_job_id,
                  facts.checkpoint_sha256, needs->unmet, tasks.size());
  if (!needed.empty()) transaction.Run(kInsertDependencies, job_id, storage::List(needed));
  InsertInputs(transaction, job_id, facts);
  InsertMedia(transaction, job_id, request);
  InsertTasks(context_, transaction, job_id, request, tasks);
  Audit(transaction, actor.principal, "job.submit", job_id, std::string(Name(facts.kind)));
  Publish(transaction, job_id, scheduling::JobChange{scheduling::JobState::kPending});
  if (!needs->lost.empty()) {
    auto job = LockJob(transaction, job_id);
    if (!job.ok()) return job.status();
    FailPendingJob(transaction, *job,
                   {scheduling::FailureKind::kBadInput,
                    "job " + needs->lost + ", which this one needs, has ended " + needs->lost_state,
                    "mend and submit that job again, then this one"});
  } else if (needs->unmet == 0) {
    ReadyFirstTasks(transaction, job_id);
  }
  return job_id;
}

absl::StatusOr<Job> Jobs::Cancel(const Actor& actor, const std::string& job_id, scheduling::Dependents dependents) {
  if (!scheduling::IsUuid(job_id)) return NotFound("job", job_id);
  return context_.pool.Ask<Job>("cancel a job", [&](Transaction& transaction) -> absl::StatusOr<Job> {
    KnowPrincipal(transaction, actor.principal);
    std::vector<std::string> ids;
    // Those that wait come first, so that they are cancelled before their dependency's end would fail them.
    if (dependents == scheduling::Dependents::kCancelToo) {
      for (const auto& row : transaction.Run(kWaitingOn, job_id)) ids.push_back(Text(row["job_id"]));
    }
    ids.push_back(job_id);
    for (const std::string& id : ids) {
      auto job = LockJob(transaction, id);
      if (!job.ok()) return job.status();
      if (!scheduling::IsFinal(job->state)) Audit(transaction, actor.principal, "job.cancel", id, "");
      CancelJob(context_, transaction, *job);
    }
    return ReadJob(transaction, job_id);
  });
}

absl::StatusOr<std::uint32_t> Jobs::Adjust(const Actor& actor, const std::string& job_id,
                                           const scheduling::Adjustment& adjustment) {
  if (!scheduling::IsUuid(job_id)) return NotFound("job", job_id);
  if (const absl::Status status = scheduling::CheckAdjustment(adjustment); !status.ok()) return status;
  return context_.pool.Ask<std::uint32_t>(
      "adjust a job", [&](Transaction& transaction) -> absl::StatusOr<std::uint32_t> {
        KnowPrincipal(transaction, actor.principal);
        const auto job = LockJob(transaction, job_id);
        if (!job.ok()) return job.status();
        if (job->kind != scheduling::JobKind::kTrain) {
          return absl::FailedPreconditionError("job " + job_id + " is no training; only a training can be adjusted");
        }
        if (scheduling::IsFinal(job->state)) {
          return absl::FailedPreconditionError("job " + job_id + " has ended " + std::string(Name(job->state)));
        }
        const auto rows = transaction.Run(kInsertAdjustment, job_id, adjustment.steps, adjustment.learning_rate,
                                          adjustment.checkpoint_interval_steps,
                                          adjustment.contact_sheet_interval_steps, actor.principal);
        const auto number = rows[0][0].as<std::uint32_t>();
        Audit(transaction, actor.principal, "job.adjust", job_id, std::to_string(number));
        transaction.Ring(scheduling::Bell::kWorkers);
        return number;
      });
}

}  // namespace interneg::storage
