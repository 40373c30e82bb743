#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <sstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/cli/commands/command_table.h"
#include "client/cli/credentials.h"

namespace interneg::commands {
namespace {

// A secret typed at a terminal is not to stay on the screen.
class EchoOff {
 public:
  EchoOff() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~EchoOff() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

// One line of the terminal. Ctrl-C ends the wait, so that the terminal gets its echo back before the process ends.
absl::StatusOr<std::string> ReadSilently(cli::Interruption& interruption) {
  int wake[2];
  if (pipe(wake) != 0) return absl::InternalError(fmt::format("the terminal cannot be read: {}", std::strerror(errno)));
  std::string line;
  {
    const cli::Interruption::Listener listener(interruption, [&] {
      const ssize_t written = write(wake[1], "x", 1);
      static_cast<void>(written);
    });
    const EchoOff silence;
    while (line.find('\n') == std::string::npos) {
      pollfd waits[] = {{STDIN_FILENO, POLLIN, 0}, {wake[0], POLLIN, 0}};
      if (poll(waits, 2, -1) < 0 && errno != EINTR) break;
      if (waits[1].revents != 0) break;
      std::array<char, 512> part{};
      const ssize_t count = read(STDIN_FILENO, part.data(), part.size());
      if (count <= 0) break;
      line.append(part.data(), static_cast<std::size_t>(count));
    }
  }
  close(wake[0]);
  close(wake[1]);
  if (interruption.requested()) return absl::CancelledError("");
  return line;
}

absl::StatusOr<std::string> AskForToken(Context& context) {
  const cli::Environment& environment = context.environment();
  if (environment.in_is_terminal && context.options().no_input)
    return absl::InvalidArgumentError("--token-file: name the token's file; --no-input forbids asking");
  std::string token;
  if (environment.in_is_terminal) {
    context.error() << "Token: " << std::flush;
    const auto line = ReadSilently(context.interruption());
    context.error() << '\n';
    if (!line.ok()) return line.status();
    std::istringstream(*line) >> token;
  } else {
    *environment.in >> token;
  }
  if (token.empty())
    return absl::InvalidArgumentError("no token was given; name its file with --token-file, or pipe it in");
  return token;
}

absl::StatusOr<ExitCode> Login(Context& context) {
  const std::filesystem::path folder = context.environment().ConfigFolder();
  if (folder.empty())
    return absl::InternalError("neither XDG_CONFIG_HOME nor HOME is set: there is no place to keep the login");
  cli::Settings settings = context.settings();
  if (context.options().dry_run) {
    // The token is neither asked for nor shown.
    const cli::Json document = {
        {"server", settings.server}, {"caFile", settings.ca_file}, {"writes", (folder / "login.toml").string()}};
    context.out() << document.dump(2) << '\n';
    return ExitCode::kOk;
  }
  if (context.options().settings.token_file.empty()) {
    auto token = AskForToken(context);
    if (!token.ok()) return token.status();
    settings.token = std::move(*token);
    settings.token_origin = "the one just given";
  }
  const auto token = cli::ReadToken(settings);
  if (!token.ok()) return token.status();
  const auto connection =
      cli::Connection::Open(settings, context.interruption(), context.options().quiet ? nullptr : &context.error());
  if (!connection.ok()) return connection.status();
  const auto identity = (*connection)->Call(&v1::TokenService::Stub::GetIdentity, v1::GetIdentityRequest());
  if (!identity.ok()) return identity.status();
  if (const absl::Status status = cli::StoreLogin(folder, settings.server, *token, settings.ca_file); !status.ok())
    return status;
  const cli::Json document = {{"server", settings.server}, {"principal", identity->principal()}};
  cli::PrintRecord(
      {{{"server"}, {"principal"}}, {{{settings.server, identity->principal()}, identity->principal(), document}}},
      context.style(), context.out());
  return ExitCode::kOk;
}

}  // namespace

void AddLoginCommand(CommandTable& table) {
  table.Verb(table.root(), "login",
             "Keep a server and a token (from --token-file, a pipe, or asked for) for later commands", Login,
             {.dry_run = true});
}

}  // namespace interneg::commands
