// The HTTP side as curl and a browser see it.
#include <httplib.h>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "server/http/connect_protocol.h"
#include "tests/server/rpc/live_server.h"

namespace interneg {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Connect : public interneg::testing::LiveServer {
 protected:
  httplib::Result Post(const std::string& path, const std::string& body, const std::string& token,
                       const std::string& type = "application/json") {
    httplib::Client client("127.0.0.1", http_port());
    httplib::Headers headers;
    if (!token.empty()) headers.emplace("Authorization", "Bearer " + token);
    return client.Post(path, headers, body, type);
  }
};

TEST_F(Connect, AnswersJsonAsCurlSendsIt) {
  const auto made = Post("/interneg.v1.ProjectService/CreateProject",
                         json{{"requestId", NewId()}, {"name", "lab"}, {"filmTitle", "Red"}}.dump(), admin_token());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->status, 200) << made->body;
  EXPECT_EQ(json::parse(made->body)["project"]["filmTitle"], "Red");
}

TEST_F(Connect, AnswersBinaryToo) {
  const auto answer = Post("/interneg.v1.TokenService/GetIdentity", "", admin_token(), "application/proto");
  ASSERT_TRUE(answer);
  v1::GetIdentityResponse identity;
  ASSERT_TRUE(identity.ParseFromString(answer->body));
  EXPECT_EQ(identity.principal(), "local-admin");
}

TEST_F(Connect, ErrorsAreConnects) {
  const auto nobody = Post("/interneg.v1.TokenService/GetIdentity", "{}", "");
  EXPECT_EQ(nobody->status, 401);
  EXPECT_EQ(json::parse(nobody->body)["code"], "unauthenticated");
  const auto worker = Post("/interneg.v1.ProjectService/ListProjects", "{}", worker_token());
  EXPECT_EQ(worker->status, 403);
  const auto missing = Post("/interneg.v1.ProjectService/GetProject", R"({"projectId":"none"})", admin_token());
  EXPECT_EQ(missing->status, 404);
  const auto unknown = Post("/interneg.v1.ProjectService/GetProject", R"({"projektId":"none"})", admin_token());
  EXPECT_EQ(unknown->status, 400);
  EXPECT_THAT(unknown->body, HasSubstr("projektId"));
  EXPECT_EQ(Post("/interneg.v1.ProjectService/NoSuch", "{}", admin_token())->status, 404);
  EXPECT_EQ(Post("/interneg.v1.ProjectService/GetProject", "{}", admin_token(), "text/plain")->status, 415);
  EXPECT_EQ(Post("/interneg.v1.ProjectService/GetProject", std::string(5 << 20, ' '), admin_token())->status, 413);
}

TEST_F(Connect, StreamsInEnvelopes) {
  json medium = {{"path", "films:f.%04d.png"}, {"range", "1-3"}};
  const auto made = Post("/interneg.v1.JobService/SubmitJob",
                         json{{"requestId", NewId()},
                              {"projectId", MakeProject("lab")},
                              {"spec", {{"schema", 1}, {"probe", {{"media", {medium}}}}}}}
                             .dump(),
                         admin_token());
  ASSERT_EQ(made->status, 200) << made->body;
  const std::string job_id = json::parse(made->body)["job"]["jobId"];
  ASSERT_EQ(Post("/interneg.v1.JobService/CancelJob", json{{"jobId", job_id}}.dump(), admin_token())->status, 200);
  const auto watched =
      Post("/interneg.v1.JobService/WatchJobs", http::Wrap(http::Envelope::kMessage, json{{"jobIds", {job_id}}}.dump()),
           admin_token(), "application/connect+json");
  ASSERT_TRUE(watched);
  EXPECT_EQ(watched->status, 200);
  EXPECT_THAT(watched->body, HasSubstr("JOB_STATE_CANCELLED"));
  EXPECT_TRUE(watched->body.ends_with(http::Wrap(http::Envelope::kEndOfStream, "{}")));
}

TEST_F(Connect, HealthAndMetricsNeedNoToken) {
  httplib::Client client("127.0.0.1", http_port());
  EXPECT_EQ(client.Get("/healthz")->body, "ready\n");
  EXPECT_EQ(client.Get("/healthz/live")->status, 200);
  Post("/interneg.v1.TokenService/GetIdentity", "{}", "");
  const auto metrics = client.Get("/metrics");
  EXPECT_THAT(metrics->body, HasSubstr("interneg_build_info{"));
  EXPECT_THAT(
      metrics->body,
      HasSubstr("interneg_grpc_requests_total{code=\"UNAUTHENTICATED\",method=\"TokenService/GetIdentity\"} 1"));
}

// DNS rebinding: a browser that was led here under another name says so in its Host header.
TEST_F(Connect, AnotherHostsNameIsTurnedAway) {
  httplib::Client client("127.0.0.1", http_port());
  EXPECT_EQ(client.Get("/healthz", {{"Host", "evil.example:80"}})->status, 421);
  EXPECT_EQ(client.Get("/healthz", {{"Host", "localhost:80"}})->status, 200);
}

}  // namespace
}  // namespace interneg
