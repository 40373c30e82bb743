// The fake server's services, each in the file of what it keeps. They outlive no farm that they are made for.
#ifndef INTERNEG_TESTS_CLIENT_CLI_FAKE_SERVICES_H_
#define INTERNEG_TESTS_CLIENT_CLI_FAKE_SERVICES_H_

#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include "tests/client/cli/fake_server.h"

namespace interneg::cli {

// Refuses a wrong token and whatever the test wants refused. The farm's lock is held.
grpc::Status Admit(FakeFarm& farm, grpc::ServerContext& context, const std::string& method);

using FakeServices = std::vector<std::unique_ptr<grpc::Service>>;

FakeServices RecordServices(FakeFarm& farm);  // projects, media, datasets
FakeServices JobServices(FakeFarm& farm);     // jobs
FakeServices FarmServices(FakeFarm& farm);    // workers, tokens, artifacts

}  // namespace interneg::cli

#endif  // INTERNEG_TESTS_CLIENT_CLI_FAKE_SERVICES_H_
