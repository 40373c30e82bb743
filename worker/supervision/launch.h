// Starts one program in a session of its own, with exactly the descriptors of the engine contract.
#ifndef INTERNEG_WORKER_SUPERVISION_LAUNCH_H_
#define INTERNEG_WORKER_SUPERVISION_LAUNCH_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "worker/supervision/file_descriptor.h"

namespace interneg::supervision {

// Everything a program is started with. `program` is a path; there is no search and no shell.
struct LaunchPlan {
  std::string program;
  // Without the program's own name.
  std::vector<std::string> arguments;
  // The whole environment, as NAME=value.
  std::vector<std::string> environment;
  std::string working_folder;
  // CPUs the program may run on; empty: as the caller.
  std::vector<int> cpus;
};

// Numbers the program finds its descriptors under (besides 0 = /dev/null and 1 = 2 = the log).
inline constexpr int kEventsFd = 3;
inline constexpr int kLeaseFd = 4;

// The parent's ends. All are non-blocking and close-on-exec.
struct LaunchedProgram {
  pid_t pid = -1;
  FileDescriptor events;  // read
  FileDescriptor lease;   // write
  FileDescriptor log;     // read; stdout and stderr of the program
  // End of file: execve succeeded. Otherwise one int: the errno of the step that failed.
  FileDescriptor exec_status;
  // Readable when the program has ended; not open where the kernel has no pidfd_open.
  FileDescriptor ended;
};

// Forks and returns at once; whether the program could be executed is told by `exec_status`. The child leads a session
// and process group of its own (its id is the pid), dies by SIGKILL when the calling *thread* ends (PR_SET_PDEATHSIG),
// has default signal dispositions, an out-of-memory score above the caller's, and no descriptor but the five named.
// Errors: RESOURCE_EXHAUSTED (no descriptor, process or memory is left), which names the call.
absl::StatusOr<LaunchedProgram> Launch(const LaunchPlan& plan);

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_LAUNCH_H_
