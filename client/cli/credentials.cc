#include "client/cli/credentials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

namespace interneg::cli {
namespace {

absl::Status NoToken(const Settings& settings, const std::string& what) {
  return absl::UnauthenticatedError(fmt::format(
      "{}; log in with `interneg login --server {}`, name a file with --token-file, or start the local stack "
      "with deploy/local/up",
      what, settings.server));
}

bool IsPlain(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '"' || c == '\\'; });
}

}  // namespace

absl::StatusOr<std::string> ReadToken(const Settings& settings) {
  if (!settings.token.empty()) return settings.token;
  if (settings.token_file.empty())
    return NoToken(settings, fmt::format("there is no token for the server {}", settings.server));
  struct stat facts {};
  if (stat(settings.token_file.c_str(), &facts) != 0) {
    return NoToken(settings, fmt::format("the token file {} (from {}) cannot be read: {}", settings.token_file,
                                         settings.token_origin, std::strerror(errno)));
  }
  if ((facts.st_mode & 077) != 0) {
    return absl::UnauthenticatedError(fmt::format("the token file {} may be read by others; run `chmod 600 {}`",
                                                  settings.token_file, settings.token_file));
  }
  std::ifstream file(settings.token_file);
  std::string token;
  if (!file || !(file >> token))
    return NoToken(settings, fmt::format("the token file {} is empty or may not be read", settings.token_file));
  return token;
}

absl::Status StoreLogin(const std::filesystem::path& config_folder, const std::string& server, const std::string& token,
                        const std::string& ca_file) {
  if (!IsPlain(server) || !IsPlain(token) || !IsPlain(ca_file))
    return absl::InvalidArgumentError("server and token may hold no quotes, backslashes or control characters");
  const auto failed = [&](const std::string& what) {
    return absl::InternalError(fmt::format("{}: cannot {}: {}", config_folder.string(), what, std::strerror(errno)));
  };
  std::error_code error;
  std::filesystem::create_directories(config_folder.parent_path(), error);
  if (mkdir(config_folder.c_str(), 0700) != 0 && errno != EEXIST) return failed("be made");
  const std::string target = (config_folder / "login.toml").string();
  std::string temporary = target + ".XXXXXX";
  const int file = mkstemp(temporary.data());  // mode 0600
  if (file < 0) return failed("be written");
  std::string text = fmt::format("# Written by `interneg login`.\nserver = \"{}\"\ntoken = \"{}\"\n", server, token);
  if (!ca_file.empty()) text += fmt::format("ca_file = \"{}\"\n", ca_file);
  const bool whole = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  close(file);
  if (!whole || rename(temporary.c_str(), target.c_str()) != 0) {
    const absl::Status status = failed("be written");
    unlink(temporary.c_str());
    return status;
  }
  return absl::OkStatus();
}

}  // namespace interneg::cli
