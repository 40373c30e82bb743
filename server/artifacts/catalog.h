// The rows that belong to the artifact store's files, as the store needs them. `storage` implements this on PostgreSQL,
// tests in memory.
//
// Two kinds of rows: a *file* (one a SHA-256, whoever sent it) and *references* to it (one for each project and use).
// An *upload* is a row of its own from BeginUpload until the file is whole. A file's row is inserted only after the
// file stands on the disk, and is deleted only together with it.
#ifndef INTERNEG_SERVER_ARTIFACTS_CATALOG_H_
#define INTERNEG_SERVER_ARTIFACTS_CATALOG_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
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
  std::string upload_id;
  // The principal that began it; only it may send.
  std::string principal;
  Description description;
};

struct BeginResult {
  Upload upload;
  // The project held the bytes already: a reference was added, nothing is to be sent and no upload row was left.
  bool complete = false;
};

// A reference, as lists show it.
struct Reference {
  // Rising with creation; the page position.
  std::int64_t reference_no = 0;
  std::string project_id;
  // Empty when it was not made for a job.
  std::string job_id;
  Description description;
  Time created_at;
};

// Who asks to read. A worker's principal may read what is referred to by projects whose attempts it holds live.
struct ReadsEverything {};
struct ReadsProjects {
  std::vector<std::string> project_ids;
};
struct ReadsAsWorker {
  std::string principal;
};
using Reader = std::variant<ReadsEverything, ReadsProjects, ReadsAsWorker>;

// Threads: every method may be called from any thread. Errors beside those named: UNAVAILABLE (database unreachable).
class Catalog {
 public:
  virtual ~Catalog() = default;

  // The UUID of the store that belongs to this database; records `proposed` when there is none yet.
  virtual absl::StatusOr<std::string> StoreMarker(std::string_view proposed) = 0;

  // Finds the upload that `principal` has begun for the same owner and hash, or inserts one under `upload_id`. When the
  // owner's project already refers to the hash with this size, adds the reference instead and is complete.
  // Errors: FAILED_PRECONDITION (the attempt is not the live one), NOT_FOUND (project).
  virtual absl::StatusOr<BeginResult> BeginUpload(std::string_view upload_id, std::string_view principal,
                                                  const Owner& owner, const Description& description) = 0;

  // Errors: NOT_FOUND.
  virtual absl::StatusOr<Upload> FindUpload(std::string_view upload_id) = 0;

  // In one transaction: takes the hash's lock (the same as RemoveFile's), calls `link_file`, and when that succeeds
  // inserts the file's row if there is none, the reference of the upload's owner, and deletes the upload. A failure of
  // `link_file` is returned and rolls back.
  // Errors: NOT_FOUND (upload), those of `link_file`.
  virtual absl::Status CommitUpload(std::string_view upload_id, const std::function<absl::Status()>& link_file) = 0;

  // Deletes the upload's row; no row is no error.
  virtual absl::Status DiscardUpload(std::string_view upload_id) = 0;

  // Uploads begun before `before`, at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> UploadsBefore(Time before, int limit) = 0;

  // Hashes of files without any reference whose rows (and last references) are older than `before`, at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> UnreferencedBefore(Time before, int limit) = 0;

  // In one transaction, with the hash's lock: when the file still has no reference and is older than `before`, deletes
  // its row, calls `unlink_file` and commits. Returns whether it was removed. A failure of `unlink_file` rolls back.
  virtual absl::StatusOr<bool> RemoveFile(std::string_view sha256, Time before,
                                          const std::function<absl::Status()>& unlink_file) = 0;

  // The file's description when the reader may read it. Errors: NOT_FOUND, also when it is there but not for this
  // reader.
  virtual absl::StatusOr<Description> FindReadable(std::string_view sha256, const Reader& reader) = 0;

  // References made for a job, with `reference_no` above `after`, ascending, at most `limit`. Empty kind: every kind.
  virtual absl::StatusOr<std::vector<Reference>> ListOfJob(std::string_view job_id, std::string_view kind,
                                                           std::int64_t after, int limit) = 0;
};

}  // namespace interneg::artifacts

#endif  // INTERNEG_SERVER_ARTIFACTS_CATALOG_H_
