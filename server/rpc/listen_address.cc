#include "server/rpc/listen_address.h"

#include <charconv>

#include <fmt/format.h>

namespace interneg::rpc {

bool ListenAddress::local() const {
  return family == Family::kUnix || host == "localhost" || host == "::1" || host.starts_with("127.");
}

absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& option, const std::string& text) {
  const auto wrong = [&] {
    return absl::InvalidArgumentError(fmt::format(
        "{}: \"{}\" is no address; write for example 127.0.0.1:7600, [::1]:7600 or unix:/path", option, text));
  };
  if (text.starts_with("unix:")) {
    if (text.size() == 5) return wrong();
    return ListenAddress{text.substr(5), 0, ListenAddress::Family::kUnix};
  }
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return wrong();
  ListenAddress address{text.substr(0, colon), 0, ListenAddress::Family::kTcp};
  if (address.host.front() == '[') {
    if (address.host.back() != ']') return wrong();
    address.host = address.host.substr(1, address.host.size() - 2);
  } else if (address.host.find(':') != std::string::npos) {
    return wrong();
  }
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (error != std::errc() || parsed != end || address.port < 0 || address.port > 65535) return wrong();
  return address;
}

}  // namespace interneg::rpc
