#include "worker/engine/training/group_place.h"

#include <charconv>

namespace interneg::training {

void CheckPlace(const GroupPlace& place) {
  if (place.ranks < 2) {
    throw std::invalid_argument("a group of " + std::to_string(place.ranks) +
                                " processes is none; give two or more, or train without a group");
  }
  if (place.rank < 0 || place.rank >= place.ranks) {
    throw std::invalid_argument("rank " + std::to_string(place.rank) + " is none of " + std::to_string(place.ranks) +
                                " processes; give 0 to " + std::to_string(place.ranks - 1));
  }
  if (place.host.empty() || place.port == 0) {
    throw std::invalid_argument("the group has no place to meet; give HOST:PORT of the process of rank 0");
  }
  if (place.patience.count() <= 0) throw std::invalid_argument("the group's patience must be a second or more");
}

void RequireShares(int batch, const GroupPlace& place) {
  if (batch >= place.ranks) return;
  throw std::invalid_argument("a batch of " + std::to_string(batch) + " cannot be shared by " +
                              std::to_string(place.ranks) + " processes; give a larger batch or fewer processes");
}

void ParseMeeting(const std::string& text, GroupPlace& place) {
  const auto refuse = [&] {
    throw std::invalid_argument("'" + text + "' is no place to meet; give HOST:PORT of the process of rank 0");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) refuse();
  std::string host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    refuse();
  }
  int port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || stop != end || port < 1 || port > 65535 || host.empty()) refuse();
  place.host = host;
  place.port = static_cast<std::uint16_t>(port);
}

BatchShare ShareOf(int batch, int rank, int ranks) {
  const int first = batch * rank / ranks;
  return {first, batch * (rank + 1) / ranks - first};
}

}  // namespace interneg::training
