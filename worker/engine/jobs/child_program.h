// Another program of the engine's, run to its end.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_CHILD_PROGRAM_H_
#define INTERNEG_WORKER_ENGINE_JOBS_CHILD_PROGRAM_H_

#include <filesystem>
#include <string>
#include <vector>

namespace interneg::jobs {

// The program of that name beside this one, else that of the search path. Throws JobError when it is in neither.
std::filesystem::path FindProgram(const std::string& name);

// Waits for its end; its output goes where this program's goes. Returns the exit code, or 128 and the signal. Throws
// std::system_error when it cannot be started.
int RunProgramToEnd(const std::filesystem::path& program, const std::vector<std::string>& arguments);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_CHILD_PROGRAM_H_
