#include "worker/spool/entry.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "worker/spool/framing.h"

namespace interneg::spool {
namespace {

constexpr char kEvents[] = "events";
constexpr char kLog[] = "log";
constexpr char kResult[] = "result";
constexpr std::size_t kLongestTaskId = 128;
constexpr std::size_t kReadBytes = 1U << 20;

bool NamesAFolder(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::string EntryKey::Name() const { return absl::StrCat(task_id, ".", attempt_no); }

bool EntryKey::Valid() const {
  return !task_id.empty() && task_id.size() <= kLongestTaskId && std::all_of(task_id.begin(), task_id.end(), NamesAFolder);
}

std::optional<EntryKey> EntryKey::Parse(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  EntryKey key{std::string(name.substr(0, dot)), 0};
  const std::string number(name.substr(dot + 1));
  if (!key.Valid() || !absl::SimpleAtoi(number, &key.attempt_no) || key.Name() != name) return std::nullopt;
  return key;
}

Entry::Entry(Storage& storage, EntryKey key, std::string folder, std::string description, EntryLimits limits)
    : storage_(storage),
      key_(std::move(key)),
      folder_(std::move(folder)),
      description_(std::move(description)),
      limits_(limits) {}

absl::Status Entry::OpenFiles() {
  auto events = storage_.OpenToAppend(Path(kEvents), Opening::kAtEnd);
  if (!events.ok()) return events.status();
  auto log = storage_.OpenToAppend(Path(kLog), Opening::kAtEnd);
  if (!log.ok()) return log.status();
  events_ = std::move(*events);
  log_ = std::move(*log);
  return absl::OkStatus();
}

absl::StatusOr<std::string> Entry::Recover() {
  const std::lock_guard lock(mutex_);
  if (auto status = storage_.MakeFolder(scratch_folder()); !status.ok()) return status;
  std::string damage;
  auto framed = storage_.Read(Path(kResult), 0, kLongestRecordBytes);
  if (framed.ok()) {
    auto payload = DocumentPayload(*framed);
    if (!payload.ok()) return absl::DataLossError(absl::StrCat("result: ", payload.status().message()));
    result_ = std::move(*payload);
  } else if (!absl::IsNotFound(framed.status())) {
    return framed.status();
  }
  auto torn = RecoverEvents();
  if (!torn.ok()) return torn.status();
  // Before the result stood, the journal was not promised to survive; a torn end is then what a crash leaves.
  if (result_ && !torn->empty()) damage = *torn;
  if (auto status = OpenFiles(); !status.ok()) return status;
  return damage;
}

absl::StatusOr<std::string> Entry::RecoverEvents() {
  auto bytes = storage_.Read(Path(kEvents), 0, limits_.events_bytes + kLongestRecordBytes);
  if (absl::IsNotFound(bytes.status())) return std::string();
  if (!bytes.ok()) return bytes.status();
  std::size_t whole = 0;
  Record record;
  while (FirstRecord(std::string_view(*bytes).substr(whole), record) == RecordState::kWhole) whole += record.framed_bytes;
  if (whole == bytes->size()) return std::string();
  if (auto status = storage_.Shorten(Path(kEvents), whole); !status.ok()) return status;
  return absl::StrCat("events: ", bytes->size() - whole, " unreadable bytes behind byte ", whole, " were cut off");
}

absl::Status Entry::AppendEvent(std::string_view event) {
  const std::lock_guard lock(mutex_);
  if (events_->size_bytes() + event.size() > limits_.events_bytes || event.size() > kLongestRecordBytes) {
    return absl::ResourceExhaustedError(absl::StrCat("the engine wrote more than ", limits_.events_bytes,
                                                     " bytes of events; this attempt cannot go on"));
  }
  return events_->Append(FramedRecord(event));
}

absl::Status Entry::AppendLog(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (log_is_full_) return absl::OkStatus();
  if (log_->size_bytes() + text.size() <= limits_.log_bytes) return log_->Append(text);
  log_is_full_ = true;
  return log_->Append(absl::StrCat("\ninterneg-worker: the log ends here, at its limit of ", limits_.log_bytes, " bytes\n"));
}

absl::StatusOr<Entry::Events> Entry::ReadEvents(std::uint64_t offset, std::size_t limit, std::size_t limit_bytes) {
  const std::uint64_t end = events_bytes();
  Events out{{}, offset};
  std::string bytes;
  std::size_t taken = 0;
  std::size_t window = kReadBytes;
  while (out.events.size() < limit && taken < limit_bytes && out.next_offset < end) {
    auto read = storage_.Read(Path(kEvents), out.next_offset, std::min<std::uint64_t>(window, end - out.next_offset));
    if (!read.ok()) return read.status();
    std::string_view rest = *read;
    Record record;
    RecordState state = RecordState::kCutShort;
    while (out.events.size() < limit && (out.events.empty() || taken < limit_bytes) &&
           (state = FirstRecord(rest, record)) == RecordState::kWhole) {
      out.events.emplace_back(record.payload);
      out.next_offset += record.framed_bytes;
      taken += record.payload.size();
      rest.remove_prefix(record.framed_bytes);
    }
    const bool stuck = rest.size() == read->size();
    if (state == RecordState::kCorrupt || (stuck && window > kReadBytes)) {
      return absl::DataLossError(absl::StrCat(Path(kEvents), ": the record at byte ", out.next_offset, " is corrupt"));
    }
    // A record longer than the window: read on with one that holds every record.
    window = stuck ? kLongestRecordBytes + kReadBytes : kReadBytes;
  }
  return out;
}

std::uint64_t Entry::events_bytes() const {
  const std::lock_guard lock(mutex_);
  return events_->size_bytes();
}

absl::StatusOr<std::string> Entry::ReadLog(std::uint64_t offset, std::size_t limit_bytes) {
  return storage_.Read(Path(kLog), offset, limit_bytes);
}

std::uint64_t Entry::log_bytes() const {
  const std::lock_guard lock(mutex_);
  return log_->size_bytes();
}

absl::Status Entry::SetResult(std::string_view result) {
  const std::lock_guard lock(mutex_);
  const std::string part = Path("result.part");
  auto file = storage_.OpenToAppend(part, Opening::kEmpty);
  if (!file.ok()) return file.status();
  if (auto status = (*file)->Append(FramedDocument(result)); !status.ok()) return status;
  if (auto status = (*file)->Sync(); !status.ok()) return status;
  // Everything that the result stands on first, its name last.
  if (auto status = SyncDescriptionAndEvents(); !status.ok()) return status;
  if (auto status = storage_.Rename(part, Path(kResult)); !status.ok()) return status;
  if (auto status = storage_.SyncFolder(folder_); !status.ok()) return status;
  if (auto status = storage_.SyncFolder(ParentOf(folder_)); !status.ok()) return status;
  result_ = std::string(result);
  return absl::OkStatus();
}

absl::Status Entry::SyncDescriptionAndEvents() {
  auto description = storage_.OpenToAppend(Path("description"), Opening::kAtEnd);
  if (!description.ok()) return description.status();
  if (auto status = (*description)->Sync(); !status.ok()) return status;
  return events_->Sync();
}

std::optional<std::string> Entry::result() const {
  const std::lock_guard lock(mutex_);
  return result_;
}

absl::StatusOr<std::string> Entry::WriteDocument(const std::string& name, std::string_view bytes) {
  auto file = storage_.OpenToAppend(Path(name), Opening::kEmpty);
  if (!file.ok()) return file.status();
  if (auto status = (*file)->Append(bytes); !status.ok()) return status;
  return Path(name);
}

}  // namespace interneg::spool
