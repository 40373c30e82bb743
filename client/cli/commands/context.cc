#include "client/cli/commands/context.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "client/cli/time_text.h"
#include "client/cli/uuid.h"

namespace interneg::commands {
namespace {

constexpr int kTerminalLimit = 100;

}  // namespace

absl::Status Context::Prepare() {
  auto settings = cli::ResolveSettings(options_.settings, environment_);
  if (!settings.ok()) return settings.status();
  settings_ = std::move(*settings);
  const auto format = cli::ParseFormat(settings_.output);
  if (!format.ok()) return format.status();
  style_.format = options_.parsable ? cli::Format::kName : *format;
  style_.medium = environment_.out_is_terminal ? cli::Medium::kTerminal : cli::Medium::kPipe;
  style_.columns = environment_.terminal_columns;
  const bool plain = !environment_.Get("NO_COLOR").empty() || environment_.Get("TERM") == "dumb";
  style_.colour = environment_.out_is_terminal && !plain ? cli::Colour::kOn : cli::Colour::kOff;
  if (!environment_.Get("INTERNEG_NO_INPUT").empty()) options_.no_input = true;
  return absl::OkStatus();
}

absl::StatusOr<cli::Connection*> Context::Connect() {
  if (connection_ == nullptr) {
    auto connection = cli::Connection::Open(settings_, interruption_, options_.quiet ? nullptr : environment_.error);
    if (!connection.ok()) return connection.status();
    connection_ = std::move(*connection);
    Note(fmt::format("server {} (from {})", settings_.server, settings_.server_origin), Weight::kVerbose);
  }
  return connection_.get();
}

absl::StatusOr<std::string> Context::Project(const std::string& option) const {
  if (!option.empty()) return option;
  if (!settings_.project.empty()) return settings_.project;
  return absl::InvalidArgumentError("--project: name the project, here, as INTERNEG_PROJECT or in .interneg.toml");
}

absl::StatusOr<std::string> Context::ProjectId(const std::string& option) {
  auto project = Project(option);
  if (!project.ok() || options_.dry_run || cli::IsUuid(*project)) return project;
  const auto connection = Connect();
  if (!connection.ok()) return connection.status();
  v1::GetProjectRequest request;
  request.set_project_id(*project);
  const auto found = (*connection)->Call(&v1::ProjectService::Stub::GetProject, request);
  if (absl::IsNotFound(found.status())) {
    return absl::NotFoundError(fmt::format(
        "--project: there is no project {0} that you may see; make it with `interneg project create {0}`", *project));
  }
  if (!found.ok()) return found.status();
  return found->project().project_id();
}

ExitCode Context::ShowRequest(const google::protobuf::Message& request) const {
  out() << cli::ToJson(request, cli::Defaults::kLeftOut).dump(2) << '\n';
  return ExitCode::kOk;
}

void Context::Note(const std::string& text, Weight weight) const {
  if (options_.quiet || (weight == Weight::kVerbose && !options_.verbose)) return;
  error() << text << '\n' << std::flush;
}

int Context::limit() const {
  if (options_.limit) return *options_.limit;
  return style_.medium == cli::Medium::kTerminal ? kTerminalLimit : 0;
}

void Context::NoteRest(Rest rest) const {
  if (rest == Rest::kMore && !options_.limit)
    Note(fmt::format("The first {} are shown; --limit 0 shows all.", limit()));
}

absl::Status Context::Flush() const {
  errno = 0;
  out() << std::flush;
  if (out()) return absl::OkStatus();
  return absl::InternalError(fmt::format("stdout: cannot be written{}{}; what was printed is not complete",
                                         errno == 0 ? "" : ": ", errno == 0 ? "" : std::strerror(errno)));
}

std::string Context::TimeText(const google::protobuf::Timestamp& time) const {
  return style_.medium == cli::Medium::kTerminal ? cli::RelativeTime(time, environment_.wall_clock())
                                                 : cli::ExactTime(time);
}

cli::DisplayMode Context::display_mode() const {
  if (options_.quiet) return cli::DisplayMode::kOff;
  return environment_.error_is_terminal && environment_.Get("TERM") != "dumb" ? cli::DisplayMode::kBar
                                                                              : cli::DisplayMode::kLines;
}

}  // namespace interneg::commands
