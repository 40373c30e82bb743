#include "server/rpc/project_handlers.h"

#include "interneg/v1/project.pb.h"
#include "server/rpc/request_check.h"
#include "server/rpc/wire_time.h"

namespace interneg::rpc {
namespace {

v1::Project ToWire(const scheduling::Project& project) {
  v1::Project wire;
  wire.set_project_id(project.project_id);
  wire.set_name(project.name);
  wire.set_film_title(project.film_title);
  Put(project.created_at, wire.mutable_create_time());
  return wire;
}

class ProjectHandlers {
 public:
  ProjectHandlers(scheduling::CatalogBook& catalog, Gate& gate) : catalog_(catalog), gate_(gate) {}

  absl::StatusOr<v1::CreateProjectResponse> Create(const Principal& principal,
                                                   const v1::CreateProjectRequest& request) const {
    auto request_id = ReadRequestId(request.request_id());
    if (!request_id.ok()) return request_id.status();
    if (auto s = CheckName("name", request.name()); !s.ok()) return s;
    if (auto s = CheckText("film_title", request.film_title(), 1'000); !s.ok()) return s;
    auto project = catalog_.CreateProject(principal.actor(), *request_id,
                                          {"", request.name(), request.film_title(), scheduling::Instant()});
    if (!project.ok()) return project.status();
    v1::CreateProjectResponse response;
    *response.mutable_project() = ToWire(*project);
    return response;
  }

  absl::StatusOr<v1::GetProjectResponse> Get(const Principal& principal, const v1::GetProjectRequest& request) const {
    auto project = catalog_.GetProject(request.project_id());
    // One that is not there and one that may not be seen get the same answer.
    if (absl::IsNotFound(project.status()) && Visible(principal)) return gate_.RequireSight(principal, "", "project");
    if (!project.ok()) return project.status();
    if (auto s = gate_.RequireSight(principal, project->project_id, "project"); !s.ok()) return s;
    v1::GetProjectResponse response;
    *response.mutable_project() = ToWire(*project);
    return response;
  }

  absl::StatusOr<v1::ListProjectsResponse> List(const Principal& principal,
                                                const v1::ListProjectsRequest& request) const {
    auto page = ReadPage("ListProjects", request.page_size(), request.page_token());
    if (!page.ok()) return page.status();
    auto projects = catalog_.ListProjects(Visible(principal), *page);
    if (!projects.ok()) return projects.status();
    v1::ListProjectsResponse response;
    for (const auto& project : projects->rows) *response.add_projects() = ToWire(project);
    response.set_next_page_token(PageToken("ListProjects", projects->next));
    return response;
  }

 private:
  scheduling::CatalogBook& catalog_;
  Gate& gate_;
};

}  // namespace

void AddProjectMethods(scheduling::CatalogBook& catalog, Gate& gate, MethodTable& table) {
  const ProjectHandlers handlers(catalog, gate);
  // A token belongs to one project, so only who is above all projects can make another.
  table.AddUnary<v1::CreateProjectRequest, v1::CreateProjectResponse>(
      "ProjectService/CreateProject", Audience::kAdmins,
      [handlers](const auto& who, const auto& what) { return handlers.Create(who, what); });
  table.AddUnary<v1::GetProjectRequest, v1::GetProjectResponse>(
      "ProjectService/GetProject", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.Get(who, what); });
  table.AddUnary<v1::ListProjectsRequest, v1::ListProjectsResponse>(
      "ProjectService/ListProjects", Audience::kPeople,
      [handlers](const auto& who, const auto& what) { return handlers.List(who, what); });
}

}  // namespace interneg::rpc
