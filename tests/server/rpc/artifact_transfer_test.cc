// Uploads and downloads over real gRPC.
#include <gmock/gmock.h>

#include "interneg/v1/artifact.grpc.pb.h"
#include "server/artifacts/digest.h"
#include "tests/server/rpc/live_server.h"

namespace interneg {
namespace {

using interneg::testing::Call;

class ArtifactTransfer : public interneg::testing::LiveServer {
 protected:
  void SetUp() override {
    LiveServer::SetUp();
    if (HasFatalFailure()) return;
    project_ = MakeProject("lab");
    ann_ = MakeToken("ann", v1::ROLE_ARTIST, project_).secret();
  }

  grpc::Status Begin(const std::string& token, const std::string& project_id, const std::string& bytes,
                     v1::BeginUploadResponse& response) {
    v1::BeginUploadRequest request;
    request.set_sha256(artifacts::Sha256Hex(bytes));
    request.set_size_bytes(bytes.size());
    request.set_kind("checkpoint");
    request.set_name("c.safetensors");
    request.set_project_id(project_id);
    Call call(token);
    return v1::ArtifactService::NewStub(channel())->BeginUpload(&call, request, &response);
  }

  // Sends `bytes` from `offset` in messages of `block` bytes.
  grpc::Status Send(const std::string& token, const std::string& upload_id, std::uint64_t offset,
                    const std::string& bytes, std::size_t block, v1::UploadResponse& response) {
    Call call(token);
    auto writer = v1::ArtifactService::NewStub(channel())->Upload(&call, &response);
    for (std::size_t at = 0; at < bytes.size(); at += block) {
      v1::UploadRequest request;
      request.set_upload_id(upload_id);
      request.set_offset(offset + at);
      request.set_data(bytes.substr(at, block));
      if (!writer->Write(request)) break;
    }
    writer->WritesDone();
    return writer->Finish();
  }

  grpc::Status Download(const std::string& token, const std::string& sha256, std::uint64_t offset, std::string& bytes) {
    Call call(token);
    v1::DownloadRequest request;
    request.set_sha256(sha256);
    request.set_offset(offset);
    auto reader = v1::ArtifactService::NewStub(channel())->Download(&call, request);
    v1::DownloadResponse response;
    while (reader->Read(&response)) bytes += response.data();
    return reader->Finish();
  }

  std::string project_, ann_;
};

TEST_F(ArtifactTransfer, GoesOnWhereItBrokeAlsoAfterARestart) {
  std::string bytes;
  for (unsigned i = 0; i < 700'000; ++i) bytes.push_back(static_cast<char>(i * 7919U >> 3));
  v1::BeginUploadResponse begun;
  ASSERT_TRUE(Begin(ann_, project_, bytes, begun).ok());
  v1::UploadResponse response;
  ASSERT_TRUE(Send(ann_, begun.upload_id(), 0, bytes.substr(0, 300'000), 100'000, response).ok());
  EXPECT_FALSE(response.complete());

  Restart();
  v1::BeginUploadResponse again;
  ASSERT_TRUE(Begin(ann_, project_, bytes, again).ok());
  EXPECT_EQ(again.upload_id(), begun.upload_id());
  EXPECT_EQ(again.offset(), 300'000U);
  ASSERT_TRUE(Send(ann_, again.upload_id(), 300'000, bytes.substr(300'000), 1 << 20, response).ok());
  EXPECT_TRUE(response.complete());

  std::string read;
  ASSERT_TRUE(Download(ann_, artifacts::Sha256Hex(bytes), 0, read).ok());
  EXPECT_EQ(read, bytes);
  read.clear();
  ASSERT_TRUE(Download(ann_, artifacts::Sha256Hex(bytes), 699'990, read).ok());
  EXPECT_EQ(read, bytes.substr(699'990));
  EXPECT_EQ(Download(ann_, artifacts::Sha256Hex(bytes), 700'001, read).error_code(), grpc::StatusCode::OUT_OF_RANGE);

  v1::BeginUploadResponse known;
  ASSERT_TRUE(Begin(ann_, project_, bytes, known).ok());
  EXPECT_TRUE(known.complete());
}

TEST_F(ArtifactTransfer, AWrongHashIsDataLoss) {
  v1::BeginUploadResponse begun;
  ASSERT_TRUE(Begin(ann_, project_, "right", begun).ok());
  v1::UploadResponse response;
  EXPECT_EQ(Send(ann_, begun.upload_id(), 0, "wrong", 5, response).error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(Send(ann_, begun.upload_id(), 0, "right", 5, response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ArtifactTransfer, OnlyWhoBeganItSends) {
  v1::BeginUploadResponse begun;
  ASSERT_TRUE(Begin(ann_, project_, "right", begun).ok());
  const std::string bob = MakeToken("bob", v1::ROLE_ARTIST, project_).secret();
  v1::UploadResponse response;
  EXPECT_EQ(Send(bob, begun.upload_id(), 0, "right", 5, response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ArtifactTransfer, AnotherProjectNeitherReadsNorLearnsOfIt) {
  const std::string bytes = "the bytes";
  v1::BeginUploadResponse begun;
  ASSERT_TRUE(Begin(ann_, project_, bytes, begun).ok());
  v1::UploadResponse response;
  ASSERT_TRUE(Send(ann_, begun.upload_id(), 0, bytes, 100, response).ok());

  const std::string other = MakeProject("other");
  const std::string eve = MakeToken("eve", v1::ROLE_ARTIST, other).secret();
  std::string read;
  EXPECT_EQ(Download(eve, artifacts::Sha256Hex(bytes), 0, read).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Download(worker_token(), artifacts::Sha256Hex(bytes), 0, read).error_code(), grpc::StatusCode::NOT_FOUND);
  v1::BeginUploadResponse theirs;
  ASSERT_TRUE(Begin(eve, other, bytes, theirs).ok());
  EXPECT_FALSE(theirs.complete());
  EXPECT_EQ(theirs.offset(), 0U);
  EXPECT_EQ(Begin(eve, project_, bytes, theirs).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ArtifactTransfer, TooLargeIsRefused) {
  v1::BeginUploadRequest request;
  request.set_sha256(std::string(64, 'a'));
  request.set_size_bytes(std::uint64_t{1} << 60);
  request.set_kind("checkpoint");
  request.set_project_id(project_);
  Call call(ann_);
  v1::BeginUploadResponse response;
  EXPECT_EQ(v1::ArtifactService::NewStub(channel())->BeginUpload(&call, request, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  v1::BeginUploadResponse begun;
  const std::string bytes((2 << 20), 'x');
  ASSERT_TRUE(Begin(ann_, project_, bytes, begun).ok());
  v1::UploadResponse sent;
  EXPECT_EQ(Send(ann_, begun.upload_id(), 0, bytes, 2 << 20, sent).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace interneg
