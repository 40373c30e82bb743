#include "server/artifacts/uploads.h"

#include <unistd.h>

#include <cerrno>
#include <thread>

#include <gmock/gmock.h>

#include "tests/server/artifacts/store_fixture.h"

namespace interneg::artifacts {
namespace {

using testing::HasSubstr;
using UploadsTest = StoreFixture;

TEST_F(UploadsTest, GoesOnWhereItBroke) {
  const std::string bytes(100'000, 'a');
  const Description description = Describe(bytes);
  const auto begun = Begin("p", description);
  ASSERT_EQ(begun->offset, 0U);
  EXPECT_EQ(Send(begun->upload_id, 0, bytes.substr(0, 60'000))->offset, 60'000U);

  Reopen(DiskCalls::Real());
  const auto again = Begin("p", description);
  EXPECT_EQ(again->upload_id, begun->upload_id);
  EXPECT_EQ(again->offset, 60'000U);
  EXPECT_TRUE(Send(again->upload_id, 60'000, bytes.substr(60'000))->complete);
  EXPECT_EQ(files_->OpenWhole(description.sha256)->Read(0, bytes.size()).value(), bytes);
}

TEST_F(UploadsTest, AWrongHashDiscardsTheUpload) {
  Description description = Describe("right");
  const auto begun = Begin("p", description);
  const absl::Status status = Send(begun->upload_id, 0, "wrong").status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_TRUE(absl::IsNotFound(Send(begun->upload_id, 0, "right").status()));
  EXPECT_TRUE(absl::IsNotFound(files_->OpenWhole(description.sha256).status()));
  const auto again = Begin("p", description);
  EXPECT_EQ(again->offset, 0U);
  EXPECT_TRUE(Send(again->upload_id, 0, "right")->complete);
}

TEST_F(UploadsTest, AnOffsetThatIsNotTheServersIsRefused) {
  const auto begun = Begin("p", Describe("0123456789"));
  EXPECT_TRUE(absl::IsOutOfRange(Send(begun->upload_id, 3, "345").status()));
}

TEST_F(UploadsTest, MoreThanAnnouncedIsRefused) {
  const auto begun = Begin("p", Describe("0123"));
  EXPECT_TRUE(absl::IsOutOfRange(Send(begun->upload_id, 0, "01234").status()));
}

TEST_F(UploadsTest, OversizedFilesAndMessagesAreRefused) {
  Description description = Describe("x");
  description.size_bytes = (1 << 20) + 1;
  EXPECT_TRUE(absl::IsInvalidArgument(Begin("p", description).status()));
  const std::string bytes((1 << 16) + 1, 'b');
  const auto begun = Begin("p", Describe(bytes));
  EXPECT_TRUE(absl::IsInvalidArgument(Send(begun->upload_id, 0, bytes).status()));
}

TEST_F(UploadsTest, ASecondStreamOfOneUploadIsTurnedAway) {
  const auto begun = Begin("p", Describe("0123"));
  auto first = uploads_->Open("ann", begun->upload_id);
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(absl::IsAborted(uploads_->Open("ann", begun->upload_id).status()));
}

TEST_F(UploadsTest, AnotherPrincipalsUploadIsNotFound) {
  const auto begun = Begin("p", Describe("0123"));
  EXPECT_TRUE(absl::IsNotFound(uploads_->Open("bob", begun->upload_id).status()));
}

// Nothing must tell a project that another one holds the same bytes.
TEST_F(UploadsTest, AnotherProjectSendsTheSameBytesAgain) {
  const std::string bytes = "shared";
  ASSERT_TRUE(Send(Begin("p", Describe(bytes))->upload_id, 0, bytes)->complete);
  EXPECT_TRUE(Begin("p", Describe(bytes))->complete);
  const auto other = Begin("q", Describe(bytes));
  EXPECT_FALSE(other->complete);
  EXPECT_EQ(other->offset, 0U);
  EXPECT_TRUE(Send(other->upload_id, 0, bytes)->complete);
}

TEST_F(UploadsTest, UploadsOfOneHashAtOnceAllEndWhole) {
  const std::string bytes(50'000, 'c');
  std::vector<std::thread> senders;
  std::atomic<int> whole{0};
  for (int i = 0; i < 4; ++i) {
    senders.emplace_back([this, i, &bytes, &whole] {
      const auto begun = Begin("project" + std::to_string(i), Describe(bytes));
      if (Send(begun->upload_id, 0, bytes)->complete) ++whole;
    });
  }
  for (auto& sender : senders) sender.join();
  EXPECT_EQ(whole, 4);
  EXPECT_EQ(files_->OpenWhole(Sha256Hex(bytes))->Read(0, bytes.size()).value(), bytes);
}

TEST_F(UploadsTest, AFullDiskSaysSoAndKeepsWhatArrived) {
  const std::string bytes = "0123456789";
  auto room = std::make_shared<std::size_t>(4);
  DiskCalls calls = DiskCalls::Real();
  calls.write = [room](int file, const void* data, std::size_t size) -> ssize_t {
    if (*room == 0) {
      errno = ENOSPC;
      return -1;
    }
    const std::size_t fits = std::min(size, *room);
    *room -= fits;
    return ::write(file, data, fits);
  };
  Reopen(calls);
  const auto begun = Begin("p", Describe(bytes));
  const absl::Status full = Send(begun->upload_id, 0, bytes).status();
  EXPECT_TRUE(absl::IsResourceExhausted(full)) << full;
  EXPECT_THAT(std::string(full.message()), HasSubstr("free space"));

  *room = 100;
  const auto again = Begin("p", Describe(bytes));
  EXPECT_EQ(again->offset, 4U);
  EXPECT_TRUE(Send(again->upload_id, 4, bytes.substr(4))->complete);
}

TEST_F(UploadsTest, AFailedSyncIsNoSuccess) {
  DiskCalls calls = DiskCalls::Real();
  Reopen(calls);
  const auto begun = Begin("p", Describe("0123"));
  calls.sync = [](int) {
    errno = EIO;
    return -1;
  };
  Reopen(calls);
  EXPECT_TRUE(absl::IsDataLoss(Send(begun->upload_id, 0, "0123").status()));
  EXPECT_TRUE(absl::IsNotFound(files_->OpenWhole(Sha256Hex("0123")).status()));
}

// The server dies, or the database goes, between the link and the row: the next Begin finishes by itself.
TEST_F(UploadsTest, AMissedCommitIsMadeUpByTheNextBegin) {
  const std::string bytes = "0123";
  const auto begun = Begin("p", Describe(bytes));
  catalog_.FailNextCommit();
  EXPECT_TRUE(absl::IsUnavailable(Send(begun->upload_id, 0, bytes).status()));
  const auto again = Begin("p", Describe(bytes));
  EXPECT_TRUE(again->complete);
  EXPECT_TRUE(catalog_.FindReadable(Sha256Hex(bytes), ReadsProjects{{"p"}}).ok());
}

TEST_F(UploadsTest, BadDescriptionsNameTheField) {
  Description description = Describe("x");
  description.sha256 = "ABC";
  EXPECT_THAT(std::string(Begin("p", description).status().message()), HasSubstr("sha256"));
  description = Describe("x");
  description.kind = "Check point";
  EXPECT_THAT(std::string(Begin("p", description).status().message()), HasSubstr("kind"));
  description = Describe("x");
  description.size_bytes = 0;
  EXPECT_THAT(std::string(Begin("p", description).status().message()), HasSubstr("size_bytes"));
}

}  // namespace
}  // namespace interneg::artifacts
