#include "server/storage/catalog.h"

#include "server/storage/record_requests.h"

namespace interneg::storage {
namespace {

using scheduling::Actor;
using scheduling::Media;
using scheduling::Page;
using scheduling::Paged;
using scheduling::Project;

constexpr Statement kInsertProject = {
    "insert_project",
    "INSERT INTO project (project_id, name, film_title, created_by, request_id) "
    "VALUES ($1::uuid, $2, $3, $4, $5::uuid) ON CONFLICT DO NOTHING RETURNING project_id"};
constexpr Statement kProjectByRequest = {
    "project_by_request", "SELECT project_id FROM project WHERE created_by = $1 AND request_id = $2::uuid"};
constexpr Statement kReadProject = {
    "read_project",
    "SELECT project_id, name, film_title, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us "
    "FROM project WHERE project_id::text = lower($1) OR name = $1"};
constexpr Statement kListProjects = {
    "list_projects",
    "SELECT project_id, name, film_title, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us "
    "FROM project WHERE ($1::text = '*' OR project_id = ANY(CASE WHEN $1::text = '*' THEN '{}' ELSE $1 END::uuid[])) "
    "  AND name > $2 ORDER BY name LIMIT $3::integer"};

constexpr Statement kInsertMedia = {
    "insert_media",
    "INSERT INTO media (media_id, project_id, name, shot, path, frame_range, color_space, element, gauge, generation, "
    "  polarity, transfer, completeness, created_by, request_id) VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8, "
    "  $9, $10, $11, $12, $13, $14, $15::uuid) ON CONFLICT DO NOTHING RETURNING media_id"};
constexpr Statement kMediaByRequest = {
    "media_by_request", "SELECT media_id, project_id FROM media WHERE created_by = $1 AND request_id = $2::uuid"};
constexpr Statement kMediaByName = {"media_by_name",
                                    "SELECT media_id FROM media WHERE project_id = $1::uuid AND name = $2"};
constexpr Statement kReadMedia = {
    "read_media",
    "SELECT *, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us FROM media WHERE media_id = $1::uuid"};
constexpr Statement kListMedia = {
    "list_media",
    "SELECT *, (extract(epoch FROM created_at) * 1000000)::bigint AS created_us FROM media "
    "WHERE project_id = $1::uuid AND name > $2 ORDER BY name LIMIT $3::integer"};

Project ToProject(const pqxx::row& row) {
  return {Text(row["project_id"]), Text(row["name"]), Text(row["film_title"]), Time(row["created_us"])};
}

Media ToMedia(const pqxx::row& row) {
  return {Text(row["media_id"]),
          Text(row["project_id"]),
          Text(row["name"]),
          Text(row["shot"]),
          Text(row["path"]),
          Text(row["frame_range"]),
          Text(row["color_space"]),
          {Text(row["element"]), Text(row["gauge"]), Text(row["generation"]), Text(row["polarity"]),
           Text(row["transfer"]), Text(row["completeness"])},
          Time(row["created_us"])};
}

absl::StatusOr<Media> ReadMediaRow(Transaction& transaction, const std::string& media_id) {
  const auto rows = transaction.Run(kReadMedia, media_id);
  if (rows.empty()) return NotFound("medium", media_id);
  return ToMedia(rows[0]);
}

bool IsName(const std::string& name) {
  if (name.empty() || name.size() > 63 || name[0] < 'a' || name[0] > 'z') return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
}

}  // namespace

absl::StatusOr<Project> Catalog::CreateProject(const Actor& actor, const std::string& request_id,
                                               const Project& project) {
  if (const absl::Status status = CheckRequestId(request_id); !status.ok()) return status;
  if (!IsName(project.name)) {
    return absl::InvalidArgumentError("name: must be 1–63 of a–z, 0–9, '-', '_', starting with a letter, is \"" +
                                      project.name + "\"");
  }
  return context_.pool.Ask<Project>("create a project", [&](Transaction& transaction) -> absl::StatusOr<Project> {
    KnowPrincipal(transaction, actor.principal);
    const auto made = transaction.Run(kInsertProject, context_.NewId(), project.name, project.film_title,
                                      actor.principal, request_id);
    const auto rows = made.empty() ? transaction.Run(kProjectByRequest, actor.principal, request_id) : made;
    if (rows.empty()) {
      return absl::AlreadyExistsError("project " + project.name + " stands already; use it, or choose another name");
    }
    if (!made.empty()) Audit(transaction, actor.principal, "project.create", Text(rows[0][0]), project.name);
    return ToProject(transaction.Run(kReadProject, Text(rows[0][0]))[0]);
  });
}

absl::StatusOr<Project> Catalog::GetProject(const std::string& id_or_name) {
  return context_.pool.Read<Project>("read a project", [&](Transaction& transaction) -> absl::StatusOr<Project> {
    const auto rows = transaction.Run(kReadProject, id_or_name);
    if (rows.empty()) return NotFound("project", id_or_name);
    return ToProject(rows[0]);
  });
}

absl::StatusOr<Paged<Project>> Catalog::ListProjects(const scheduling::VisibleProjects& visible, const Page& page) {
  const auto size = PageSize(page);
  if (!size.ok()) return size.status();
  return context_.pool.Read<Paged<Project>>("list projects", [&](Transaction& transaction) {
    const auto rows =
        transaction.Run(kListProjects, visible ? List(*visible) : std::string("*"), page.after, *size + 1);
    return absl::StatusOr<Paged<Project>>(
        Cut<Project>(rows, *size, ToProject, [](const Project& project) { return project.name; }));
  });
}

absl::StatusOr<Media> Catalog::CreateMedia(const Actor& actor, const std::string& request_id, const Media& media) {
  if (const absl::Status status = CheckRequestId(request_id); !status.ok()) return status;
  if (media.name.empty()) return absl::InvalidArgumentError("name: must not be empty");
  if (media.path.empty()) return absl::InvalidArgumentError("frames.path: must not be empty");
  return context_.pool.Ask<Media>("create a medium", [&](Transaction& transaction) -> absl::StatusOr<Media> {
    KnowPrincipal(transaction, actor.principal);
    if (const absl::Status status = RequireProject(transaction, media.project_id); !status.ok()) return status;
    const auto& element = media.element;
    const auto made = transaction.Run(kInsertMedia, context_.NewId(), media.project_id, media.name, media.shot,
                                      media.path, media.range, media.color_space, element.element, element.gauge,
                                      element.generation, element.polarity, element.transfer, element.completeness,
                                      actor.principal, request_id);
    if (!made.empty()) {
      KnowShot(transaction, media.project_id, media.shot);
      Audit(transaction, actor.principal, "media.create", Text(made[0][0]), media.name);
      return ReadMediaRow(transaction, Text(made[0][0]));
    }
    const auto repeated = transaction.Run(kMediaByRequest, actor.principal, request_id);
    if (!repeated.empty()) {
      if (Text(repeated[0]["project_id"]) != media.project_id) return UsedElsewhere(request_id);
      return ReadMediaRow(transaction, Text(repeated[0]["media_id"]));
    }
    const auto named = transaction.Run(kMediaByName, media.project_id, media.name);
    if (named.empty()) return absl::AbortedError("medium " + media.name + " is being made; try again");
    auto standing = ReadMediaRow(transaction, Text(named[0][0]));
    if (!standing.ok()) return standing;
    if (standing->path == media.path && standing->range == media.range && standing->color_space == media.color_space) {
      return standing;
    }
    return absl::AlreadyExistsError("medium " + media.name + " stands for " + standing->path + " " + standing->range +
                                    "; choose another name");
  });
}

absl::StatusOr<Media> Catalog::GetMedia(const std::string& media_id) {
  if (!scheduling::IsUuid(media_id)) return NotFound("medium", media_id);
  return context_.pool.Read<Media>("read a medium",
                                  [&](Transaction& transaction) { return ReadMediaRow(transaction, media_id); });
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
