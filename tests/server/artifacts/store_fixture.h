// A store in a temporary folder of its own, with a catalogue in memory.
#ifndef INTERNEG_TESTS_SERVER_ARTIFACTS_STORE_FIXTURE_H_
#define INTERNEG_TESTS_SERVER_ARTIFACTS_STORE_FIXTURE_H_

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "server/artifacts/uploads.h"
#include "tests/server/artifacts/memory_catalog.h"

namespace interneg::artifacts {

class StoreFixture : public testing::Test {
 protected:
  StoreFixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "interneg-artifacts-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    Reopen(DiskCalls::Real());
  }
  ~StoreFixture() override {
    uploads_.reset();
    std::filesystem::remove_all(folder_);
  }

  // As after a restart of the server.
  void Reopen(DiskCalls calls) {
    uploads_.reset();
    files_ = std::make_unique<FileStore>(*FileStore::Open(folder_, std::move(calls)));
    uploads_ = std::make_unique<Uploads>(catalog_, *files_, UploadLimits{1 << 20, 1 << 16}, [this] { return NewId(); });
  }

  std::string NewId() {
    char text[37];
    std::snprintf(text, sizeof(text), "00000000-0000-4000-8000-%012x", ++ids_);
    return text;
  }

  static Description Describe(const std::string& bytes) {
    return {Sha256Hex(bytes), bytes.size(), "checkpoint", "application/octet-stream", "c.safetensors", 40};
  }

  absl::StatusOr<UploadState> Begin(const std::string& project, const Description& description) {
    return uploads_->Begin("ann", ProjectOwner{project}, description);
  }

  absl::StatusOr<UploadState> Send(const std::string& upload_id, std::uint64_t offset, const std::string& bytes) {
    auto stream = uploads_->Open("ann", upload_id);
    if (!stream.ok()) return stream.status();
    if (auto appended = stream->Append(offset, bytes); !appended.ok()) return appended;
    return stream->Finish();
  }

  std::string folder_;
  std::atomic<unsigned> ids_{0};
  MemoryCatalog catalog_;
  std::unique_ptr<FileStore> files_;
  std::unique_ptr<Uploads> uploads_;
};

}  // namespace interneg::artifacts

#endif  // INTERNEG_TESTS_SERVER_ARTIFACTS_STORE_FIXTURE_H_
