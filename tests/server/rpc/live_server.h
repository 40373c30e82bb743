// A whole server for a test: a fresh database and artifact folder, the real stack on free loopback ports, and callers
// with tokens of every role.
#ifndef INTERNEG_TESTS_SERVER_RPC_LIVE_SERVER_H_
#define INTERNEG_TESTS_SERVER_RPC_LIVE_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "interneg/v1/project.grpc.pb.h"
#include "interneg/v1/token.grpc.pb.h"
#include "server/options.h"
#include "server/stack.h"

namespace interneg::testing {

class LiveServer : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Stops the server and starts it again over the same database and artifacts, on new ports.
  void Restart();

  std::string admin_token() const { return ReadFile(folder_ + "/credentials/admin.token"); }
  std::string worker_token() const { return ReadFile(folder_ + "/credentials/worker.token"); }
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  int http_port() const { return stack_->http_port(); }

  // A new UUID, the same ones in every run.
  std::string NewId();
  std::string MakeProject(const std::string& name);
  // The whole answer, with the secret.
  v1::CreateTokenResponse MakeToken(const std::string& principal, v1::Role role, const std::string& project_id);

  // Runs SQL on the test's database as its owner.
  void Sql(const std::string& statement);
  std::string SqlValue(const std::string& query);

  static std::string ReadFile(const std::string& path);

  server::Options options_;
  std::string folder_;

 private:
  void Start();

  unsigned ids_ = 0;
  std::unique_ptr<server::Stack> stack_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A context with the token, and a deadline after which a test would hang.
class Call : public grpc::ClientContext {
 public:
  explicit Call(const std::string& token) {
    if (!token.empty()) AddMetadata("authorization", "Bearer " + token);
    set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  }
};

}  // namespace interneg::testing

#endif  // INTERNEG_TESTS_SERVER_RPC_LIVE_SERVER_H_
