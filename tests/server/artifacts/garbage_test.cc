#include "server/artifacts/garbage.h"

#include "tests/server/artifacts/store_fixture.h"

namespace interneg::artifacts {
namespace {

using std::chrono::hours;
using GarbageTest = StoreFixture;

constexpr GraceTimes kGrace{hours(24), hours(24)};

TEST_F(GarbageTest, UnreferencedFilesGoAfterTheirGraceTime) {
  const std::string bytes = "0123";
  ASSERT_TRUE(Send(Begin("p", Describe(bytes))->upload_id, 0, bytes)->complete);
  catalog_.DropReferences(Sha256Hex(bytes));
  EXPECT_EQ(CollectGarbage(catalog_, *files_, kGrace, Time() + hours(23))->files, 0);
  EXPECT_TRUE(files_->OpenWhole(Sha256Hex(bytes)).ok());
  EXPECT_EQ(CollectGarbage(catalog_, *files_, kGrace, Time() + hours(25))->files, 1);
  EXPECT_TRUE(absl::IsNotFound(files_->OpenWhole(Sha256Hex(bytes)).status()));
}

TEST_F(GarbageTest, ReferencedFilesStay) {
  const std::string bytes = "0123";
  ASSERT_TRUE(Send(Begin("p", Describe(bytes))->upload_id, 0, bytes)->complete);
  EXPECT_EQ(CollectGarbage(catalog_, *files_, kGrace, Time() + hours(1000))->files, 0);
  EXPECT_TRUE(files_->OpenWhole(Sha256Hex(bytes)).ok());
}

TEST_F(GarbageTest, UploadsThatAreGivenUpGoAndHeldOnesStay) {
  const auto given_up = Begin("p", Describe("0123"));
  ASSERT_TRUE(Send(given_up->upload_id, 0, "01").ok());
  const auto held = Begin("p", Describe("4567"));
  auto stream = uploads_->Open("ann", held->upload_id);
  ASSERT_TRUE(stream.ok());
  EXPECT_EQ(CollectGarbage(catalog_, *files_, kGrace, Time() + hours(25))->uploads, 1);
  EXPECT_TRUE(absl::IsNotFound(catalog_.FindUpload(given_up->upload_id).status()));
  EXPECT_EQ(*files_->PartialSize(given_up->upload_id), 0U);
  EXPECT_TRUE(catalog_.FindUpload(held->upload_id).ok());
}

TEST_F(GarbageTest, PartialFilesWithoutARowGo) {
  const auto begun = Begin("p", Describe("0123"));
  ASSERT_TRUE(Send(begun->upload_id, 0, "01").ok());
  ASSERT_TRUE(catalog_.DiscardUpload(begun->upload_id).ok());
  const Time later = std::chrono::system_clock::now() + hours(25);
  EXPECT_EQ(CollectGarbage(catalog_, *files_, kGrace, later)->leftovers, 1);
  EXPECT_EQ(*files_->PartialSize(begun->upload_id), 0U);
}

}  // namespace
}  // namespace interneg::artifacts
