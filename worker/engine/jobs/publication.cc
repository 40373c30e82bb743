#include "worker/engine/jobs/publication.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/output_folder.h"
#include "worker/engine/jobs/scratch.h"

namespace interneg::jobs {
namespace {

[[noreturn]] void RefuseStorage(const std::string& what) {
  throw JobError(FailureKind::kStorage, what, "check the disk; the frames can be rendered again");
}

[[noreturn]] void RefuseSystem(const std::string& what, int error) {
  throw JobError(
      FailureKind::kStorage, what + ": " + std::strerror(error),
      error == ENOSPC || error == EDQUOT ? "free space on the disk" : "check the output folder's file system");
}

void RequirePlainName(const std::string& name) {
  if (!name.empty() && name.front() != '.' && name.find('/') == std::string::npos &&
      name.find('\0') == std::string::npos) {
    return;
  }
  throw BadInput("manifest: '" + name + "' is not a plain file name", "names have no folder and no leading dot");
}

// SHA-256 of the plain file `name` in the folder; nothing when no such name is there. A link or folder has the hash "".
std::optional<std::string> HashIn(const frames::Descriptor& folder, const std::string& name) {
  const int number = ::openat(folder.number(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (number < 0 && errno == ENOENT) return std::nullopt;
  if (number < 0 && errno == ELOOP) return "";
  if (number < 0) RefuseSystem("cannot read '" + name + "'", errno);
  const frames::Descriptor file(number);
  struct stat facts {};
  if (::fstat(number, &facts) != 0 || !S_ISREG(facts.st_mode)) return "";
  return HashOfLocalFile(file.ProcPath());
}

void Sync(const frames::Descriptor& folder, const frames::Location& location) {
  if (const int failure = frames::SyncFolder(folder.number()); failure != 0)
    RefuseSystem("cannot sync " + location.ToString(), failure);
}

bool LacksHardLinks(int error) {
  return error == EPERM || error == EOPNOTSUPP || error == ENOTSUP || error == ENOSYS || error == EMLINK;
}

// Into `to` without replacing anything; 0 or the errno. By a second name where the file system has such; else by the
// kernel's rename that refuses to replace.
int MoveNew(const frames::Descriptor& from, const frames::Descriptor& to, const char* name) {
  if (::linkat(from.number(), name, to.number(), name, 0) == 0) return 0;
  if (!LacksHardLinks(errno)) return errno;
  return ::renameat2(from.number(), name, to.number(), name, RENAME_NOREPLACE) == 0 ? 0 : errno;
}

class Publisher {
 public:
  Publisher(const frames::Roots& roots, const Publication& publication)
      : roots_(roots),
        publication_(publication),
        output_(roots.OpenFolder(publication.output_folder, frames::FolderMode::kCreate)),
        attempt_name_(
            publication.attempt_folder.relative.substr(publication.attempt_folder.relative.find_last_of('/') + 1)),
        replaced_(Below(publication.output_folder, std::string(kAttemptsFolder) + "/replaced")) {
    try {
      attempt_ = roots.OpenFolder(publication.attempt_folder, frames::FolderMode::kMustExist);
    } catch (const frames::FrameError& error) {
      if (error.fault() != frames::FrameFault::kMissing) throw;  // published before: the manifest decides
    }
  }

  PublicationReport Run(const std::function<void(std::size_t)>& progress) {
    std::vector<const OutputFile*> waiting;
    for (const auto& file : publication_.manifest) {
      if (!IsPublished(file)) waiting.push_back(&file);
    }
    std::size_t done = publication_.manifest.size() - waiting.size();
    const PublicationReport report{waiting.size(), done};
    for (const auto* file : waiting) {
      Move(*file);
      if (progress) progress(++done);
    }
    Sync(output_, publication_.output_folder);
    CleanUp();
    return report;
  }

 private:
  // Throws when the file can neither be published nor is.
  bool IsPublished(const OutputFile& file) const {
    RequirePlainName(file.name);
    const auto standing = HashIn(output_, file.name);
    if (standing == file.sha256) return true;
    if (standing && publication_.existing == Existing::kRefuse) RefuseOther(file);
    const auto ours = attempt_.is_open() ? HashIn(attempt_, file.name) : std::nullopt;
    if (!ours) RefuseStorage("the attempt's file " + PathOf(file) + " is missing");
    if (*ours != file.sha256) RefuseStorage("the attempt's file " + PathOf(file) + " is not the one that was rendered");
    return false;
  }

  void Move(const OutputFile& file) {
    if (publication_.existing == Existing::kReplace) KeepOld(file);
    const bool replacing = publication_.existing == Existing::kReplace && HashIn(output_, file.name).has_value();
    const char* name = file.name.c_str();
    const int error = replacing ? (::renameat(attempt_.number(), name, output_.number(), name) == 0 ? 0 : errno)
                                : MoveNew(attempt_, output_, name);
    // Another worker that publishes the same attempt may have been quicker, and NFS may report a link that was made as
    // one that stood there: what counts is the file that stands there now.
    if (error != 0 && HashIn(output_, file.name) != file.sha256) {
      if (error == EEXIST) RefuseOther(file);
      RefuseSystem("cannot publish " + PathOf(file), error);
    }
    ::unlinkat(attempt_.number(), file.name.c_str(), 0);
  }

  // A second name for the old version, until all new ones are whole.
  void KeepOld(const OutputFile& file) {
    const auto folder = roots_.OpenFolder(Below(replaced_, attempt_name_), frames::FolderMode::kCreate);
    const int failed = ::linkat(output_.number(), file.name.c_str(), folder.number(), file.name.c_str(), 0);
    if (failed == 0 || errno == ENOENT || errno == EEXIST) return;
    if (!LacksHardLinks(errno)) RefuseSystem("cannot keep the old " + file.name, errno);
    std::error_code error;
    std::filesystem::copy_file(output_.ProcPath() + "/" + file.name, folder.ProcPath() + "/" + file.name,
                               std::filesystem::copy_options::skip_existing, error);
    if (error && error != std::errc::no_such_file_or_directory)
      RefuseSystem("cannot keep the old " + file.name, error.value());
  }

  void CleanUp() const {
    RemoveFolder(roots_, publication_.attempt_folder);
    const auto attempts = Below(publication_.output_folder, kAttemptsFolder);
    for (const auto& name : OtherAttempts(attempts)) RemoveFolder(roots_, Below(attempts, name));
    RemoveFolder(roots_, Below(replaced_, attempt_name_));
    // Both only when they are empty: other tasks of the job may still be at work in them.
    ::unlinkat(output_.number(), (std::string(kAttemptsFolder) + "/replaced").c_str(), AT_REMOVEDIR);
    ::unlinkat(output_.number(), kAttemptsFolder, AT_REMOVEDIR);
  }

  // "<task id>.<other number>": attempts of the same task that never committed.
  std::vector<std::string> OtherAttempts(const frames::Location& attempts) const {
    std::vector<std::string> names;
    try {
      names = roots_.List(attempts);
    } catch (const frames::FrameError&) {
      return {};  // nothing is left of it
    }
    const std::string task = attempt_name_.substr(0, attempt_name_.find_last_of('.') + 1);
    std::erase_if(names, [&](const std::string& name) {
      return task.empty() || !name.starts_with(task) || name.size() == task.size() ||
             !std::all_of(name.begin() + static_cast<std::ptrdiff_t>(task.size()), name.end(),
                          [](unsigned char c) { return std::isdigit(c) != 0; });
    });
    return names;
  }

  [[noreturn]] void RefuseOther(const OutputFile& file) const {
    throw BadInput("another file stands at " + Below(publication_.output_folder, file.name).ToString(),
                   "choose another output folder or name, or replace the frames (--replace)");
  }
  std::string PathOf(const OutputFile& file) const { return Below(publication_.attempt_folder, file.name).ToString(); }

  const frames::Roots& roots_;
  const Publication& publication_;
  frames::Descriptor output_;
  frames::Descriptor attempt_;  // not open when the folder is gone
  std::string attempt_name_;
  frames::Location replaced_;
};

}  // namespace

PublicationReport Publish(const frames::Roots& roots, const Publication& publication,
                          const std::function<void(std::size_t)>& progress) {
  return Publisher(roots, publication).Run(progress);
}

}  // namespace interneg::jobs
