#include "server/http/http_server.h"

#include <httplib.h>

#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "server/http/connect_bridge.h"
#include "server/http/connect_protocol.h"

namespace interneg::http {
namespace {

// A page of another site may make a browser call a loopback address under a name of its own choosing; the Host header
// gives it away.
bool IsLoopbackHost(std::string host) {
  if (host.starts_with('[')) {
    host = host.substr(0, host.find(']') + 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

class RunningServer final : public HttpServer {
 public:
  RunningServer(const HttpSettings& settings, const rpc::CallRoom& room, std::function<absl::Status()> ready)
      : settings_(settings), room_(room), ready_(std::move(ready)) {}
  ~RunningServer() override { Stop(); }

  absl::Status Listen() {
    if (settings_.address.family != rpc::ListenAddress::Family::kTcp) {
      return absl::InvalidArgumentError("--http-listen: a TCP address is expected");
    }
    if (settings_.certificate_file.empty()) {
      server_ = std::make_unique<httplib::Server>();
    } else {
      server_ = std::make_unique<httplib::SSLServer>(settings_.certificate_file.c_str(), settings_.key_file.c_str());
    }
    if (!server_->is_valid()) {
      return absl::InvalidArgumentError(fmt::format("--tls-cert, --tls-key: {} and {} are no certificate with its key",
                                                    settings_.certificate_file, settings_.key_file));
    }
    SetUp();
    const auto& address = settings_.address;
    port_ = address.port;
    const bool bound = address.port == 0 ? (port_ = server_->bind_to_any_port(address.host)) > 0
                                         : server_->bind_to_port(address.host, address.port);
    if (!bound) {
      return absl::UnavailableError(
          fmt::format("cannot listen on {}:{}: is it in use, or not this machine's?", address.host, address.port));
    }
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  void Stop() override {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) return;
    // stop() before the loop runs would be forgotten.
    while (!server_->is_running()) std::this_thread::yield();
    server_->stop();
    thread_.join();
  }

 private:
  void SetUp() {
    const int threads = settings_.threads;
    server_->new_task_queue = [threads] { return new httplib::ThreadPool(static_cast<std::size_t>(threads)); };
    server_->set_payload_max_length(settings_.largest_request_bytes);
    server_->set_tcp_nodelay(true);
    server_->set_keep_alive_max_count(10'000);
    // Two servers on one port would each get some of the requests.
    server_->set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    server_->set_default_headers({{"X-Content-Type-Options", "nosniff"}});
    if (settings_.address.local()) {
      server_->set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
        if (IsLoopbackHost(request.get_header_value("Host"))) return httplib::Server::HandlerResponse::Unhandled;
        response.status = 421;
        response.set_content("Host: this server answers as localhost or 127.0.0.1 only\n", "text/plain");
        return httplib::Server::HandlerResponse::Handled;
      });
    }
    server_->Get("/healthz/live", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("live\n", "text/plain");
    });
    server_->Get("/healthz(/ready)?", [this](const httplib::Request&, httplib::Response& response) {
      const absl::Status status = ready_();
      response.status = status.ok() ? 200 : 503;
      response.set_content(status.ok() ? "ready\n" : std::string(status.message()) + "\n", "text/plain");
    });
    server_->Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(room_.metrics.Exposition(), "text/plain; version=0.0.4; charset=utf-8");
    });
    server_->Post(R"(/interneg\.v1\.[A-Za-z]+/[A-Za-z]+)",
                  [this](const httplib::Request& request, httplib::Response& response) {
                    AnswerConnect(room_, request, response);
                  });
  }

  const HttpSettings settings_;
  const rpc::CallRoom room_;
  const std::function<absl::Status()> ready_;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::mutex mutex_;  // guards thread_
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpSettings& settings, const rpc::CallRoom& room,
                                                              std::function<absl::Status()> ready) {
  auto server = std::make_unique<RunningServer>(settings, room, std::move(ready));
  if (auto listening = server->Listen(); !listening.ok()) return listening;
  return server;
}

}  // namespace interneg::http
