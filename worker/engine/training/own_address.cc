#include "worker/engine/training/own_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace interneg::training {
namespace {

std::string TextOf(const sockaddr& address, socklen_t length) {
  char text[NI_MAXHOST];
  if (::getnameinfo(&address, length, text, sizeof(text), nullptr, 0, NI_NUMERICHOST) != 0) return {};
  return text;
}

bool IsLoopback(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("::ffff:127.") || address == "::1";
}

// The end of a socket that is routed there and sends nothing; empty where no way leads there.
std::string NearEndTowards(const sockaddr& there, socklen_t length) {
  const int socket = ::socket(there.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return {};
  sockaddr_storage own{};
  auto* const near = reinterpret_cast<sockaddr*>(&own);
  socklen_t near_length = sizeof(own);
  const bool routed = ::connect(socket, &there, length) == 0 && ::getsockname(socket, near, &near_length) == 0;
  ::close(socket);
  return routed ? TextOf(*near, near_length) : std::string();
}

// Towards an address that documentation has for itself (RFC 5737, RFC 3849), as to any that is not of a network of
// ours.
std::string NearEndOfDefaultRoute() {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(9);
  ::inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
  if (auto near = NearEndTowards(reinterpret_cast<const sockaddr&>(v4), sizeof(v4)); !near.empty()) return near;
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(9);
  ::inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr);
  return NearEndTowards(reinterpret_cast<const sockaddr&>(v6), sizeof(v6));
}

// Of the cards that are up, IPv4.
std::vector<std::string> AddressesOfCards() {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> held(all, &::freeifaddrs);
  std::vector<std::string> found;
  for (const ifaddrs* at = all; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
    if ((at->ifa_flags & IFF_UP) == 0 || (at->ifa_flags & IFF_LOOPBACK) != 0) continue;
    if (auto text = TextOf(*at->ifa_addr, sizeof(sockaddr_in)); !text.empty()) found.push_back(std::move(text));
  }
  return found;
}

std::string AddressForOthers(const GroupPlace& place, const std::string& loopback) {
  if (auto outward = NearEndOfDefaultRoute(); !outward.empty() && !IsLoopback(outward)) return outward;
  const auto cards = AddressesOfCards();
  if (cards.size() == 1) return cards.front();
  if (cards.empty()) return loopback;  // no other machine can be meant
  throw std::invalid_argument("the group's meeting place " + place.host + " is " + loopback +
                              " on this machine, which no other one reaches; give its network address in place of its "
                              "name, or correct /etc/hosts, or give 127.0.0.1 where all processes run on this machine");
}

}  // namespace

std::string OwnAddressTowards(const GroupPlace& place) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(place.port);
  if (const int error = ::getaddrinfo(place.host.c_str(), port.c_str(), &hints, &found); error != 0) {
    throw ProcessLost("the group's meeting place " + place.host + ":" + port +
                      " cannot be found: " + ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> held(found, &::freeaddrinfo);
  const bool alone = place.host == "localhost" || place.host == "127.0.0.1" || place.host == "::1";
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    const auto near = NearEndTowards(*at->ai_addr, at->ai_addrlen);
    if (near.empty()) continue;
    return alone || !IsLoopback(near) ? near : AddressForOthers(place, near);
  }
  throw ProcessLost("no way leads from here to the group's meeting place " + place.host + ":" + port);
}

}  // namespace interneg::training
