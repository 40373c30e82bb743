// The rows that belong to the artifact store's files, as the store needs them. Kept by `storage` on PostgreSQL behind
// the scheduler's artifact index, and by tests in memory.
//
// Two kinds of rows: a *file* (one a SHA-256, whoever sent it) and *references* to it (one for each project and use).
// An *upload* is a row of its own from its beginning until the file is whole. A file's row is inserted only after the
// file stands on the disk, and is deleted only together with it.
#ifndef INTERNEG_SERVER_ARTIFACTS_CATALOG_H_
#define INTERNEG_SERVER_ARTIFACTS_CATALOG_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace interneg::artifacts {

using Time = std::chrono::system_clock::time_point;

// What is known of a file before it arrives. `sha256` is lower-case hex.
struct Description {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  // "checkpoint", "contact_sheet", "preview" …
  std::string kind;
  std::string media_type;
  std::string name;
  std::optional<std::uint32_t> step;
};

// A worker uploads for an attempt, whose job and project the catalogue knows; anyone else for a project.
struct AttemptOwner {
  std::string task_id;
  std::uint32_t attempt_no = 0;
  std::string token;
};
struct ProjectOwner {
  std::string project_id;
};
using Owner = std::variant<AttemptOwner, ProjectOwner>;

struct Upload {
  // A lower-case UUID.
  std::string upload_id;
  std::string sha256;
  std::uint64_t size_bytes = 0;
  // The owner's project refers to the bytes already, nothing is to be sent.
  bool complete = false;
};

// Threads: every method may be called from any thread. Errors beside those named: UNAVAILABLE (database unreachable).
class Catalog {
 public:
  virtual ~Catalog() = default;

  // Finds the unfinished upload of the principal for the same project and hash, or inserts one. When the owner's
  // project refers to the hash already, adds the reference instead and is complete.
  // Errors: FAILED_PRECONDITION (the attempt is not the live one), NOT_FOUND (project).
  virtual absl::StatusOr<Upload> BeginUpload(const std::string& principal, const Owner& owner,
                                             const Description& description) = 0;

  // Takes the upload for a stream of this replica. Errors: NOT_FOUND (also another principal's), ABORTED (a stream of
  // another replica holds it).
  virtual absl::StatusOr<Upload> HoldUpload(const std::string& principal, const std::string& upload_id) = 0;

  // Records how far a held upload has come and keeps it held. Errors: ABORTED (another replica holds it now).
  virtual absl::Status Advance(const std::string& upload_id, std::uint64_t offset) = 0;

  // The stream has ended; another replica may go on. No row is no error.
  virtual absl::Status ReleaseUpload(const std::string& upload_id) = 0;

  // The file stands: inserts its row if there is none and the owner's reference, and deletes the upload.
  // Errors: NOT_FOUND, ABORTED.
  virtual absl::Status CommitUpload(const std::string& upload_id) = 0;

  // Deletes the upload's row. Errors: NOT_FOUND, ABORTED.
  virtual absl::Status DiscardUpload(const std::string& upload_id) = 0;
};

// What garbage collection needs. Threads and errors as above.
class Disposal {
 public:
  virtual ~Disposal() = default;

  // Ends the unfinished upload when it was begun before `before` and nobody holds it. Returns whether no row is left
  // of it (there was none, or it was ended).
  virtual absl::StatusOr<bool> EndUpload(const std::string& upload_id, Time before) = 0;

  // Unfinished uploads begun before `before` that nobody holds, at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> UploadsBefore(Time before, int limit) = 0;

  // Hashes of files older than `before` without any reference, at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> UnreferencedBefore(Time before, int limit) = 0;

  // In one transaction, with the file's row locked: when it still has no reference and is older than `before`, deletes
  // the row, calls `unlink_file` and commits. Returns whether it was removed. A failure of `unlink_file` rolls back.
  virtual absl::StatusOr<bool> RemoveFile(const std::string& sha256, Time before,
                                          const std::function<absl::Status()>& unlink_file) = 0;
};

}  // namespace interneg::artifacts

#endif  // INTERNEG_SERVER_ARTIFACTS_CATALOG_H_
