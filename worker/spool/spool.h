// Results, events and files of attempts that the server has not acknowledged yet. They survive restarts and power cuts.
//
// This module owns the worker's files that must not be lost, and its cache of downloaded artifacts. It knows no
// message, no server and no engine: what it keeps is bytes under an attempt's name.
#ifndef INTERNEG_WORKER_SPOOL_SPOOL_H_
#define INTERNEG_WORKER_SPOOL_SPOOL_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/spool/entry.h"

namespace interneg::spool {

// All methods may be called from any thread. One process at a time may have a folder open; who opens it sees to that.
class Spool {
 public:
  // Something that could not be used as it was found.
  struct Finding {
    std::string name;
    std::string what;
  };
  struct Opened {
    std::unique_ptr<Spool> spool;
    // Folders that were moved to `<folder>/set-aside` since their bytes are damaged; nothing reads them again.
    std::vector<Finding> set_aside;
    // Entries that are used although a part of them is lost.
    std::vector<Finding> damaged;
  };
  // Makes `folder` where there is none (its parent must exist) and takes up what stands in it. Damage is never an error.
  // Errors: as Storage, when the folder itself cannot be used.
  static absl::StatusOr<Opened> Open(Storage& storage, const std::string& folder, EntryLimits limits = {});

  // A new entry. It survives the end of the process at once and a power cut from its SetResult on: before that the
  // machine's engines would be gone with it, and syncing would delay every start of an engine.
  // Errors: ALREADY_EXISTS, INVALID_ARGUMENT (the key), as Storage.
  absl::StatusOr<std::shared_ptr<Entry>> Begin(const EntryKey& key, std::string_view description);
  // Forgets an entry with all its files, in one step. An unknown one counts as removed.
  absl::Status Remove(const EntryKey& key);
  std::shared_ptr<Entry> Find(const EntryKey& key) const;
  // In the order of their keys.
  std::vector<std::shared_ptr<Entry>> Entries() const;

 private:
  Spool(Storage& storage, std::string folder, EntryLimits limits);
  absl::Status TakeUp(const std::string& name, Opened& report);
  absl::Status SetAside(const std::string& name, const std::string& why, Opened& report);
  absl::StatusOr<std::shared_ptr<Entry>> Load(const EntryKey& key, std::string& damage);
  absl::Status WriteNew(const std::string& part, std::string_view description);

  Storage& storage_;
  const std::string folder_;
  const EntryLimits limits_;
  mutable std::mutex mutex_;
  std::map<EntryKey, std::shared_ptr<Entry>> entries_;
};

}  // namespace interneg::spool

#endif  // INTERNEG_WORKER_SPOOL_SPOOL_H_
