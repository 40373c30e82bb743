#include "server/artifacts/digest.h"

#include <gtest/gtest.h>

namespace interneg::artifacts {
namespace {

// FIPS 180-2, appendix B.1.
TEST(Digest, HasTheStandardsValue) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, GoesOnAfterItWasRead) {
  Digest digest;
  digest.Update("a");
  EXPECT_EQ(digest.Hex(), Sha256Hex("a"));
  digest.Update("bc");
  EXPECT_EQ(digest.Hex(), Sha256Hex("abc"));
}

TEST(Digest, OnlyLowerCaseHexOfTheRightLengthIsAHash) {
  EXPECT_TRUE(IsSha256Hex(Sha256Hex("")));
  EXPECT_FALSE(IsSha256Hex(std::string(63, 'a')));
  EXPECT_FALSE(IsSha256Hex(std::string(64, 'A')));
  EXPECT_FALSE(IsSha256Hex("../" + std::string(61, 'a')));
}

}  // namespace
}  // namespace interneg::artifacts
