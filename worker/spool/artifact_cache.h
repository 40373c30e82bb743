// Downloaded artifacts by their SHA-256, up to a size, so that a checkpoint is fetched once.
#ifndef INTERNEG_WORKER_SPOOL_ARTIFACT_CACHE_H_
#define INTERNEG_WORKER_SPOOL_ARTIFACT_CACHE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/spool/storage.h"

namespace interneg::spool {

// Thread-safe. What was used longest ago goes first when the limit is passed; who uses a file has a hard link of his
// own, so that it may go at any time.
class ArtifactCache {
 public:
  // One artifact on its way in, begun or taken up again. Belongs to one thread; must not outlive the cache.
  class Incoming {
   public:
    ~Incoming();
    Incoming(const Incoming&) = delete;
    Incoming& operator=(const Incoming&) = delete;
    // Bytes that are here already; the next Append goes on from there.
    std::uint64_t offset() const { return file_->size_bytes(); }
    absl::Status Append(std::string_view bytes) { return file_->Append(bytes); }
    // Verifies the whole. DATA_LOSS when it has another hash; then its bytes are dropped, the next try starts at 0.
    absl::Status Finish();

   private:
    friend class ArtifactCache;
    Incoming(ArtifactCache& cache, std::string sha256, std::unique_ptr<AppendFile> file);
    ArtifactCache& cache_;
    const std::string sha256_;
    const std::unique_ptr<AppendFile> file_;
  };

  // `folder` is made where there is none; its parent must exist.
  static absl::StatusOr<std::unique_ptr<ArtifactCache>> Open(Storage& storage, const std::string& folder,
                                                             std::uint64_t limit_bytes);

  // Links the artifact to `target` (same file system) after verifying its bytes. False: not here (a copy that does not
  // have its hash any more is dropped).
  absl::StatusOr<bool> LinkTo(const std::string& sha256, const std::string& target);
  // ABORTED: another thread is fetching it; try again. INVALID_ARGUMENT: not a hash.
  absl::StatusOr<std::unique_ptr<Incoming>> Receive(const std::string& sha256);
  std::uint64_t size_bytes() const;

 private:
  ArtifactCache(Storage& storage, std::string folder, std::uint64_t limit_bytes);
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  void Evict(const std::string& keep);
  void Release(const std::string& sha256);

  Storage& storage_;
  const std::string folder_;
  const std::uint64_t limit_bytes_;
  mutable std::mutex mutex_;
  std::set<std::string> incoming_;
};

}  // namespace interneg::spool

#endif  // INTERNEG_WORKER_SPOOL_ARTIFACT_CACHE_H_
