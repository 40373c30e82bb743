#include "worker/engine/training/own_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <memory>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interneg::training {
namespace {

GroupPlace At(const std::string& host) {
  GroupPlace place;
  place.ranks = 2;
  place.host = host;
  place.port = 29500;
  return place;
}

// Of the cards that are up, without loopback.
std::set<std::string> AddressesOfThisMachine() {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> held(all, &::freeifaddrs);
  std::set<std::string> found;
  for (const ifaddrs* at = all; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
    if ((at->ifa_flags & IFF_UP) == 0 || (at->ifa_flags & IFF_LOOPBACK) != 0) continue;
    char text[INET_ADDRSTRLEN];
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr, text, sizeof(text));
    found.insert(text);
  }
  return found;
}

TEST(OwnAddress, OfAGroupOnOneMachineIsLoopback) {
  EXPECT_EQ(OwnAddressTowards(At("127.0.0.1")), "127.0.0.1");
}

// A fresh Debian has "127.0.1.1 render01" in /etc/hosts, so that this is what the leader's own name means to itself.
TEST(OwnAddress, OfTheLeaderByItsNameIsOneThatOthersReach) {
  const auto cards = AddressesOfThisMachine();
  if (cards.empty()) GTEST_SKIP() << "this machine has no network";
  EXPECT_THAT(cards, testing::Contains(OwnAddressTowards(At("127.0.1.1"))));
}

TEST(OwnAddress, TowardsAnotherMachineIsTheCardsOnTheWay) {
  const auto cards = AddressesOfThisMachine();
  if (cards.empty()) GTEST_SKIP() << "this machine has no network";
  for (const auto& card : cards) EXPECT_EQ(OwnAddressTowards(At(card)), card);
}

TEST(OwnAddress, OfAPlaceThatIsNoneIsRefusedByName) {
  EXPECT_THAT([] { OwnAddressTowards(At("render01.invalid")); },
              testing::ThrowsMessage<ProcessLost>(testing::HasSubstr("render01.invalid:29500 cannot be found")));
}

}  // namespace
}  // namespace interneg::training
