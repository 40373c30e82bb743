// What one attempt must not lose until the server has acknowledged it.
#ifndef INTERNEG_WORKER_SPOOL_ENTRY_H_
#define INTERNEG_WORKER_SPOOL_ENTRY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/spool/storage.h"

namespace interneg::spool {

// Names one attempt. `task_id` is 1 to 128 of A–Z a–z 0–9 _ -, since it names a folder.
struct EntryKey {
  std::string task_id;
  std::uint32_t attempt_no = 0;
  std::string Name() const;
  bool Valid() const;
  static std::optional<EntryKey> Parse(std::string_view name);
  friend auto operator<=>(const EntryKey&, const EntryKey&) = default;
};

struct EntryLimits {
  std::uint64_t events_bytes = 512ULL << 20;
  std::uint64_t log_bytes = 64ULL << 20;
};

// A folder:
//   description   opaque to the spool, checksummed, written first
//   events        a journal of opaque records
//   log           text as it came
//   result        opaque, checksummed; written once, after the journal was synced
//   scratch/      the engine's own files, which events refer to
// All methods may be called from any thread. Errors as Storage.
class Entry {
 public:
  Entry(Storage& storage, EntryKey key, std::string folder, std::string description, EntryLimits limits);

  const EntryKey& key() const { return key_; }
  const std::string& folder() const { return folder_; }
  std::string scratch_folder() const { return folder_ + "/scratch"; }
  const std::string& description() const { return description_; }

  // Survives the end of the process at once, a power cut from SetResult on. RESOURCE_EXHAUSTED also when the journal
  // would pass its limit.
  absl::Status AppendEvent(std::string_view event);
  // Text beyond the limit is dropped and the log ends with a line that says so.
  absl::Status AppendLog(std::string_view text);

  struct Events {
    std::vector<std::string> events;
    // Where to read on.
    std::uint64_t next_offset = 0;
  };
  // Whole records from `offset` (0, or a next_offset), at least one where there is one, then up to the limits.
  absl::StatusOr<Events> ReadEvents(std::uint64_t offset, std::size_t limit, std::size_t limit_bytes);
  std::uint64_t events_bytes() const;
  absl::StatusOr<std::string> ReadLog(std::uint64_t offset, std::size_t limit_bytes);
  std::uint64_t log_bytes() const;

  // When it returns OK, the result and every event before it survive a power cut. A second call replaces the first.
  absl::Status SetResult(std::string_view result);
  std::optional<std::string> result() const;

  // Writes a file of the attempt (a document for the engine) and returns its path.
  absl::StatusOr<std::string> WriteDocument(const std::string& name, std::string_view bytes);

 private:
  friend class Spool;
  // Reads what stands in the folder; cuts a torn record off the journal. Says what was damaged; empty: nothing.
  absl::StatusOr<std::string> Recover();
  absl::StatusOr<std::string> RecoverEvents();
  absl::Status OpenFiles();
  absl::Status SyncDescriptionAndEvents();
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  Storage& storage_;
  const EntryKey key_;
  const std::string folder_;
  const std::string description_;
  const EntryLimits limits_;

  mutable std::mutex mutex_;
  std::unique_ptr<AppendFile> events_;
  std::unique_ptr<AppendFile> log_;
  bool log_is_full_ = false;
  std::optional<std::string> result_;
};

}  // namespace interneg::spool

#endif  // INTERNEG_WORKER_SPOOL_ENTRY_H_
