#include "tests/e2e/stack.h"

#include <signal.h>
#include <stdlib.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace interneg::e2e {
namespace {

using std::chrono::seconds;

std::filesystem::path NewFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "interneg-e2e-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + name);
  return name;
}

std::filesystem::path ProgramPath(const std::string& program) {
  return std::filesystem::path(INTERNEG_PROGRAM_FOLDER) / program;
}

// From lines of `name=port`.
std::string PortOf(const std::string& name, const std::string& ports) {
  const auto at = ports.find(name + "=");
  if (at == std::string::npos) throw std::runtime_error("no port of " + name + " in: " + ports);
  const auto begin = at + name.size() + 1;
  return ports.substr(begin, ports.find('\n', begin) - begin);
}

std::string EndOf(const std::filesystem::path& log) {
  const std::string text = ReadWhole(log);
  constexpr std::size_t kShown = 4000;
  return "---- " + log.filename().string() + "\n" + (text.size() > kShown ? text.substr(text.size() - kShown) : text);
}

}  // namespace

Stack::Stack(StackOptions options) : options_(std::move(options)), folder_(NewFolder()) {
  if (options_.engine.empty()) options_.engine = ProgramPath("interneg-engine");
  postgres_ = std::make_unique<testing::PostgresCluster>(options_.durability);
  database_ = postgres_->NewDatabase();
  StartServer();
  StartWorker();
}

Stack::~Stack() {
  worker_.reset();
  server_.reset();
  postgres_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Command Stack::ProgramCommand(const std::string& program, std::vector<std::string> arguments,
                              const std::string& log) const {
  arguments.insert(arguments.begin(), ProgramPath(program).string());
  Command command;
  command.arguments = std::move(arguments);
  command.environment = {{"XDG_CONFIG_HOME", (folder_ / "config").string()},
                         {"DISPATCH_STAMP_FILE", (folder_ / "stamps").string()}};
  command.working_folder = folder_;
  command.out = folder_ / log;
  command.err = folder_ / log;
  return command;
}

// The ports are the system's choice at the first start and kept from then on, so that worker and client find a server
// that was killed and started again.
void Stack::StartServer() {
  server_.reset();
  const auto port_file = folder_ / "server.ports";
  std::filesystem::remove(port_file);
  server_ = std::make_unique<Program>(ProgramCommand(
      "interneg-server",
      {"--listen", server_address_.empty() ? "127.0.0.1:0" : server_address_, "--http-listen",
       http_address_.empty() ? "127.0.0.1:0" : http_address_, "--database", database_,
       "--artifact-dir", (folder_ / "artifacts").string(), "--credentials-dir", (folder_ / "credentials").string(),
       "--lease-seconds", std::to_string(options_.lease_seconds), "--port-file", port_file.string()},
      "server.log"));
  if (!Eventually(seconds(30), [&] { return !ReadWhole(port_file).empty() || !server_->Running(); }) ||
      !server_->Running()) {
    throw std::runtime_error("the server did not start\n" + Logs());
  }
  server_address_ = "127.0.0.1:" + PortOf("grpc", ReadWhole(port_file));
  http_address_ = "127.0.0.1:" + PortOf("http", ReadWhole(port_file));
}

void Stack::StartWorker() {
  worker_.reset();
  worker_ = std::make_unique<Program>(ProgramCommand(
      "interneg-worker",
      {"--server", server_address_, "--token-file", (folder_ / "credentials" / "worker.token").string(), "--name",
       "e2e", "--root", "local=/", "--engine", options_.engine.string(), "--state-dir", (folder_ / "worker").string()},
      "worker.log"));
  AwaitWorkerOnline();
}

void Stack::AwaitWorkerOnline() const {
  const bool online = Eventually(seconds(30), [this] {
    for (const auto& worker : Json({"worker", "list"})) {
      if (worker.value("state", "") == "WORKER_STATE_ONLINE") return true;
    }
    return false;
  });
  if (!online) throw std::runtime_error("the worker did not come online\n" + Logs());
}

std::optional<pid_t> Stack::Engine() const {
  for (const pid_t child : ChildrenOf(worker_->pid())) {
    const std::string command = ReadWhole(std::filesystem::path("/proc") / std::to_string(child) / "cmdline");
    if (command.starts_with(options_.engine.string()) && Alive(child)) return child;
  }
  return std::nullopt;
}

Finished Stack::Client(const std::vector<std::string>& arguments, std::chrono::seconds limit) const {
  Command command = ProgramCommand("interneg", arguments, "client.log");
  command.environment["INTERNEG_SERVER"] = server_address_;
  command.environment["INTERNEG_TOKEN_FILE"] = admin_token().string();
  return Run(std::move(command), folder_, limit);
}

nlohmann::json Stack::Json(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"-o", "json"});
  const Finished finished = Client(arguments);
  if (finished.exit_code != 0) {
    throw std::runtime_error("interneg " + arguments[0] + " ended with " + std::to_string(finished.exit_code) + "\n" +
                             finished.err);
  }
  return nlohmann::json::parse(finished.out);
}

std::string Stack::Tool(const std::string& program, const std::vector<std::string>& arguments) const {
  const Finished finished = Run(ProgramCommand(program, arguments, ""), folder_, seconds(120));
  if (finished.exit_code != 0) throw std::runtime_error(program + " failed\n" + finished.out + finished.err);
  return finished.out;
}

nlohmann::json Stack::Jobs() const { return Json({"job", "list"}); }

std::string Stack::Logs() const { return EndOf(folder_ / "server.log") + EndOf(folder_ / "worker.log"); }

void MakeShot(const Stack& stack, const std::filesystem::path& folder, const std::string& range, int width_px,
              int height_px) {
  const std::string clean = (folder / "clean").string();
  stack.Tool("interneg-engine", {"simulate", "scene", "--output-dir", clean, "--range", range, "--size",
                                 std::to_string(width_px) + "x" + std::to_string(height_px)});
  stack.Tool("interneg-engine", {"simulate", "fade", "--input", clean + "/f.%04d.png", "--range", range,
                                 "--output-dir", folder.string(), "--retention", "moderate", "--seed", "1"});
}

}  // namespace interneg::e2e
