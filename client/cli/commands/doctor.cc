#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/calls.h"
#include "client/cli/commands/command_table.h"
#include "client/cli/commands/version.h"
#include "client/cli/credentials.h"
#include "client/cli/job_words.h"

namespace interneg::commands {
namespace {

struct Finding {
  std::string check;
  std::string state;  // "ok", "warning", "failed"
  std::string text;
  std::string remedy;
};

cli::Listing ToListing(const std::vector<Finding>& findings) {
  cli::Listing listing{{{"CHECK"}, {"STATE"}, {"FOUND", cli::Shown::kWhole}, {"REMEDY", cli::Shown::kBelow}}, {}};
  for (const Finding& f : findings) {
    listing.rows.push_back(
        {{f.check, f.state, f.text, f.remedy},
         f.check,
         cli::Json{{"check", f.check}, {"state", f.state}, {"found", f.text}, {"remedy", f.remedy}}});
  }
  return listing;
}

Finding FromStatus(const std::string& check, const absl::Status& status) {
  // The client's errors read `what is wrong; remedy`, where the former may quote somebody else's semicolons.
  const std::string message(status.message());
  const auto semicolon = message.rfind("; ");
  return {check, "failed", message.substr(0, semicolon),
          semicolon == std::string::npos ? std::string() : message.substr(semicolon + 2)};
}

Finding CheckWorker(const v1::Worker& worker) {
  Finding finding{"worker " + worker.name(), "ok", "", ""};
  finding.text = fmt::format("{}, version {}, {} device{}, {} running", cli::Word(worker.state()), worker.version(),
                             worker.devices_size(), worker.devices_size() == 1 ? "" : "s", worker.running_size());
  if (worker.state() == v1::WORKER_STATE_OFFLINE) {
    finding.state = "warning";
    finding.remedy = "start it: deploy/local/up, or systemctl start interneg-worker on " + worker.host();
  } else if (worker.state() == v1::WORKER_STATE_QUARANTINED) {
    finding.state = "warning";
    finding.remedy = fmt::format("read its log; then `interneg worker undrain {}`", worker.name());
  } else if (worker.state() == v1::WORKER_STATE_DRAINING) {
    finding.state = "warning";
    finding.remedy = fmt::format("`interneg worker undrain {}` gives it work again", worker.name());
  } else if (worker.version() != ClientVersion()) {
    finding.state = "warning";
    finding.remedy = fmt::format("this client is {}: install the same version everywhere", ClientVersion());
  }
  return finding;
}

void CheckWorkers(cli::Connection& connection, std::vector<Finding>& findings) {
  const auto workers = ListAll(connection, &v1::WorkerService::Stub::ListWorkers, v1::ListWorkersRequest(),
                               &v1::ListWorkersResponse::mutable_workers);
  if (!workers.ok()) {
    findings.push_back(FromStatus("workers", workers.status()));
    return;
  }
  int online = 0;
  for (const v1::Worker& worker : *workers) {
    findings.push_back(CheckWorker(worker));
    if (worker.state() == v1::WORKER_STATE_ONLINE) ++online;
  }
  if (online == 0) {
    findings.push_back({"workers", "failed", "no worker is online: jobs will wait",
                        "start one: deploy/local/up, or interneg-worker on a render node"});
  }
}

absl::StatusOr<ExitCode> Doctor(Context& context) {
  std::vector<Finding> findings;
  const cli::Settings& settings = context.settings();
  findings.push_back({"client", "ok", "interneg " + ClientVersion(), ""});
  const auto finish = [&](ExitCode code) {
    cli::PrintListing(ToListing(findings), context.style(), context.out());
    return code;
  };
  if (const auto token = cli::ReadToken(settings); !token.ok()) {
    findings.push_back(
        {"server", "warning", fmt::format("{} (from {}), not asked", settings.server, settings.server_origin), ""});
    findings.push_back(FromStatus("token", token.status()));
    return finish(ExitCode::kNotAllowed);
  }
  const auto connection = context.Connect();
  if (!connection.ok()) {
    findings.push_back(FromStatus("server", connection.status()));
    return finish(cli::ExitCodeOf(connection.status()));
  }
  const auto identity = (*connection)->Call(&v1::TokenService::Stub::GetIdentity, v1::GetIdentityRequest());
  if (!identity.ok()) {
    const bool refused = absl::IsUnauthenticated(identity.status()) || absl::IsPermissionDenied(identity.status());
    findings.push_back(FromStatus(refused ? "token" : "server", identity.status()));
    return finish(cli::ExitCodeOf(identity.status()));
  }
  findings.push_back({"server", "ok", fmt::format("{} (from {})", settings.server, settings.server_origin), ""});
  std::string roles;
  for (const v1::Token& role : identity->roles())
    roles += (roles.empty() ? "" : ", ") + cli::Word(role.role()) +
             (role.project_id().empty() ? "" : " of " + role.project_id());
  findings.push_back({"token", "ok", fmt::format("{} ({})", identity->principal(), roles), ""});
  CheckWorkers(**connection, findings);
  for (const Finding& finding : findings)
    if (finding.state == "failed") return finish(ExitCode::kUnavailable);
  return finish(ExitCode::kOk);
}

}  // namespace

void AddDoctorCommand(CommandTable& table) {
  table.Verb(table.root(), "doctor", "Check connection, token and workers, and say what to do", Doctor);
}

}  // namespace interneg::commands
