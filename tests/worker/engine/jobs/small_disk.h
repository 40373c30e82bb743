// A disk that is soon full: a tmpfs of a test's own.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_JOBS_SMALL_DISK_H_
#define INTERNEG_TESTS_WORKER_ENGINE_JOBS_SMALL_DISK_H_

#include <string>

namespace interneg::jobs {

class SmallDisk {
 public:
  // Mounts at `folder`, which exists. Only who may mount can: otherwise `mounted` is false and `why` says so.
  SmallDisk(std::string folder, std::size_t size_bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return why_.empty(); }
  const std::string& why() const { return why_; }

 private:
  std::string folder_;
  std::string why_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_TESTS_WORKER_ENGINE_JOBS_SMALL_DISK_H_
