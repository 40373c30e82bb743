#include "server/scheduling/clock.h"

#include <set>

#include <gtest/gtest.h>

namespace interneg::scheduling {
namespace {

TEST(Id, IsAVersionSevenUuidOrderedByTime) {
  SeededEntropy entropy(7);
  const Instant early{std::chrono::milliseconds(1'700'000'000'000)};
  const std::string a = NewId(early, entropy);
  const std::string b = NewId(early + std::chrono::milliseconds(1), entropy);
  EXPECT_TRUE(IsUuid(a)) << a;
  EXPECT_EQ(a[14], '7');
  EXPECT_NE(std::string("89ab").find(a[19]), std::string::npos);
  EXPECT_LT(a, b);
  EXPECT_FALSE(IsUuid("'; DROP TABLE job; --"));
  EXPECT_FALSE(IsUuid(""));
}

TEST(Secret, HasTwoHundredFiftySixBitsAndDoesNotRepeat) {
  SystemEntropy entropy;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(NewSecret(entropy));
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_EQ(seen.begin()->size(), 64U);
}

}  // namespace
}  // namespace interneg::scheduling
