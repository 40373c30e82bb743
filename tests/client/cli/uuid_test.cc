#include "client/cli/uuid.h"

#include <gtest/gtest.h>

#include "client/cli/digest.h"

namespace interneg::cli {
namespace {

TEST(Uuid, RandomOnesDifferAndAreValid) {
  EXPECT_TRUE(IsUuid(RandomUuid()));
  EXPECT_NE(RandomUuid(), RandomUuid());
  EXPECT_EQ(RandomUuid()[14], '4');
}

TEST(Uuid, DerivedOnesAreTheSameForTheSamePart) {
  const std::string id = "0b6d5a4e-7a56-4f0a-9a4b-1d7f4f6f3a11";
  EXPECT_TRUE(IsUuid(DerivedUuid(id, "train")));
  EXPECT_EQ(DerivedUuid(id, "train"), DerivedUuid(id, "train"));
  EXPECT_NE(DerivedUuid(id, "train"), DerivedUuid(id, "render"));
}

TEST(Uuid, OtherTextIsNone) {
  for (const char* text : {"", "1234", "0b6d5a4e-7a56-4f0a-9a4b-1d7f4f6f3a1g", "0b6d5a4e07a56-4f0a-9a4b-1d7f4f6f3a11"})
    EXPECT_FALSE(IsUuid(text)) << text;
}

TEST(Digest, IsSha256) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace interneg::cli
