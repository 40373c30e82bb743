#include "worker/engine/jobs/child_program.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <system_error>

#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {

std::filesystem::path FindProgram(const std::string& name) {
  std::error_code error;
  std::vector<std::filesystem::path> folders;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(self.parent_path());
  const char* search = std::getenv("PATH");
  std::istringstream path(search == nullptr ? "" : search);
  for (std::string folder; std::getline(path, folder, ':');) {
    if (!folder.empty()) folders.emplace_back(folder);
  }
  for (const auto& folder : folders) {
    if (::access((folder / name).c_str(), X_OK) == 0) return folder / name;
  }
  throw JobError(FailureKind::kBadInput, name + " is neither beside this program nor in the search path",
                 "install it beside interneg-engine; it is built where libonnx-dev is installed");
}

int RunProgramToEnd(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
  std::string name = program.string();
  std::vector<std::string> texts = arguments;
  std::vector<char*> values = {name.data()};
  for (auto& text : texts) values.push_back(text.data());
  values.push_back(nullptr);
  pid_t child = -1;
  const int error = ::posix_spawn(&child, name.c_str(), nullptr, nullptr, values.data(), environ);
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start '" + name + "'");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "cannot wait for '" + name + "'");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace interneg::jobs
