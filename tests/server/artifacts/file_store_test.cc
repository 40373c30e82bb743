#include "server/artifacts/file_store.h"

#include <fstream>

#include <gmock/gmock.h>

#include "tests/server/artifacts/store_fixture.h"

namespace interneg::artifacts {
namespace {

using testing::HasSubstr;
using FileStoreTest = StoreFixture;

TEST_F(FileStoreTest, TheFirstMarkerStays) {
  EXPECT_EQ(*files_->Marker("first"), "first");
  Reopen(DiskCalls::Real());
  EXPECT_EQ(*files_->Marker("second"), "first");
}

TEST_F(FileStoreTest, NamesThatAreNoHashOrIdNeverBecomeAPath) {
  EXPECT_TRUE(absl::IsInvalidArgument(files_->OpenPartial("../../etc/passwd").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(files_->OpenWhole("../" + std::string(61, 'a')).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(files_->Remove("%2e%2e")));
}

TEST_F(FileStoreTest, ReadsByOffsetAndRefusesOnesBeyondTheEnd) {
  const std::string bytes = "0123456789";
  const auto begun = Begin("p", Describe(bytes));
  ASSERT_TRUE(Send(begun->upload_id, 0, bytes)->complete);
  const auto whole = files_->OpenWhole(Sha256Hex(bytes));
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(*whole->Read(0, 4), "0123");
  EXPECT_EQ(*whole->Read(8, 100), "89");
  EXPECT_EQ(*whole->Read(10, 1), "");
  EXPECT_TRUE(absl::IsOutOfRange(whole->Read(11, 1).status()));
}

TEST_F(FileStoreTest, AFileLiesTwoFoldersDeepAndItsOwnersAlone) {
  const std::string bytes = "x";
  const std::string sha256 = Sha256Hex(bytes);
  ASSERT_TRUE(Send(Begin("p", Describe(bytes))->upload_id, 0, bytes)->complete);
  const auto path = std::filesystem::path(folder_) / "files" / sha256.substr(0, 2) / sha256.substr(2, 2) / sha256;
  ASSERT_TRUE(std::filesystem::exists(path));
  // Writable still: until the partial's name is gone it is the same file, which an interrupted commit opens again.
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_TRUE(std::filesystem::is_empty(std::filesystem::path(folder_) / "partial"));
}

TEST_F(FileStoreTest, AMissingFileIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(files_->OpenWhole(Sha256Hex("never sent")).status()));
}

}  // namespace
}  // namespace interneg::artifacts
