// A cgroup v2 for one engine: catches what leaves the engine's process group.
#ifndef INTERNEG_WORKER_SUPERVISION_CONTROL_GROUP_H_
#define INTERNEG_WORKER_SUPERVISION_CONTROL_GROUP_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace interneg::supervision {

// Removed when it goes (what still runs inside is killed first). Driven by one thread.
class ControlGroup {
 public:
  // Makes `<parent_folder>/<name>`, where parent_folder is a cgroup v2 that the caller may write.
  // Errors: PERMISSION_DENIED or FAILED_PRECONDITION, naming the folder; the engine then runs without one.
  static absl::StatusOr<std::unique_ptr<ControlGroup>> Make(const std::string& parent_folder, const std::string& name);
  ~ControlGroup();
  ControlGroup(const ControlGroup&) = delete;
  ControlGroup& operator=(const ControlGroup&) = delete;

  void Add(pid_t pid);
  void Kill();
  // 0 where the kernel does not say (memory controller off, or before 5.19).
  std::uint64_t PeakMemoryBytes() const;

 private:
  explicit ControlGroup(std::string folder) : folder_(std::move(folder)) {}
  const std::string folder_;
};

// The cgroup v2 folder of the calling process, or an error that says why there is none to use.
absl::StatusOr<std::string> OwnControlGroupFolder();

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_CONTROL_GROUP_H_
