#include "worker/spool/spool.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "worker/spool/framing.h"

namespace interneg::spool {
namespace {

constexpr char kDescription[] = "/description";
constexpr char kSetAside[] = "set-aside";
// An entry on its way in or out; neither is one.
constexpr char kComing[] = ".coming";
constexpr char kGoing[] = ".going";

}  // namespace

Spool::Spool(Storage& storage, std::string folder, EntryLimits limits)
    : storage_(storage), folder_(std::move(folder)), limits_(limits) {}

absl::StatusOr<Spool::Opened> Spool::Open(Storage& storage, const std::string& folder, EntryLimits limits) {
  if (auto status = storage.MakeFolder(folder); !status.ok()) return status;
  if (auto status = storage.MakeFolder(absl::StrCat(folder, "/", kSetAside)); !status.ok()) return status;
  // Without this a power cut could take the whole folder, whatever is synced within it.
  if (auto status = storage.SyncFolder(ParentOf(folder)); !status.ok()) return status;
  Opened out;
  out.spool.reset(new Spool(storage, folder, limits));
  auto names = storage.List(folder);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (name == kSetAside) continue;
    if (auto status = out.spool->TakeUp(name, out); !status.ok()) return status;
  }
  if (auto status = storage.SyncFolder(folder); !status.ok()) return status;
  return out;
}

absl::Status Spool::TakeUp(const std::string& name, Opened& report) {
  const std::string_view view = name;
  if (view.ends_with(kComing) || view.ends_with(kGoing)) return storage_.RemoveTree(absl::StrCat(folder_, "/", name));
  const auto key = EntryKey::Parse(name);
  if (!key) return SetAside(name, "its name is not that of an attempt", report);
  std::string damage;
  auto entry = Load(*key, damage);
  if (absl::IsDataLoss(entry.status())) return SetAside(name, std::string(entry.status().message()), report);
  if (!entry.ok()) return entry.status();
  if (!damage.empty()) report.damaged.push_back({name, damage});
  entries_.emplace(*key, std::move(*entry));
  return absl::OkStatus();
}

// Kept for people to look at; a name that is taken there already gets a number.
absl::Status Spool::SetAside(const std::string& name, const std::string& why, Opened& report) {
  report.set_aside.push_back({name, why});
  auto taken = storage_.List(absl::StrCat(folder_, "/", kSetAside));
  if (!taken.ok()) return taken.status();
  const std::string to = absl::StrCat(folder_, "/", kSetAside, "/", taken->size(), "-", name);
  if (auto status = storage_.Rename(absl::StrCat(folder_, "/", name), to); !status.ok()) return status;
  return storage_.SyncFolder(absl::StrCat(folder_, "/", kSetAside));
}

absl::StatusOr<std::shared_ptr<Entry>> Spool::Load(const EntryKey& key, std::string& damage) {
  const std::string folder = absl::StrCat(folder_, "/", key.Name());
  auto framed = storage_.Read(folder + kDescription, 0, kLongestRecordBytes);
  if (absl::IsNotFound(framed.status())) return absl::DataLossError("it has no description");
  // A file in the place of a folder, or a folder in the place of a file, is damage too.
  if (!framed.ok()) return absl::DataLossError(framed.status().message());
  auto description = DocumentPayload(*framed);
  if (!description.ok()) return absl::DataLossError(absl::StrCat("description: ", description.status().message()));
  auto entry = std::make_shared<Entry>(storage_, key, folder, std::move(*description), limits_);
  auto found = entry->Recover();
  if (!found.ok()) return found.status();
  damage = *found;
  return entry;
}

absl::Status Spool::WriteNew(const std::string& part, std::string_view description) {
  if (auto status = storage_.RemoveTree(part); !status.ok()) return status;
  if (auto status = storage_.MakeFolder(part); !status.ok()) return status;
  if (auto status = storage_.MakeFolder(part + "/scratch"); !status.ok()) return status;
  for (const char* name : {"/events", "/log"}) {
    if (auto file = storage_.OpenToAppend(part + name, Opening::kEmpty); !file.ok()) return file.status();
  }
  auto file = storage_.OpenToAppend(part + kDescription, Opening::kEmpty);
  if (!file.ok()) return file.status();
  return (*file)->Append(FramedDocument(description));
}

absl::StatusOr<std::shared_ptr<Entry>> Spool::Begin(const EntryKey& key, std::string_view description) {
  if (!key.Valid()) {
    return absl::InvalidArgumentError(absl::StrCat("task id '", key.task_id, "' cannot name a folder"));
  }
  const std::lock_guard lock(mutex_);
  if (entries_.contains(key)) return absl::AlreadyExistsError(absl::StrCat("the spool holds ", key.Name(), " already"));
  const std::string folder = absl::StrCat(folder_, "/", key.Name());
  const std::string part = folder + kComing;
  auto status = WriteNew(part, description);
  if (status.ok()) status = storage_.Rename(part, folder);
  auto entry = std::make_shared<Entry>(storage_, key, folder, std::string(description), limits_);
  if (status.ok()) status = entry->OpenFiles();
  if (!status.ok()) {
    // Best effort: what is left is removed at the next start.
    (void)storage_.RemoveTree(part);
    return status;
  }
  entries_.emplace(key, entry);
  return entry;
}

absl::Status Spool::Remove(const EntryKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return absl::OkStatus();
  const std::string folder = absl::StrCat(folder_, "/", key.Name());
  if (auto status = storage_.Rename(folder, folder + kGoing); !status.ok()) return status;
  entries_.erase(found);
  if (auto status = storage_.SyncFolder(folder_); !status.ok()) return status;
  return storage_.RemoveTree(folder + kGoing);
}

std::shared_ptr<Entry> Spool::Find(const EntryKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Entry>> Spool::Entries() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Entry>> out;
  for (const auto& [key, entry] : entries_) out.push_back(entry);
  return out;
}

}  // namespace interneg::spool
