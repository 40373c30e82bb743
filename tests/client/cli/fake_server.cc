#include "tests/client/cli/fake_server.h"

#include <iterator>
#include <utility>

#include "tests/client/cli/fake_services.h"

namespace interneg::cli {

using grpc::Status;

Status Admit(FakeFarm& farm, grpc::ServerContext& context, const std::string& method) {
  const auto header = context.client_metadata().find("authorization");
  if (header == context.client_metadata().end() ||
      std::string(header->second.data(), header->second.size()) != "Bearer " + farm.token)
    return Status(grpc::StatusCode::UNAUTHENTICATED, "the token has expired");
  if (const auto once = farm.refuse_once.find(method); once != farm.refuse_once.end()) {
    const Status status = once->second;
    farm.refuse_once.erase(once);
    return status;
  }
  const auto refused = farm.refuse.find(method);
  return refused == farm.refuse.end() ? Status::OK : refused->second;
}

struct FakeServer::Services {
  FakeServices all;
};

FakeServer::FakeServer() : services_(std::make_unique<Services>()) {
  for (auto* make : {RecordServices, JobServices, FarmServices}) {
    auto made = make(farm_);
    std::move(made.begin(), made.end(), std::back_inserter(services_->all));
  }
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  for (const auto& service : services_->all) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
}

FakeServer::~FakeServer() {
  server_->Shutdown(std::chrono::system_clock::now());
}

std::string FakeServer::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

}  // namespace interneg::cli
