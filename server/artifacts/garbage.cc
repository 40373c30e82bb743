#include "server/artifacts/garbage.h"

#include <utility>

namespace interneg::artifacts {
namespace {

constexpr int kRowsPerPass = 256;

// Removes the partial file under its lock, so that a stream that goes on with it is not cut off.
absl::StatusOr<bool> RemoveUnheld(const FileStore& files, std::string_view upload_id) {
  auto held = files.OpenPartial(upload_id);
  if (absl::IsAborted(held.status())) return false;
  if (!held.ok()) return held.status();
  if (auto removed = files.RemovePartial(upload_id); !removed.ok()) return removed;
  return true;
}

// One file in trouble must not keep the rest: the pass goes on, and tells of the first.
void Note(absl::Status status, Collected& collected) {
  if (collected.trouble.ok()) collected.trouble = std::move(status);
}

absl::Status CollectUploads(Catalog& catalog, const FileStore& files, Time before, Collected& collected) {
  auto uploads = catalog.UploadsBefore(before, kRowsPerPass);
  if (!uploads.ok()) return uploads.status();
  for (const std::string& upload_id : *uploads) {
    auto removed = RemoveUnheld(files, upload_id);
    if (!removed.ok()) Note(removed.status(), collected);
    if (!removed.ok() || !*removed) continue;
    if (auto discarded = catalog.DiscardUpload(upload_id); !discarded.ok()) return discarded;
    ++collected.uploads;
  }
  return absl::OkStatus();
}

absl::Status CollectLeftovers(Catalog& catalog, const FileStore& files, Time before, Collected& collected) {
  auto partials = files.PartialsBefore(before, kRowsPerPass);
  if (!partials.ok()) return partials.status();
  for (const std::string& upload_id : *partials) {
    const absl::Status row = catalog.FindUpload(upload_id).status();
    if (row.ok()) continue;
    if (!absl::IsNotFound(row)) return row;
    auto removed = RemoveUnheld(files, upload_id);
    if (!removed.ok()) {
      Note(removed.status(), collected);
    } else if (*removed) {
      ++collected.leftovers;
    }
  }
  return absl::OkStatus();
}

absl::Status CollectFiles(Catalog& catalog, const FileStore& files, Time before, Collected& collected) {
  auto unreferenced = catalog.UnreferencedBefore(before, kRowsPerPass);
  if (!unreferenced.ok()) return unreferenced.status();
  for (const std::string& sha256 : *unreferenced) {
    auto removed = catalog.RemoveFile(sha256, before, [&] { return files.Remove(sha256); });
    if (!removed.ok()) {
      Note(removed.status(), collected);
    } else if (*removed) {
      ++collected.files;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Collected> CollectGarbage(Catalog& catalog, const FileStore& files, const GraceTimes& grace, Time now) {
  Collected collected;
  if (auto s = CollectUploads(catalog, files, now - grace.upload, collected); !s.ok()) return s;
  if (auto s = CollectLeftovers(catalog, files, now - grace.upload, collected); !s.ok()) return s;
  if (auto s = CollectFiles(catalog, files, now - grace.file, collected); !s.ok()) return s;
  return collected;
}

}  // namespace interneg::artifacts
