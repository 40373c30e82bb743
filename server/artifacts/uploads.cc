#include "server/artifacts/uploads.h"

#include <utility>

#include <fmt/format.h>

namespace interneg::artifacts {
namespace {

constexpr std::size_t kLongestKind = 63;
constexpr std::size_t kLongestName = 255;

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
  const std::uint64_t left = upload_.description.size_bytes - partial_.offset();
  if (bytes.size() > left) {
    return absl::OutOfRangeError(
        fmt::format("data: more than the announced {} bytes; begin an upload with the file's true size",
                    upload_.description.size_bytes));
  }
  return partial_.Append(bytes);
}

absl::StatusOr<UploadState> UploadStream::Finish() {
  const std::string& id = upload_.upload_id;
  const Description& wanted = upload_.description;
  if (partial_.offset() < wanted.size_bytes) return UploadState{id, partial_.offset(), false};

  if (const std::string found = partial_.sha256(); partial_.offset() > wanted.size_bytes || found != wanted.sha256) {
    if (auto removed = files_->RemovePartial(id); !removed.ok()) return removed;
    if (auto discarded = catalog_->DiscardUpload(id); !discarded.ok()) return discarded;
    return absl::DataLossError(
        fmt::format("the bytes have SHA-256 {}, not the announced {}; the upload was discarded, begin it again", found,
                    wanted.sha256));
  }
  if (auto synced = partial_.Sync(); !synced.ok()) return synced;
  if (auto committed = catalog_->CommitUpload(id, [&] { return files_->Link(id, wanted.sha256); }); !committed.ok()) {
    return committed;
  }
  // Its failure leaves a second name of the same bytes, which garbage collection takes away.
  files_->RemovePartial(id).IgnoreError();
  return UploadState{id, wanted.size_bytes, true};
}

absl::Status Uploads::Check(const Description& description) const {
  if (!IsSha256Hex(description.sha256)) {
    return absl::InvalidArgumentError("sha256: must be 64 lower-case hexadecimal digits");
  }
  if (description.size_bytes == 0) return absl::InvalidArgumentError("size_bytes: an artifact has at least one byte");
  if (description.size_bytes > limits_.file_bytes) {
    return absl::InvalidArgumentError(fmt::format("size_bytes: {} is over the limit of {} bytes for one artifact",
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

absl::StatusOr<UploadState> Uploads::Begin(std::string_view principal, const Owner& owner,
                                           const Description& description) {
  if (auto checked = Check(description); !checked.ok()) return checked;
  auto begun = catalog_.BeginUpload(new_id_(), principal, owner, description);
  if (!begun.ok()) return begun.status();
  const Upload& upload = begun->upload;
  if (begun->complete) return UploadState{upload.upload_id, description.size_bytes, true};

  auto offset = files_.PartialSize(upload.upload_id);
  if (!offset.ok()) return offset.status();
  if (*offset < description.size_bytes) return UploadState{upload.upload_id, *offset, false};

  // All bytes arrived, but the server died before their row: nothing is left to send, so it is finished here.
  auto finished = FinishWhole(upload);
  if (finished.ok()) return finished;
  if (absl::IsAborted(finished.status())) return UploadState{upload.upload_id, *offset, false};
  if (!absl::IsDataLoss(finished.status())) return finished.status();
  auto again = catalog_.BeginUpload(new_id_(), principal, owner, description);
  if (!again.ok()) return again.status();
  return UploadState{again->upload.upload_id, again->complete ? description.size_bytes : 0, again->complete};
}

absl::StatusOr<UploadState> Uploads::FinishWhole(const Upload& upload) {
  auto partial = files_.OpenPartial(upload.upload_id);
  if (!partial.ok()) return partial.status();
  return UploadStream(catalog_, files_, limits_, upload, *std::move(partial)).Finish();
}

absl::StatusOr<UploadStream> Uploads::Open(std::string_view principal, std::string_view upload_id) {
  if (!IsUploadId(upload_id)) return absl::NotFoundError("upload_id: no such upload");
  auto upload = catalog_.FindUpload(upload_id);
  if (!upload.ok()) return upload.status();
  if (upload->principal != principal) return absl::NotFoundError("upload_id: no such upload");
  auto partial = files_.OpenPartial(upload_id);
  if (!partial.ok()) return partial.status();
  return UploadStream(catalog_, files_, limits_, *std::move(upload), *std::move(partial));
}

}  // namespace interneg::artifacts
