#include "server/local_credentials.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "server/artifacts/digest.h"
#include "server/small_file.h"

namespace interneg::server {
namespace {

constexpr std::chrono::hours kLife{24 * 365};

absl::StatusOr<std::string> FindOrMakeSecret(const std::string& path, scheduling::Entropy& entropy) {
  auto text = ReadSecretFile(path);
  if (text.ok()) {
    while (!text->empty() && (text->back() == '\n' || text->back() == ' ')) text->pop_back();
    if (text->empty()) return absl::FailedPreconditionError(path + ": is empty; remove it to get a new token");
    return text;
  }
  if (!absl::IsNotFound(text.status())) return text;
  const std::string secret = scheduling::NewSecret(entropy);
  if (auto written = WriteSmallFile(path, secret + "\n"); !written.ok()) return written;
  return secret;
}

absl::Status EnsureOne(const std::string& path, const std::string& principal, scheduling::Role role,
                       scheduling::TokenBook& tokens, const scheduling::Clock& clock, scheduling::Entropy& entropy) {
  auto secret = FindOrMakeSecret(path, entropy);
  if (!secret.ok()) return secret.status();
  const auto now = clock.Now();
  const auto token = tokens.Ensure({"interneg-server"}, {scheduling::NewId(now, entropy), artifacts::Sha256Hex(*secret),
                                                         principal, role, "", now + kLife});
  if (!absl::IsFailedPrecondition(token.status())) return token.status();
  return absl::FailedPreconditionError(
      fmt::format("{}: {}; remove the file to get a new token", path, std::string(token.status().message())));
}

}  // namespace

absl::Status EnsureLocalCredentials(const std::string& folder, scheduling::TokenBook& tokens,
                                    const scheduling::Clock& clock, scheduling::Entropy& entropy) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::FailedPreconditionError(
        fmt::format("--credentials-dir: cannot make {}: {}", folder, std::strerror(errno)));
  }
  if (auto s = EnsureOne(folder + "/admin.token", "local-admin", scheduling::Role::kAdmin, tokens, clock, entropy);
      !s.ok()) {
    return s;
  }
  return EnsureOne(folder + "/worker.token", "local-worker", scheduling::Role::kWorker, tokens, clock, entropy);
}

}  // namespace interneg::server
