// The catalogue's media.
#include <nlohmann/json.hpp>

#include "server/storage/catalog.h"
#include "server/storage/record_requests.h"

namespace interneg::storage {
namespace {

using nlohmann::json;
using scheduling::Actor;
using scheduling::ConformOffset;
using scheduling::Media;
using scheduling::Page;
using scheduling::Paged;

constexpr Statement kInsertMedia = {
    "insert_media",
    "INSERT INTO media (media_id, project_id, name, shot, path, frame_range, color_space, element, gauge, generation, "
    "  polarity, transfer, completeness, created_by, request_id, movie_matrix, movie_range, conform_offsets, pulldown) "
    "VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::uuid, $16, $17, $18::jsonb, "
    "  NULLIF($19, '')::jsonb) "
    "ON CONFLICT DO NOTHING RETURNING media_id"};
constexpr Statement kMediaByRequest = {
    "media_by_request", "SELECT media_id, project_id FROM media WHERE created_by = $1 AND request_id = $2::uuid"};
constexpr Statement kMediaByName = {"media_by_name",
                                    "SELECT media_id FROM media WHERE project_id = $1::uuid AND name = $2"};
constexpr Statement kReadMedia = {
    "read_media",
    "SELECT *, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us, "
    "  (extract(epoch FROM report_at) * 1000000)::bigint AS report_us, "
    "  (extract(epoch FROM measured_at) * 1000000)::bigint AS measured_us FROM media_known WHERE media_id = $1::uuid"};
constexpr Statement kListMedia = {
    "list_media",
    "SELECT *, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us, "
    "  (extract(epoch FROM report_at) * 1000000)::bigint AS report_us, "
    "  (extract(epoch FROM measured_at) * 1000000)::bigint AS measured_us FROM media_known "
    "WHERE project_id = $1::uuid AND name > $2 ORDER BY name LIMIT $3::integer"};
constexpr Statement kLockMedia = {"lock_media", "SELECT media_id FROM media WHERE media_id = $1::uuid FOR UPDATE"};
constexpr Statement kUpdateMedia = {
    "update_media",
    "UPDATE media SET element = $2, gauge = $3, generation = $4, polarity = $5, transfer = $6, completeness = $7, "
    "  conform_offsets = $8::jsonb WHERE media_id = $1::uuid"};

std::string OffsetsJson(const std::vector<ConformOffset>& offsets) {
  json list = json::array();
  for (const ConformOffset& offset : offsets) list.push_back({{"frames", offset.frames}, {"add", offset.add}});
  return list.dump();
}

std::vector<ConformOffset> ToOffsets(const pqxx::field& field) {
  std::vector<ConformOffset> offsets;
  for (const json& offset : json::parse(Text(field))) {
    offsets.push_back({offset.at("frames").get<std::string>(), offset.at("add").get<int>()});
  }
  return offsets;
}

std::optional<scheduling::MediaReport> ToReport(const pqxx::row& row, const std::string& which) {
  if (row[which + "_sha256"].is_null()) return std::nullopt;
  return scheduling::MediaReport{Text(row[which + "_sha256"]), row[which + "_ordinal"].as<int>(),
                                 Text(row[which + "_job_id"]), Time(row[which + "_us"])};
}

Media ToMedia(const pqxx::row& row) {
  return {Text(row["media_id"]),
          Text(row["project_id"]),
          Text(row["name"]),
          Text(row["shot"]),
          ToFrames(row),
          {Text(row["element"]), Text(row["gauge"]), Text(row["generation"]), Text(row["polarity"]),
           Text(row["transfer"]), Text(row["completeness"]), ToOffsets(row["conform_offsets"])},
          Time(row["created_us"]),
          ToReport(row, "report"),
          ToReport(row, "measured")};
}

absl::StatusOr<Media> ReadMediaRow(Transaction& transaction, const std::string& media_id) {
  const auto rows = transaction.Run(kReadMedia, media_id);
  if (rows.empty()) return NotFound("medium", media_id);
  return ToMedia(rows[0]);
}

// The medium of that name, when it stands for the same frames read in the same way.
absl::StatusOr<Media> Standing(Transaction& transaction, const Media& asked) {
  const auto named = transaction.Run(kMediaByName, asked.project_id, asked.name);
  if (named.empty()) return absl::AbortedError("medium " + asked.name + " is being made; try again");
  auto standing = ReadMediaRow(transaction, Text(named[0][0]));
  if (!standing.ok()) return standing;
  const auto& there = standing->frames;
  const auto& wanted = asked.frames;
  if (there == wanted) return standing;
  return absl::AlreadyExistsError("medium " + asked.name + " stands for " + there.path + " " + there.range +
                                  (there.movie == wanted.movie ? "" : ", read with other matrix or levels") +
                                  (there.pulldown == wanted.pulldown ? "" : ", read with another pulldown") +
                                  "; choose another name");
}

template <typename Value>
void Take(const std::optional<Value>& change, Value& value) {
  if (change) value = *change;
}

}  // namespace

absl::StatusOr<Media> Catalog::CreateMedia(const Actor& actor, const std::string& request_id, const Media& media) {
  if (const absl::Status status = CheckRequestId(request_id); !status.ok()) return status;
  if (media.name.empty()) return absl::InvalidArgumentError("name: must not be empty");
  if (media.frames.path.empty()) return absl::InvalidArgumentError("frames.path: must not be empty");
  return context_.pool.Ask<Media>("create a medium", [&](Transaction& transaction) -> absl::StatusOr<Media> {
    KnowPrincipal(transaction, actor.principal);
    if (const absl::Status status = RequireProject(transaction, media.project_id); !status.ok()) return status;
    const auto& element = media.element;
    const auto made = transaction.Run(
        kInsertMedia, context_.NewId(), media.project_id, media.name, media.shot, media.frames.path, media.frames.range,
        media.frames.color_space, element.element, element.gauge, element.generation, element.polarity,
        element.transfer, element.completeness, actor.principal, request_id, media.frames.movie.matrix,
        media.frames.movie.range, OffsetsJson(element.conform_offsets), PulldownJson(media.frames));
    if (!made.empty()) {
      KnowShot(transaction, media.project_id, media.shot);
      Audit(transaction, actor.principal, "media.create", Text(made[0][0]), media.name);
      return ReadMediaRow(transaction, Text(made[0][0]));
    }
    const auto repeated = transaction.Run(kMediaByRequest, actor.principal, request_id);
    if (repeated.empty()) return Standing(transaction, media);
    if (Text(repeated[0]["project_id"]) != media.project_id) return UsedElsewhere(request_id);
    return ReadMediaRow(transaction, Text(repeated[0]["media_id"]));
  });
}

absl::StatusOr<Media> Catalog::GetMedia(const std::string& media_id) {
  if (!scheduling::IsUuid(media_id)) return NotFound("medium", media_id);
  return context_.pool.Read<Media>("read a medium",
                                   [&](Transaction& transaction) { return ReadMediaRow(transaction, media_id); });
}

absl::StatusOr<Media> Catalog::UpdateMedia(const Actor& actor, const std::string& media_id,
                                           const scheduling::ElementChange& change) {
  if (!scheduling::IsUuid(media_id)) return NotFound("medium", media_id);
  return context_.pool.Ask<Media>("update a medium", [&](Transaction& transaction) -> absl::StatusOr<Media> {
    KnowPrincipal(transaction, actor.principal);
    // Two people who describe one element take turns, so that neither loses what the other wrote.
    if (transaction.Run(kLockMedia, media_id).empty()) return NotFound("medium", media_id);
    auto media = ReadMediaRow(transaction, media_id);
    if (!media.ok()) return media;
    scheduling::Element& element = media->element;
    const scheduling::Element before = element;
    Take(change.element, element.element);
    Take(change.gauge, element.gauge);
    Take(change.generation, element.generation);
    Take(change.polarity, element.polarity);
    Take(change.transfer, element.transfer);
    Take(change.completeness, element.completeness);
    Take(change.conform_offsets, element.conform_offsets);
    if (element == before) return media;
    transaction.Run(kUpdateMedia, media_id, element.element, element.gauge, element.generation, element.polarity,
                    element.transfer, element.completeness, OffsetsJson(element.conform_offsets));
    Audit(transaction, actor.principal, "media.update", media_id, media->name);
    return media;
  });
}

absl::StatusOr<Paged<Media>> Catalog::ListMedia(const std::string& project_id, const Page& page) {
  const auto size = PageSize(page);
  if (!size.ok()) return size.status();
  return context_.pool.Read<Paged<Media>>("list media", [&](Transaction& transaction) -> absl::StatusOr<Paged<Media>> {
    if (const absl::Status status = RequireProject(transaction, project_id); !status.ok()) return status;
    const auto rows = transaction.Run(kListMedia, project_id, page.after, *size + 1);
    return Cut<Media>(rows, *size, ToMedia, [](const Media& media) { return media.name; });
  });
}

}  // namespace interneg::storage
