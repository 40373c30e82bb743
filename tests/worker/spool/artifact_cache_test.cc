#include "worker/spool/artifact_cache.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/spool/sha256.h"

namespace interneg::spool {
namespace {

class Caching : public ::testing::Test {
 protected:
  Caching() {
    std::string pattern = (std::filesystem::temp_directory_path() / "interneg-cache-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    auto cache = ArtifactCache::Open(storage_, (folder_ / "cache").string(), 1000);
    EXPECT_TRUE(cache.ok()) << cache.status();
    cache_ = std::move(*cache);
  }
  ~Caching() override {
    cache_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string Put(const std::string& bytes) {
    const std::string sha256 = Sha256Hex(bytes);
    auto incoming = cache_->Receive(sha256);
    EXPECT_TRUE(incoming.ok());
    EXPECT_TRUE((*incoming)->Append(bytes).ok());
    EXPECT_TRUE((*incoming)->Finish().ok());
    return sha256;
  }
  bool Has(const std::string& sha256) {
    const auto linked = cache_->LinkTo(sha256, Target());
    EXPECT_TRUE(linked.ok()) << linked.status();
    return *linked;
  }
  std::string Target() const { return (folder_ / "linked").string(); }

  std::filesystem::path folder_;
  DiskStorage storage_;
  std::unique_ptr<ArtifactCache> cache_;
};

TEST(Sha256, HasTheStandardsValues) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(Caching, WhatWasReceivedIsLinked) {
  const std::string sha256 = Put("weights");
  EXPECT_TRUE(Has(sha256));
  EXPECT_EQ(*Sha256HexOfFile(Target()), sha256);
  EXPECT_FALSE(Has(Sha256Hex("other")));
}

TEST_F(Caching, ABrokenTransferIsTakenUpWhereItEnded) {
  const std::string sha256 = Sha256Hex("weights");
  {
    auto incoming = cache_->Receive(sha256);
    ASSERT_TRUE((*incoming)->Append("weig").ok());
    EXPECT_TRUE(absl::IsAborted(cache_->Receive(sha256).status()));
  }
  auto incoming = cache_->Receive(sha256);
  ASSERT_TRUE(incoming.ok());
  EXPECT_EQ((*incoming)->offset(), 4U);
  ASSERT_TRUE((*incoming)->Append("hts").ok());
  EXPECT_TRUE((*incoming)->Finish().ok());
  EXPECT_TRUE(Has(sha256));
}

TEST_F(Caching, WrongBytesAreRefusedAndDropped) {
  const std::string sha256 = Sha256Hex("weights");
  {
    auto incoming = cache_->Receive(sha256);
    ASSERT_TRUE((*incoming)->Append("forged!").ok());
    EXPECT_TRUE(absl::IsDataLoss((*incoming)->Finish()));
  }
  EXPECT_FALSE(Has(sha256));
  EXPECT_EQ((*cache_->Receive(sha256))->offset(), 0U);
}

TEST_F(Caching, ACopyThatRottedIsDropped) {
  const std::string sha256 = Put("weights");
  std::ofstream(folder_ / "cache" / sha256) << "rotten!";
  EXPECT_FALSE(Has(sha256));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "cache" / sha256));
}

TEST_F(Caching, WhatWasUsedLongestAgoGoesFirst) {
  const std::string first = Put(std::string(400, 'a'));
  const std::string second = Put(std::string(400, 'b'));
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(2);
  std::filesystem::last_write_time(folder_ / "cache" / first, long_ago);
  std::filesystem::last_write_time(folder_ / "cache" / second, long_ago + std::chrono::hours(1));
  EXPECT_TRUE(Has(first));
  const std::string third = Put(std::string(400, 'c'));
  EXPECT_TRUE(Has(first));
  EXPECT_FALSE(Has(second));
  EXPECT_TRUE(Has(third));
  EXPECT_LE(cache_->size_bytes(), 1000U);
}

TEST_F(Caching, HashesThatAreNoneAreRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(cache_->Receive("../../etc/passwd").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(cache_->LinkTo("../x", Target()).status()));
}

}  // namespace
}  // namespace interneg::spool
