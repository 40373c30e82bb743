// Who may call what, over real gRPC and a real database.
#include <gmock/gmock.h>

#include "interneg/v1/job.grpc.pb.h"
#include "interneg/v1/media.grpc.pb.h"
#include "interneg/v1/worker_session.grpc.pb.h"
#include "tests/server/rpc/live_server.h"

namespace interneg {
namespace {

using interneg::testing::Call;
using ::testing::HasSubstr;

class Access : public interneg::testing::LiveServer {
 protected:
  grpc::Status Identify(const std::string& token) {
    Call call(token);
    v1::GetIdentityResponse response;
    return v1::TokenService::NewStub(channel())->GetIdentity(&call, {}, &response);
  }

  grpc::Status ListMedia(const std::string& token, const std::string& project_id) {
    Call call(token);
    v1::ListMediaRequest request;
    request.set_project_id(project_id);
    v1::ListMediaResponse response;
    return v1::MediaService::NewStub(channel())->ListMedia(&call, request, &response);
  }

  grpc::Status AddMedia(const std::string& token, const std::string& project_id, v1::CreateMediaResponse& response,
                        const std::string& request_id) {
    Call call(token);
    v1::CreateMediaRequest request;
    request.set_request_id(request_id);
    request.set_project_id(project_id);
    request.mutable_frames()->set_path("films:faded/f.%04d.png");
    request.mutable_frames()->set_range("1-3");
    return v1::MediaService::NewStub(channel())->CreateMedia(&call, request, &response);
  }

  int Refusals() { return std::stoi(SqlValue("SELECT count(*) FROM audit WHERE action = 'refused'")); }
};

TEST_F(Access, WithoutAValidTokenNothingIsAnswered) {
  EXPECT_EQ(Identify("").error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Identify("wrong").error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Identify(std::string(5'000, 'x')).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(Identify(admin_token()).ok());
}

TEST_F(Access, ARevokedTokenIsRefusedAtOnce) {
  const auto token = MakeToken("ann", v1::ROLE_ADMIN, "");
  ASSERT_TRUE(Identify(token.secret()).ok());
  Call call(admin_token());
  v1::RevokeTokenRequest request;
  request.set_token_id(token.token().token_id());
  v1::RevokeTokenResponse response;
  ASSERT_TRUE(v1::TokenService::NewStub(channel())->RevokeToken(&call, request, &response).ok());
  EXPECT_EQ(Identify(token.secret()).error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(Access, AnExpiredTokenIsRefused) {
  const auto token = MakeToken("ann", v1::ROLE_ADMIN, "");
  Sql("UPDATE token SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' "
      "WHERE token_id = '" +
      token.token().token_id() + "'");
  EXPECT_EQ(Identify(token.secret()).error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(Access, WorkersAndPeopleHaveTheirOwnMethods) {
  EXPECT_EQ(ListMedia(worker_token(), MakeProject("lab")).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  Call call(admin_token());
  v1::ReportLogResponse response;
  EXPECT_EQ(v1::WorkerSessionService::NewStub(channel())->ReportLog(&call, {}, &response).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_TRUE(Identify(worker_token()).ok());
}

TEST_F(Access, OnlyAdminsMakeTokensAndProjects) {
  const std::string artist = MakeToken("ann", v1::ROLE_SUPERVISOR, MakeProject("lab")).secret();
  Call first(artist), second(artist);
  v1::CreateTokenResponse token;
  EXPECT_EQ(v1::TokenService::NewStub(channel())->CreateToken(&first, {}, &token).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  v1::CreateProjectResponse project;
  EXPECT_EQ(v1::ProjectService::NewStub(channel())->CreateProject(&second, {}, &project).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(Access, AnotherProjectsRecordsAreNotFound) {
  const std::string ours = MakeProject("ours"), theirs = MakeProject("theirs");
  const std::string artist = MakeToken("ann", v1::ROLE_ARTIST, ours).secret();
  v1::CreateMediaResponse made;
  ASSERT_TRUE(AddMedia(admin_token(), theirs, made, NewId()).ok());

  EXPECT_EQ(ListMedia(artist, theirs).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ListMedia(artist, NewId()).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(ListMedia(artist, ours).ok());
  Call call(artist);
  v1::GetMediaRequest request;
  request.set_media_id(made.media().media_id());
  v1::GetMediaResponse response;
  EXPECT_EQ(v1::MediaService::NewStub(channel())->GetMedia(&call, request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  v1::CreateMediaResponse other;
  EXPECT_EQ(AddMedia(artist, theirs, other, NewId()).error_code(), grpc::StatusCode::NOT_FOUND);

  Call list(artist);
  v1::ListProjectsResponse projects;
  ASSERT_TRUE(v1::ProjectService::NewStub(channel())->ListProjects(&list, {}, &projects).ok());
  ASSERT_EQ(projects.projects_size(), 1);
  EXPECT_EQ(projects.projects(0).name(), "ours");
}

TEST_F(Access, AViewerOnlyLooks) {
  const std::string project = MakeProject("lab");
  const std::string viewer = MakeToken("vic", v1::ROLE_VIEWER, project).secret();
  EXPECT_TRUE(ListMedia(viewer, project).ok());
  v1::CreateMediaResponse response;
  EXPECT_EQ(AddMedia(viewer, project, response, NewId()).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(Access, RefusalsAreAudited) {
  const int before = Refusals();
  Identify("wrong");
  ListMedia(worker_token(), MakeProject("lab"));
  EXPECT_EQ(Refusals(), before + 2);
}

TEST_F(Access, ARepeatedRequestMakesOneRecord) {
  const std::string project = MakeProject("lab"), request_id = NewId();
  v1::CreateMediaResponse first, again, bad;
  ASSERT_TRUE(AddMedia(admin_token(), project, first, request_id).ok());
  ASSERT_TRUE(AddMedia(admin_token(), project, again, request_id).ok());
  EXPECT_EQ(first.media().media_id(), again.media().media_id());
  EXPECT_THAT(first.media().name(), HasSubstr("faded-f"));
  EXPECT_EQ(AddMedia(admin_token(), project, bad, "no uuid").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(Access, PagesFollowOneAnother) {
  for (const char* name : {"a", "b", "c"}) MakeProject(name);
  std::vector<std::string> names;
  v1::ListProjectsRequest request;
  request.set_page_size(2);
  auto stub = v1::ProjectService::NewStub(channel());
  do {
    Call call(admin_token());
    v1::ListProjectsResponse response;
    ASSERT_TRUE(stub->ListProjects(&call, request, &response).ok());
    for (const auto& project : response.projects()) names.push_back(project.name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ::testing::ElementsAre("a", "b", "c"));

  Call call(admin_token());
  request.set_page_token("made up");
  v1::ListProjectsResponse response;
  EXPECT_EQ(stub->ListProjects(&call, request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(Access, AnOversizedMessageIsRefused) {
  Call call(admin_token());
  v1::CreateProjectRequest request;
  request.set_film_title(std::string(5 << 20, 'x'));
  v1::CreateProjectResponse response;
  EXPECT_EQ(v1::ProjectService::NewStub(channel())->CreateProject(&call, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(Access, AFolderOfAnotherDatabaseIsRefused) {
  server::Options other = options_;
  other.artifact_dir = folder_ + "/elsewhere";
  const auto stack = server::Stack::Start(other);
  ASSERT_TRUE(absl::IsFailedPrecondition(stack.status())) << stack.status();
  EXPECT_THAT(std::string(stack.status().message()), HasSubstr("--artifact-dir"));
}

}  // namespace
}  // namespace interneg
