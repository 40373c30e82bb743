// Uploads from beginning to the file that stands: what clients and workers send, in any number of tries.
//
// Owns the order of things: bytes into a partial file, hash verified, file synced, linked under its hash, folder
// synced, then the row. Whatever moment the server dies at, the next try finds the bytes that arrived, or the whole
// file.
#ifndef INTERNEG_SERVER_ARTIFACTS_UPLOADS_H_
#define INTERNEG_SERVER_ARTIFACTS_UPLOADS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/artifacts/catalog.h"
#include "server/artifacts/file_store.h"

namespace interneg::artifacts {

struct UploadLimits {
  std::uint64_t file_bytes = std::uint64_t{4} << 30;
  std::uint64_t message_bytes = std::uint64_t{1} << 20;
};

struct UploadState {
  std::string upload_id;
  // Bytes that the server holds.
  std::uint64_t offset = 0;
  // The file stands and has its row.
  bool complete = false;
};

// The bytes of one upload as one stream brings them. Holds the upload exclusively. Movable; not synchronised.
class UploadStream {
 public:
  std::uint64_t offset() const { return partial_.offset(); }

  // Errors: OUT_OF_RANGE (offset is not where the last bytes ended, or more than the announced size), INVALID_ARGUMENT
  // (a message over the limit), RESOURCE_EXHAUSTED (disk full), DATA_LOSS (the disk's fault).
  absl::Status Append(std::uint64_t offset, std::string_view bytes);

  // Ends the stream. With all bytes there, verifies and commits; with fewer, keeps them for the next try.
  // Errors: DATA_LOSS (wrong hash; the upload is discarded), RESOURCE_EXHAUSTED, UNAVAILABLE (database; the bytes are
  // kept, begin again).
  absl::StatusOr<UploadState> Finish();

 private:
  friend class Uploads;
  UploadStream(Catalog& catalog, const FileStore& files, UploadLimits limits, Upload upload, PartialFile partial)
      : catalog_(&catalog), files_(&files), limits_(limits), upload_(std::move(upload)), partial_(std::move(partial)) {}

  Catalog* catalog_;
  const FileStore* files_;
  UploadLimits limits_;
  Upload upload_;
  PartialFile partial_;
};

// Threads: every method may be called from any thread. `catalog` and `files` outlive this and its streams.
class Uploads {
 public:
  // `new_id` gives a fresh lower-case UUID; called from any thread.
  Uploads(Catalog& catalog, const FileStore& files, UploadLimits limits, std::function<std::string()> new_id)
      : catalog_(catalog), files_(files), limits_(limits), new_id_(std::move(new_id)) {}

  // Begins an upload, or finds the one begun. Errors: INVALID_ARGUMENT (hash, size, kind; names the field),
  // RESOURCE_EXHAUSTED (over the size limit), those of Catalog::BeginUpload.
  absl::StatusOr<UploadState> Begin(std::string_view principal, const Owner& owner, const Description& description);

  // Errors: NOT_FOUND (no such upload of this principal), ABORTED (another stream holds it).
  absl::StatusOr<UploadStream> Open(std::string_view principal, std::string_view upload_id);

 private:
  absl::Status Check(const Description& description) const;
  absl::StatusOr<UploadState> FinishWhole(const Upload& upload);

  Catalog& catalog_;
  const FileStore& files_;
  UploadLimits limits_;
  std::function<std::string()> new_id_;
};

}  // namespace interneg::artifacts

#endif  // INTERNEG_SERVER_ARTIFACTS_UPLOADS_H_
