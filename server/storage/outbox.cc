#include <map>

#include <nlohmann/json.hpp>

#include "server/scheduling/request.h"
#include "server/storage/event_codec.h"
#include "server/storage/sessions.h"

namespace interneg::storage {
namespace {

using scheduling::AttemptKey;
using scheduling::AttemptRef;
using scheduling::Renewal;
using scheduling::WorkerSession;

constexpr Statement kEpochs = {
    "worker_epochs",
    "SELECT w.worker_id, w.epoch, w.draining, EXISTS (SELECT FROM attempt a WHERE a.worker_id = w.worker_id "
    "    AND a.state = 'offered') AS offers, EXISTS (SELECT FROM attempt a WHERE a.worker_id = w.worker_id "
    "    AND a.state = 'running' AND a.stop_reason IS NOT NULL) AS stops, "
    "  EXISTS (SELECT FROM attempt a JOIN adjustment x USING (job_id) WHERE a.worker_id = w.worker_id "
    "    AND a.state = 'running' AND coalesce(x.applied_attempt_no, 0) < a.attempt_no) AS adjustments "
    "FROM worker w WHERE w.worker_id = ANY($1::uuid[])"};
constexpr Statement kOffers = {
    "read_offers",
    "SELECT a.worker_id, a.task_id, a.attempt_no, a.token, a.job_id, j.project_id, t.kind, "
    "  convert_from(j.spec_bytes, 'UTF8') AS spec, j.spec_sha256, t.frames, j.output_root, j.output_folder, "
    "  t.waits_for_task_id, t.source_attempt_no, coalesce(d.kind, 'cpu') AS device_kind, a.device_uuid, "
    "  coalesce(d.ordinal, 0) AS ordinal, a.checkpoint_sha256, a.resume_sha256, s.result AS source_result, "
    "  p.name AS project, p.film_title, j.shot, j.submitted_by, coalesce((SELECT jsonb_agg(jsonb_build_array(i.role, "
    "    coalesce(i.sha256, (SELECT r.sha256 FROM artifact_reference r WHERE r.job_id = i.from_job_id "
    "      AND r.kind = i.kind ORDER BY r.reference_no DESC LIMIT 1))) ORDER BY i.role) "
    "    FROM job_input i WHERE i.job_id = j.job_id), '[]') AS inputs "
    "FROM attempt a JOIN task t USING (task_id) JOIN job j ON j.job_id = a.job_id "
    "JOIN project p USING (project_id) LEFT JOIN device d ON d.uuid = a.device_uuid "
    "LEFT JOIN attempt s ON s.task_id = t.waits_for_task_id AND s.attempt_no = t.source_attempt_no "
    "WHERE a.state = 'offered' AND a.worker_id = ANY($1::uuid[]) ORDER BY a.offered_at, t.ordinal"};
constexpr Statement kStops = {
    "read_stops",
    "SELECT worker_id, task_id, attempt_no, token, stop_reason FROM attempt "
    "WHERE state = 'running' AND stop_reason IS NOT NULL AND worker_id = ANY($1::uuid[])"};
constexpr Statement kAdjustments = {
    "read_adjustments",
    "SELECT a.worker_id, a.task_id, a.attempt_no, a.token, x.* FROM attempt a JOIN adjustment x USING (job_id) "
    "WHERE a.state = 'running' AND a.worker_id = ANY($1::uuid[]) "
    "  AND coalesce(x.applied_attempt_no, 0) < a.attempt_no ORDER BY x.adjustment_no"};

scheduling::Offer ToOffer(const pqxx::row& row) {
  scheduling::Offer offer;
  offer.attempt = {{Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()}, Text(row["token"])};
  offer.job_id = Text(row["job_id"]);
  offer.project_id = Text(row["project_id"]);
  offer.kind = Named<scheduling::TaskKind>(row["kind"]);
  offer.spec = Text(row["spec"]);
  offer.spec_sha256 = Text(row["spec_sha256"]);
  offer.frames = Text(row["frames"]);
  AttemptKey written = offer.attempt.key;
  if (offer.kind == scheduling::TaskKind::kPublish) {
    written = {Text(row["waits_for_task_id"]), row["source_attempt_no"].as<std::uint32_t>()};
    offer.manifest = DecodeManifest(Text(row["source_result"]));
  }
  if (offer.kind == scheduling::TaskKind::kPublish || offer.kind == scheduling::TaskKind::kRender) {
    offer.output_folder = scheduling::AttemptFolder(Text(row["output_root"]), Text(row["output_folder"]), written);
  }
  offer.device_kind = Named<scheduling::DeviceKind>(row["device_kind"]);
  offer.device_uuid = Text(row["device_uuid"]);
  offer.device_ordinal = row["ordinal"].as<std::uint32_t>();
  offer.checkpoint_sha256 = Text(row["checkpoint_sha256"]);
  offer.resume_sha256 = Text(row["resume_sha256"]);
  for (const auto& input : nlohmann::json::parse(Text(row["inputs"]))) offer.inputs.emplace_back(input[0], input[1]);
  offer.provenance = {{"job", offer.job_id},
                      {"project", Text(row["project"])},
                      {"film_title", Text(row["film_title"])},
                      {"shot", Text(row["shot"])},
                      {"submitted_by", Text(row["submitted_by"])},
                      {"checkpoint_sha256", offer.checkpoint_sha256}};
  return offer;
}

AttemptRef ToRef(const pqxx::row& row) {
  return {{Text(row["task_id"]), row["attempt_no"].as<std::uint32_t>()}, Text(row["token"])};
}

using Boxes = std::map<std::string, scheduling::Outbox*>;

void FillOffers(Transaction& transaction, const std::vector<std::string>& workers, Boxes& boxes) {
  if (workers.empty()) return;
  for (const auto& row : transaction.Run(kOffers, List(workers))) {
    boxes.at(Text(row["worker_id"]))->offers.push_back(ToOffer(row));
  }
}

void FillStops(Transaction& transaction, const std::vector<std::string>& workers, Boxes& boxes) {
  if (workers.empty()) return;
  for (const auto& row : transaction.Run(kStops, List(workers))) {
    boxes.at(Text(row["worker_id"]))
        ->stops.emplace_back(ToRef(row), Named<scheduling::StopReason>(row["stop_reason"]));
  }
}

void FillAdjustments(Transaction& transaction, const std::vector<std::string>& workers, Boxes& boxes) {
  if (workers.empty()) return;
  for (const auto& row : transaction.Run(kAdjustments, List(workers))) {
    const scheduling::Adjustment adjustment{
        row["adjustment_no"].as<std::uint32_t>(), row["steps"].as<std::uint32_t>(), row["learning_rate"].as<double>(),
        row["checkpoint_interval_steps"].as<std::uint32_t>(), row["contact_sheet_interval_steps"].as<std::uint32_t>()};
    boxes.at(Text(row["worker_id"]))->adjustments.emplace_back(ToRef(row), adjustment);
  }
}

}  // namespace

absl::StatusOr<std::vector<scheduling::Outbox>> Sessions::ReadOutboxes(const std::vector<WorkerSession>& sessions) {
  using Result = std::vector<scheduling::Outbox>;
  return context_.pool.Read<Result>("read outboxes", [&](Transaction& transaction) -> absl::StatusOr<Result> {
    std::vector<std::string> ids;
    for (const WorkerSession& session : sessions) {
      if (scheduling::IsUuid(session.worker_id)) ids.push_back(session.worker_id);
    }
    const auto rows = transaction.Run(kEpochs, List(ids));
    std::map<std::string, pqxx::row> current;
    for (const auto& row : rows) current.emplace(Text(row["worker_id"]), row);
    Result outboxes(sessions.size());
    Boxes boxes;
    std::vector<std::string> with_offers, with_stops, with_adjustments;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      const std::string& id = outboxes[i].worker_id = sessions[i].worker_id;
      const auto worker = current.find(id);
      if (worker == current.end() || worker->second["epoch"].as<std::uint64_t>() != sessions[i].epoch) {
        outboxes[i].session = Renewal::Session::kFenced;
        continue;
      }
      const pqxx::row& row = worker->second;
      outboxes[i].draining = row["draining"].as<bool>();
      boxes[id] = &outboxes[i];
      if (row["offers"].as<bool>()) with_offers.push_back(id);
      if (row["stops"].as<bool>()) with_stops.push_back(id);
      if (row["adjustments"].as<bool>()) with_adjustments.push_back(id);
    }
    FillOffers(transaction, with_offers, boxes);
    FillStops(transaction, with_stops, boxes);
    FillAdjustments(transaction, with_adjustments, boxes);
    return outboxes;
  });
}

}  // namespace interneg::storage
