// What the artifact store holds, who refers to it and which uploads are under way. The bytes are the `artifacts`
// module's; this is their record. Order of a completion: bytes verified, synced and linked first, then Complete.
#ifndef INTERNEG_SERVER_SCHEDULING_ARTIFACT_INDEX_H_
#define INTERNEG_SERVER_SCHEDULING_ARTIFACT_INDEX_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <absl/status/statusor.h>

#include "server/scheduling/attempt.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/page.h"

namespace interneg::scheduling {

// One reference to stored bytes; the same bytes may have several.
struct Artifact {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::string kind;
  std::string media_type;
  std::string name;
  std::string project_id;
  // Empty when a person uploaded it for the project.
  std::string job_id;
  std::optional<std::uint32_t> step;
  Instant created_at;
};

struct ProjectOwner {
  std::string project_id;
};

struct UploadRequest {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::string kind;
  std::string media_type;
  std::string name;
  std::optional<std::uint32_t> step;
  std::variant<AttemptRef, ProjectOwner> owner;
};

struct Upload {
  std::string upload_id;
  std::string project_id;
  std::string sha256;
  std::uint64_t size_bytes = 0;
  // Bytes that the store has taken.
  std::uint64_t offset = 0;
  bool complete = false;
};

class ArtifactIndex {
 public:
  virtual ~ArtifactIndex() = default;

  // Begins an upload or finds the unfinished one of the same principal, project and hash. Complete at once when the
  // project already refers to the bytes (the new reference is added). For an attempt, `actor` must be its worker's
  // principal. Errors: INVALID_ARGUMENT (sha256, size that contradicts the stored one, kind), NOT_FOUND (project),
  // FAILED_PRECONDITION (the attempt is stale).
  virtual absl::StatusOr<Upload> BeginUpload(const Actor& actor, const UploadRequest& request) = 0;

  // Takes the upload for one stream; `holder` is the stream's own id. The hold lapses after `hold` without Advance.
  // Errors: NOT_FOUND (also another principal's), ABORTED (another stream holds it).
  virtual absl::StatusOr<Upload> HoldUpload(const Actor& actor, const std::string& upload_id, const std::string& holder,
                                            std::chrono::seconds hold) = 0;
  // Records how far the store has come and prolongs the hold. Errors: ABORTED (the hold is another's now).
  virtual absl::Status Advance(const std::string& upload_id, const std::string& holder, std::uint64_t offset,
                               std::chrono::seconds hold) = 0;
  virtual absl::Status ReleaseUpload(const std::string& upload_id, const std::string& holder) = 0;
  // The bytes stand in the store, verified: records artifact and reference, and commits a staged checkpoint of them.
  // Errors: ABORTED (the hold is another's), NOT_FOUND.
  virtual absl::StatusOr<Upload> Complete(const std::string& upload_id, const std::string& holder) = 0;
  // The bytes were wrong: forgets the upload. Errors: ABORTED, NOT_FOUND.
  virtual absl::Status DiscardUpload(const std::string& upload_id, const std::string& holder) = 0;

  // The bytes by hash when a visible project refers to them; workers see what their live attempts' projects refer to
  // (pass the worker's principal). Errors: NOT_FOUND.
  virtual absl::StatusOr<Artifact> Find(const std::string& sha256, const VisibleProjects& visible) = 0;
  virtual absl::StatusOr<Artifact> FindForWorker(const Actor& worker, const std::string& sha256) = 0;

  // Oldest first; an empty kind lists all. Errors: NOT_FOUND (job), INVALID_ARGUMENT (page).
  virtual absl::StatusOr<Paged<Artifact>> List(const std::string& job_id, const std::string& kind,
                                               const Page& page) = 0;

  // The marker of the one artifact store that belongs to this database: the recorded one, or `proposed` recorded now.
  // A store with another marker must not be used.
  virtual absl::StatusOr<std::string> StoreMarker(const std::string& proposed) = 0;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_ARTIFACT_INDEX_H_
