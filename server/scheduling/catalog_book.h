// What jobs are made of: projects, media and dataset versions.
#ifndef INTERNEG_SERVER_SCHEDULING_CATALOG_BOOK_H_
#define INTERNEG_SERVER_SCHEDULING_CATALOG_BOOK_H_

#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "server/scheduling/clock.h"
#include "server/scheduling/media_frames.h"
#include "server/scheduling/page.h"

namespace interneg::scheduling {

struct Project {
  std::string project_id;
  std::string name;
  std::string film_title;
  Instant created_at;
};

// Frames that a conform has moved: `add` to their numbers. `frames` in fileseq syntax; empty: all.
struct ConformOffset {
  std::string frames;
  int add = 0;
  friend bool operator==(const ConformOffset&, const ConformOffset&) = default;
};

struct Element {
  std::string element;
  std::string gauge;
  std::string generation;
  std::string polarity;
  std::string transfer;
  std::string completeness;
  std::vector<ConformOffset> conform_offsets;
  friend bool operator==(const Element&, const Element&) = default;
};

// What is set replaces what is recorded.
struct ElementChange {
  std::optional<std::string> element;
  std::optional<std::string> gauge;
  std::optional<std::string> generation;
  std::optional<std::string> polarity;
  std::optional<std::string> transfer;
  std::optional<std::string> completeness;
  std::optional<std::vector<ConformOffset>> conform_offsets;
};

// A probe job's report on a medium.
struct MediaReport {
  std::string sha256;
  // The medium's place in it.
  int medium = 0;
  std::string job_id;
  Instant created_at;
};

struct Media {
  std::string media_id;
  std::string project_id;
  // Unique in the project.
  std::string name;
  std::string shot;
  MediaFrames frames;
  Element element;
  Instant created_at;
  // The newest of all, and the newest with measures.
  std::optional<MediaReport> report = std::nullopt;
  std::optional<MediaReport> measured = std::nullopt;
};

enum class Recovery { kChroma, kSpatial, kCombined, kDirect };

enum class DatasetState { kDraft, kLocked };

// A draft is edited until it is locked; a locked version never changes.
struct DatasetVersion {
  std::string dataset_version_id;
  std::string project_id;
  std::string name;
  // 1, 2, 3 … of that name in the project in the order of locking; given by the book. Of a draft: 0.
  int version = 0;
  std::string shot;
  Recovery recovery = Recovery::kChroma;
  std::string source_media_id;
  std::string reference_media_id;
  std::vector<int> pairs;
  std::vector<int> held_out;
  // Of the content, lower-case hex; the caller's. Of a draft: empty.
  std::string sha256;
  std::string note;
  Instant created_at;
  DatasetState state = DatasetState::kLocked;
  // 1, 2, 3 … with every edit of a draft; given by the book.
  int revision = 1;
  // Everything that a model is trained on, as canonical JSON that only the caller reads. Empty: made before contents
  // were kept, and then the fields above say all.
  std::string content;
  Instant updated_at;
};

// In the Create… methods, ids, version number and created_at of the argument are ignored and given by the book; the
// same request id of the same principal returns what it made the first time, whatever else the argument says.
class CatalogBook {
 public:
  virtual ~CatalogBook() = default;

  // Errors: INVALID_ARGUMENT (name), ALREADY_EXISTS (another request made a project of that name).
  virtual absl::StatusOr<Project> CreateProject(const Actor& actor, const std::string& request_id,
                                                const Project& project) = 0;
  // By id or name. Errors: NOT_FOUND.
  virtual absl::StatusOr<Project> GetProject(const std::string& id_or_name) = 0;
  // By name.
  virtual absl::StatusOr<Paged<Project>> ListProjects(const VisibleProjects& visible, const Page& page) = 0;

  // The same name with the same frames returns the medium that stands. Errors: NOT_FOUND (project),
  // INVALID_ARGUMENT (empty name or path), ALREADY_EXISTS (the name stands for other frames).
  virtual absl::StatusOr<Media> CreateMedia(const Actor& actor, const std::string& request_id, const Media& media) = 0;
  virtual absl::StatusOr<Media> GetMedia(const std::string& media_id) = 0;
  // Errors: NOT_FOUND.
  virtual absl::StatusOr<Media> UpdateMedia(const Actor& actor, const std::string& media_id,
                                            const ElementChange& change) = 0;
  // By name. Errors: NOT_FOUND (project).
  virtual absl::StatusOr<Paged<Media>> ListMedia(const std::string& project_id, const Page& page) = 0;

  // Makes a locked version or a draft, as its state says. The same sha256 as the latest locked version of that name
  // returns that version. Errors: NOT_FOUND (project, media, also media of another project), ALREADY_EXISTS (a draft,
  // where the name has one).
  virtual absl::StatusOr<DatasetVersion> CreateDatasetVersion(const Actor& actor, const std::string& request_id,
                                                              const DatasetVersion& version) = 0;
  virtual absl::StatusOr<DatasetVersion> GetDatasetVersion(const std::string& dataset_version_id) = 0;
  // Newest first; an empty name lists every dataset. Errors: NOT_FOUND (project).
  virtual absl::StatusOr<Paged<DatasetVersion>> ListDatasetVersions(const std::string& project_id,
                                                                    const std::string& name, const Page& page) = 0;

  // The next three change the draft as it was at `revision`. Errors: NOT_FOUND, FAILED_PRECONDITION (locked), ABORTED
  // (another revision stands).

  // Takes recovery, media, pairs, held_out and content from `edited`. A draft that is so already stays, whatever the
  // revision. Errors also: NOT_FOUND (media).
  virtual absl::StatusOr<DatasetVersion> EditDatasetDraft(const Actor& actor, int revision,
                                                          const DatasetVersion& edited) = 0;
  // Gives it the next version number and the hash of its content. A locked one is returned as it is. Errors also:
  // ALREADY_EXISTS (the latest version has that hash).
  virtual absl::StatusOr<DatasetVersion> LockDatasetDraft(const Actor& actor, const std::string& dataset_version_id,
                                                          int revision, const std::string& sha256) = 0;
  virtual absl::Status DiscardDatasetDraft(const Actor& actor, const std::string& dataset_version_id,
                                           int revision) = 0;
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_CATALOG_BOOK_H_
