// The catalogue's projects.
#include "server/storage/catalog.h"

#include "server/storage/record_requests.h"

namespace interneg::storage {
namespace {

using scheduling::Actor;
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

Project ToProject(const pqxx::row& row) {
  return {Text(row["project_id"]), Text(row["name"]), Text(row["film_title"]), Time(row["created_us"])};
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

}  // namespace interneg::storage
