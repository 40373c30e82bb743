#include "worker/spool/artifact_cache.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "worker/spool/sha256.h"

namespace interneg::spool {
namespace {

constexpr char kPart[] = ".part";

struct Cached {
  std::filesystem::file_time_type used;
  std::uint64_t size = 0;
  std::filesystem::path path;
};

std::vector<Cached> Files(const std::string& folder) {
  std::vector<Cached> out;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;
    Cached file{it->last_write_time(gone), 0, it->path()};
    if (!gone) file.size = it->file_size(gone);
    if (!gone) out.push_back(std::move(file));
  }
  return out;
}

}  // namespace

ArtifactCache::Incoming::Incoming(ArtifactCache& cache, std::string sha256, std::unique_ptr<AppendFile> file)
    : cache_(cache), sha256_(std::move(sha256)), file_(std::move(file)) {}

ArtifactCache::Incoming::~Incoming() { cache_.Release(sha256_); }

absl::Status ArtifactCache::Incoming::Finish() {
  const std::string part = cache_.Path(sha256_ + kPart);
  auto hash = Sha256HexOfFile(part);
  if (!hash.ok()) return hash.status();
  if (*hash != sha256_) {
    (void)cache_.storage_.RemoveTree(part);
    return absl::DataLossError(absl::StrCat("artifact ", sha256_, " arrived with the hash ", *hash));
  }
  if (auto status = file_->Sync(); !status.ok()) return status;
  if (auto status = cache_.storage_.Rename(part, cache_.Path(sha256_)); !status.ok()) return status;
  cache_.Evict(sha256_);
  return absl::OkStatus();
}

ArtifactCache::ArtifactCache(Storage& storage, std::string folder, std::uint64_t limit_bytes)
    : storage_(storage), folder_(std::move(folder)), limit_bytes_(limit_bytes) {}

absl::StatusOr<std::unique_ptr<ArtifactCache>> ArtifactCache::Open(Storage& storage, const std::string& folder,
                                                                   std::uint64_t limit_bytes) {
  if (auto status = storage.MakeFolder(folder); !status.ok()) return status;
  std::unique_ptr<ArtifactCache> cache(new ArtifactCache(storage, folder, limit_bytes));
  cache->Evict("");
  return cache;
}

absl::StatusOr<bool> ArtifactCache::LinkTo(const std::string& sha256, const std::string& target) {
  if (!IsSha256Hex(sha256)) return absl::InvalidArgumentError(absl::StrCat("'", sha256, "' is no SHA-256"));
  std::error_code error;
  std::filesystem::remove(target, error);
  // Linked first and verified under the own name: nobody can take it away in between.
  std::filesystem::create_hard_link(Path(sha256), target, error);
  if (error == std::errc::no_such_file_or_directory) return false;
  if (error) return FileError(error.value(), "linking", target);
  auto hash = Sha256HexOfFile(target);
  if (!hash.ok()) return hash.status();
  if (*hash == sha256) {
    std::filesystem::last_write_time(Path(sha256), std::filesystem::file_time_type::clock::now(), error);
    return true;
  }
  std::filesystem::remove(target, error);
  if (auto status = storage_.RemoveTree(Path(sha256)); !status.ok()) return status;
  return false;
}

absl::StatusOr<std::unique_ptr<ArtifactCache::Incoming>> ArtifactCache::Receive(const std::string& sha256) {
  if (!IsSha256Hex(sha256)) return absl::InvalidArgumentError(absl::StrCat("'", sha256, "' is no SHA-256"));
  {
    const std::lock_guard lock(mutex_);
    if (!incoming_.insert(sha256).second) return absl::AbortedError(absl::StrCat(sha256, " is being fetched"));
  }
  auto file = storage_.OpenToAppend(Path(sha256 + kPart), Opening::kAtEnd);
  if (!file.ok()) {
    Release(sha256);
    return file.status();
  }
  return std::unique_ptr<Incoming>(new Incoming(*this, sha256, std::move(*file)));
}

std::uint64_t ArtifactCache::size_bytes() const {
  std::uint64_t total = 0;
  for (const Cached& file : Files(folder_)) total += file.size;
  return total;
}

// `keep` is the newest; it stays even when it alone passes the limit, since somebody is about to link it.
void ArtifactCache::Evict(const std::string& keep) {
  const std::lock_guard lock(mutex_);
  std::vector<Cached> files = Files(folder_);
  std::uint64_t total = 0;
  for (const Cached& file : files) total += file.size;
  std::sort(files.begin(), files.end(), [](const Cached& a, const Cached& b) { return a.used < b.used; });
  for (const Cached& file : files) {
    if (total <= limit_bytes_) return;
    const std::string name = file.path.filename().string();
    const std::string sha256 = name.substr(0, name.find('.'));
    if (name == keep || incoming_.contains(sha256)) continue;
    std::error_code error;
    if (std::filesystem::remove(file.path, error)) total -= file.size;
  }
}

void ArtifactCache::Release(const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  incoming_.erase(sha256);
}

}  // namespace interneg::spool
