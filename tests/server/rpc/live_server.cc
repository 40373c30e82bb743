#include "tests/server/rpc/live_server.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>

#include "tests/support/postgres_cluster.h"

namespace interneg::testing {

void LiveServer::SetUp() {
  std::string pattern = (std::filesystem::temp_directory_path() / "interneg-live-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  options_.database = PostgresCluster::Shared().NewDatabase();
  options_.listen = options_.http_listen = {"127.0.0.1", 0, rpc::ListenAddress::Family::kTcp};
  options_.artifact_dir = folder_ + "/artifacts";
  options_.credentials_dir = folder_ + "/credentials";
  options_.threads = 4;
  Start();
}

void LiveServer::TearDown() {
  channel_.reset();
  stack_.reset();
  std::error_code error;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
}

void LiveServer::Start() {
  auto stack = server::Stack::Start(options_);
  ASSERT_TRUE(stack.ok()) << stack.status();
  stack_ = *std::move(stack);
  // Each server of a test has its own connection; gRPC would share those of one address.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel_ = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(stack_->grpc_port()),
                                       grpc::InsecureChannelCredentials(), arguments);
}

void LiveServer::Restart() {
  channel_.reset();
  stack_.reset();
  Start();
}

std::string LiveServer::NewId() {
  char text[37];
  std::snprintf(text, sizeof(text), "00000000-0000-4000-8000-%012x", ++ids_);
  return text;
}

std::string LiveServer::MakeProject(const std::string& name) {
  v1::CreateProjectRequest request;
  request.set_request_id(NewId());
  request.set_name(name);
  v1::CreateProjectResponse response;
  Call call(admin_token());
  const auto status = v1::ProjectService::NewStub(channel_)->CreateProject(&call, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.project().project_id();
}

v1::CreateTokenResponse LiveServer::MakeToken(const std::string& principal, v1::Role role,
                                              const std::string& project_id) {
  v1::CreateTokenRequest request;
  request.set_request_id(NewId());
  request.set_principal(principal);
  request.set_role(role);
  request.set_project_id(project_id);
  v1::CreateTokenResponse response;
  Call call(admin_token());
  const auto status = v1::TokenService::NewStub(channel_)->CreateToken(&call, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

void LiveServer::Sql(const std::string& statement) {
  pqxx::connection link(options_.database);
  pqxx::nontransaction(link).exec(statement);
}

std::string LiveServer::SqlValue(const std::string& query) {
  pqxx::connection link(options_.database);
  return pqxx::nontransaction(link).exec1(query)[0].as<std::string>();
}

std::string LiveServer::ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

}  // namespace interneg::testing
