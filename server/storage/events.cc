#include "server/storage/events.h"

#include "server/storage/event_codec.h"
#include "server/storage/jobs.h"

namespace interneg::storage {
namespace {

using scheduling::FeedEvent;

constexpr Statement kReadEvents = {
    "read_events",
    "SELECT e.position, e.job_id, j.project_id, (extract(epoch FROM e.at) * 1000000)::bigint AS at_us, e.kind, e.body "
    "FROM event e JOIN job j ON j.job_id = e.job_id "
    "WHERE e.job_id = ANY($1::uuid[]) AND e.position > $2::bigint ORDER BY e.position LIMIT $3::integer"};
constexpr Statement kHead = {"event_head_position", "SELECT position FROM event_head"};
constexpr Statement kTakeHead = {"take_event_head", "SELECT position FROM event_head FOR UPDATE SKIP LOCKED"};
// The head is held, so nobody else gives positions; what this statement sees has committed; and the new rows become
// visible together with the new head. So a reader that has seen a position has seen everything below it.
constexpr Statement kOrder = {
    "order_events",
    "WITH taken AS (DELETE FROM event_inbox WHERE inbox_no IN "
    "    (SELECT inbox_no FROM event_inbox ORDER BY inbox_no LIMIT $1::integer) RETURNING *), "
    "placed AS (INSERT INTO event (position, at, job_id, kind, body) "
    "  SELECT $2::bigint + row_number() OVER (ORDER BY inbox_no), at, job_id, kind, body FROM taken "
    "  RETURNING position) "
    "UPDATE event_head SET position = coalesce((SELECT max(position) FROM placed), position) "
    "RETURNING position - $2::bigint AS placed"};

std::vector<std::string> OnlyUuids(const std::vector<std::string>& ids) {
  std::vector<std::string> uuids;
  for (const std::string& id : ids) {
    if (scheduling::IsUuid(id)) uuids.push_back(id);
  }
  return uuids;
}

}  // namespace

absl::StatusOr<std::vector<FeedEvent>> Events::Read(const std::vector<std::string>& job_ids, std::uint64_t after,
                                                    int limit) {
  if (after > 0x7FFFFFFFFFFFFFFFULL) return absl::InvalidArgumentError("cursor: not one that was given out");
  using Result = std::vector<FeedEvent>;
  return context_.pool.Read<Result>("read events", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    Result events;
    for (const auto& row : transaction.Run(kReadEvents, List(OnlyUuids(job_ids)), after, limit)) {
      FeedEvent event{row["position"].as<std::uint64_t>(), Text(row["job_id"]), Text(row["project_id"]),
                      Time(row["at_us"]), DecodeEvent(Text(row["kind"]), Text(row["body"]))};
      if (auto* attempt = std::get_if<scheduling::AttemptView>(&event.body)) attempt->job_id = event.job_id;
      events.push_back(std::move(event));
    }
    return events;
  });
}

absl::StatusOr<std::map<std::string, scheduling::Progress>> Events::LatestProgress(
    const std::vector<std::string>& job_ids) {
  using Result = std::map<std::string, scheduling::Progress>;
  return context_.pool.Read<Result>("read progress", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    Result latest;
    for (const std::string& id : OnlyUuids(job_ids)) {
      const auto job = ReadJob(transaction, id);
      if (job.ok() && job->progress) latest.emplace(id, *job->progress);
    }
    return latest;
  });
}

absl::StatusOr<std::uint64_t> Events::Head() {
  return context_.pool.Read<std::uint64_t>("read the event head", [](Transaction& transaction) {
    return absl::StatusOr<std::uint64_t>(transaction.Run(kHead)[0][0].as<std::uint64_t>());
  });
}

absl::StatusOr<int> Events::OrderEvents(int limit) {
  return context_.pool.Ask<int>("order events", [&](Transaction& transaction) -> absl::StatusOr<int> {
    const auto head = transaction.Run(kTakeHead);
    if (head.empty()) return 0;
    return transaction.Run(kOrder, limit, head[0][0].as<long long>())[0]["placed"].as<int>();
  });
}

}  // namespace interneg::storage
