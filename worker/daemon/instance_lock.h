// Sees to it that one daemon at a time uses a state folder.
#ifndef INTERNEG_WORKER_DAEMON_INSTANCE_LOCK_H_
#define INTERNEG_WORKER_DAEMON_INSTANCE_LOCK_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace interneg::daemon {

// Held as long as it lives; the kernel lets go of it when the process ends, however it ends.
class InstanceLock {
 public:
  // Makes the folder (mode 0700) where there is none. Errors: FAILED_PRECONDITION (another daemon holds it; its pid is
  // named), PERMISSION_DENIED or INTERNAL (the folder cannot be used).
  static absl::StatusOr<std::unique_ptr<InstanceLock>> Take(const std::string& state_folder);
  ~InstanceLock();
  InstanceLock(const InstanceLock&) = delete;
  InstanceLock& operator=(const InstanceLock&) = delete;

 private:
  explicit InstanceLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace interneg::daemon

#endif  // INTERNEG_WORKER_DAEMON_INSTANCE_LOCK_H_
