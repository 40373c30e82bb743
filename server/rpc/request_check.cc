#include "server/rpc/request_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/artifacts/digest.h"
#include "server/scheduling/clock.h"

namespace interneg::rpc {
namespace {

constexpr int kLargestPage = 1'000;
constexpr std::size_t kLongestName = 63;
// Digits of the hash that a page token begins with. It catches mistakes; there is nothing to keep secret.
constexpr std::size_t kMarkDigits = 8;

bool IsControl(unsigned char c) {
  return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
}

}  // namespace

absl::StatusOr<std::string> ReadRequestId(const std::string& request_id) {
  std::string id = request_id;
  std::transform(id.begin(), id.end(), id.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (scheduling::IsUuid(id)) return id;
  return absl::InvalidArgumentError(
      "request_id: a UUID of the caller's is expected; the same one again repeats the request safely");
}

absl::StatusOr<scheduling::Page> ReadPage(std::string_view list, int page_size, const std::string& page_token) {
  if (page_size < 0 || page_size > kLargestPage) {
    return absl::InvalidArgumentError(
        fmt::format("page_size: {} is given; 1–{} are expected, or 0 for 100", page_size, kLargestPage));
  }
  if (page_token.empty()) return scheduling::Page{page_size, ""};
  const std::string next = page_token.size() > kMarkDigits ? page_token.substr(kMarkDigits) : "";
  if (next.empty() || PageToken(list, next) != page_token) {
    return absl::InvalidArgumentError("page_token: is not one of this list's; begin again without it");
  }
  return scheduling::Page{page_size, next};
}

std::string PageToken(std::string_view list, const std::string& next) {
  if (next.empty()) return "";
  return artifacts::Sha256Hex(fmt::format("{}\n{}", list, next)).substr(0, kMarkDigits) + next;
}

absl::Status CheckText(std::string_view field, std::string_view text, std::size_t most) {
  if (text.size() > most) {
    return absl::InvalidArgumentError(fmt::format("{}: {} bytes; at most {} are taken", field, text.size(), most));
  }
  if (std::any_of(text.begin(), text.end(), IsControl)) {
    return absl::InvalidArgumentError(fmt::format("{}: holds a control character", field));
  }
  return absl::OkStatus();
}

absl::Status CheckName(std::string_view field, std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  if (!name.empty() && name.size() <= kLongestName && name.front() >= 'a' && name.front() <= 'z' &&
      std::all_of(name.begin(), name.end(), fits)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(fmt::format(
      "{}: \"{}\" is given; 1–63 of a–z, 0–9, '-' and '_', starting with a letter, are expected", field, name));
}

}  // namespace interneg::rpc
