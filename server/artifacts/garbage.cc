#include "server/artifacts/garbage.h"

namespace interneg::artifacts {
namespace {

constexpr int kRowsPerPass = 256;

// Removes the partial file under its lock, so that a stream that goes on with it is not cut off.
absl::StatusOr<bool> RemoveUnheld(Disposal& rows, const FileStore& files, const std::string& upload_id, Time before) {
  auto held = files.OpenPartial(upload_id);
  if (absl::IsAborted(held.status())) return false;
  if (!held.ok()) return held.status();
  auto ended = rows.EndUpload(upload_id, before);
  if (!ended.ok() || !*ended) return ended;
  if (auto removed = files.RemovePartial(upload_id); !removed.ok()) return removed;
  return true;
}

absl::Status RemoveAll(Disposal& rows, const FileStore& files, Time before,
                       const absl::StatusOr<std::vector<std::string>>& upload_ids, int& removed_count) {
  if (!upload_ids.ok()) return upload_ids.status();
  for (const std::string& upload_id : *upload_ids) {
    auto removed = RemoveUnheld(rows, files, upload_id, before);
    if (!removed.ok()) return removed.status();
    if (*removed) ++removed_count;
  }
  return absl::OkStatus();
}

absl::Status CollectFiles(Disposal& rows, const FileStore& files, Time before, Collected& collected) {
  auto unreferenced = rows.UnreferencedBefore(before, kRowsPerPass);
  if (!unreferenced.ok()) return unreferenced.status();
  for (const std::string& sha256 : *unreferenced) {
    auto removed = rows.RemoveFile(sha256, before, [&] { return files.Remove(sha256); });
    if (!removed.ok()) return removed.status();
    if (*removed) ++collected.files;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Collected> CollectGarbage(Disposal& rows, const FileStore& files, const GraceTimes& grace, Time now) {
  Collected done;
  const Time uploads = now - grace.upload;
  if (auto s = RemoveAll(rows, files, uploads, rows.UploadsBefore(uploads, kRowsPerPass), done.uploads); !s.ok()) {
    return s;
  }
  if (auto s = RemoveAll(rows, files, uploads, files.PartialsBefore(uploads, kRowsPerPass), done.leftovers); !s.ok()) {
    return s;
  }
  if (auto s = CollectFiles(rows, files, now - grace.file, done); !s.ok()) return s;
  return done;
}

}  // namespace interneg::artifacts
