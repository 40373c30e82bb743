#include "server/artifacts/uploads.h"

#include <utility>

#include <fmt/format.h>

namespace interneg::artifacts {
namespace {

constexpr std::size_t kLongestKind = 63;
constexpr std::size_t kLongestName = 255;
// How often the catalogue is told, which also keeps the upload held.
constexpr std::uint64_t kRecordEveryBytes = std::uint64_t{16} << 20;

bool IsKind(std::string_view text) {
  if (text.empty() || text.size() > kLongestKind) return false;
  for (const char c : text) {
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') return false;
  }
  return true;
}

bool IsPlainName(std::string_view text) {
  return text.size() <= kLongestName && text.find('/') == std::string_view::npos &&
         text.find('\0') == std::string_view::npos;
}

}  // namespace

UploadStream::UploadStream(Catalog& catalog, const FileStore& files, UploadLimits limits, Upload upload,
                           PartialFile partial)
    : catalog_(&catalog),
      files_(&files),
      limits_(limits),
      upload_(std::move(upload)),
      recorded_bytes_(partial.offset()),
      partial_(std::move(partial)) {}

UploadStream::UploadStream(UploadStream&& other) noexcept
    : catalog_(std::exchange(other.catalog_, nullptr)),
      files_(other.files_),
      limits_(other.limits_),
      upload_(std::move(other.upload_)),
      recorded_bytes_(other.recorded_bytes_),
      partial_(std::move(other.partial_)) {}

UploadStream::~UploadStream() {
  // Not releasing costs only time: the hold lapses by itself.
  if (catalog_ != nullptr) catalog_->ReleaseUpload(upload_.upload_id).IgnoreError();
}

absl::Status UploadStream::Append(std::uint64_t offset, std::string_view bytes) {
  if (bytes.size() > limits_.message_bytes) {
    return absl::InvalidArgumentError(
        fmt::format("data: {} bytes in one message; at most {} are taken", bytes.size(), limits_.message_bytes));
  }
  if (offset != partial_.offset()) {
    return absl::OutOfRangeError(
        fmt::format("offset: {} was sent where the server holds {} bytes; begin the upload again to go on from there",
                    offset, partial_.offset()));
  }
  if (partial_.offset() > upload_.size_bytes || bytes.size() > upload_.size_bytes - partial_.offset()) {
    return absl::OutOfRangeError(fmt::format(
        "data: more than the announced {} bytes; begin an upload with the file's true size", upload_.size_bytes));
  }
  if (auto appended = partial_.Append(bytes); !appended.ok()) return appended;
  if (partial_.offset() - recorded_bytes_ < kRecordEveryBytes) return absl::OkStatus();
  recorded_bytes_ = partial_.offset();
  return catalog_->Advance(upload_.upload_id, recorded_bytes_);
}

absl::StatusOr<UploadState> UploadStream::Finish() {
  const std::string& id = upload_.upload_id;
  if (partial_.offset() < upload_.size_bytes) {
    if (auto advanced = catalog_->Advance(id, partial_.offset()); !advanced.ok()) return advanced;
    return UploadState{id, partial_.offset(), false};
  }
  if (const std::string found = partial_.sha256(); partial_.offset() > upload_.size_bytes || found != upload_.sha256) {
    if (auto discarded = catalog_->DiscardUpload(id); !discarded.ok()) return discarded;
    catalog_ = nullptr;
    if (auto removed = files_->RemovePartial(id); !removed.ok()) return removed;
    return absl::DataLossError(
        fmt::format("the bytes have SHA-256 {}, not the announced {}; the upload was discarded, begin it again", found,
                    upload_.sha256));
  }
  if (auto synced = partial_.Sync(); !synced.ok()) return synced;
  if (auto linked = files_->Link(id, upload_.sha256); !linked.ok()) return linked;
  if (auto committed = catalog_->CommitUpload(id); !committed.ok()) return committed;
  catalog_ = nullptr;
  // Between the link and the row, garbage collection may have taken away the same bytes as an older, unreferenced
  // file. With the row there it no longer can, so the second link settles it.
  if (auto linked = files_->Link(id, upload_.sha256); !linked.ok()) return linked;
  // Its failure leaves a second name of the same bytes, which garbage collection takes away.
  files_->RemovePartial(id).IgnoreError();
  return UploadState{id, upload_.size_bytes, true};
}

absl::Status Uploads::Check(const Description& description) const {
  if (!IsSha256Hex(description.sha256)) {
    return absl::InvalidArgumentError("sha256: must be 64 lower-case hexadecimal digits");
  }
  if (description.size_bytes == 0) return absl::InvalidArgumentError("size_bytes: an artifact has at least one byte");
  if (description.size_bytes > limits_.file_bytes) {
    return absl::ResourceExhaustedError(fmt::format("size_bytes: {} is over the limit of {} bytes for one artifact",
                                                    description.size_bytes, limits_.file_bytes));
  }
  if (!IsKind(description.kind)) {
    return absl::InvalidArgumentError("kind: 1–63 of a–z, 0–9 and '_' are expected, such as \"checkpoint\"");
  }
  if (!IsPlainName(description.name) || description.media_type.size() > kLongestName) {
    return absl::InvalidArgumentError("name, media_type: at most 255 bytes, and a name without '/'");
  }
  return absl::OkStatus();
}

absl::StatusOr<UploadState> Uploads::Begin(const std::string& principal, const Owner& owner,
                                           const Description& description) {
  if (auto checked = Check(description); !checked.ok()) return checked;
  auto upload = catalog_.BeginUpload(principal, owner, description);
  if (!upload.ok()) return upload.status();
  if (upload->complete) return UploadState{upload->upload_id, description.size_bytes, true};

  auto offset = files_.PartialSize(upload->upload_id);
  if (!offset.ok()) return offset.status();
  if (*offset < upload->size_bytes) return UploadState{upload->upload_id, *offset, false};

  // All bytes arrived, but the server died before their row: nothing is left to send, so it is finished here.
  auto finished = FinishWhole(principal, upload->upload_id);
  if (finished.ok()) return finished;
  if (absl::IsAborted(finished.status())) return UploadState{upload->upload_id, *offset, false};
  if (!absl::IsDataLoss(finished.status())) return finished.status();
  auto again = catalog_.BeginUpload(principal, owner, description);
  if (!again.ok()) return again.status();
  return UploadState{again->upload_id, again->complete ? description.size_bytes : 0, again->complete};
}

absl::StatusOr<UploadState> Uploads::FinishWhole(const std::string& principal, const std::string& upload_id) {
  auto stream = Open(principal, upload_id);
  if (!stream.ok()) return stream.status();
  return stream->Finish();
}

absl::StatusOr<UploadStream> Uploads::Open(const std::string& principal, const std::string& upload_id) {
  if (!IsUploadId(upload_id)) return absl::NotFoundError("upload_id: no such upload; begin it again");
  auto upload = catalog_.HoldUpload(principal, upload_id);
  if (!upload.ok()) return upload.status();
  // The disk's lock is what keeps two streams of this replica apart.
  auto partial = files_.OpenPartial(upload_id);
  if (!partial.ok()) return partial.status();
  return UploadStream(catalog_, files_, limits_, *std::move(upload), *std::move(partial));
}

}  // namespace interneg::artifacts
