#include "worker/engine/frames/roots.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace interneg::frames {

struct Roots::OpenRoot {
  std::string name;
  std::string folder;  // canonical
  std::vector<std::string> excluded;
  Descriptor descriptor;
};

namespace {

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

bool LiesBelow(std::string_view path, std::string_view folder) {
  if (folder == "/") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string WithoutLeadingSlashes(std::string_view path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  return std::string(path);
}

[[noreturn]] void ThrowErrno(int error, const std::string& shown, const std::string& root) {
  switch (error) {
    case ENOENT: throw FrameError(FrameFault::kMissing, shown + ": no such file or folder");
    case ENOTDIR: throw FrameError(FrameFault::kMissing, shown + ": a part of the path is not a folder");
    case EACCES:
    case EPERM: throw FrameError(FrameFault::kPermission, shown + ": permission denied; this user may not open it");
    case EROFS: throw FrameError(FrameFault::kPermission, shown + ": the file system is read-only");
    case EXDEV:
    case ELOOP:
      throw FrameError(FrameFault::kOutside, shown + ": the path leads out of the root '" + root +
                                                 "' (by .. or a link); only what lies below the root may be used");
    case ENOSPC:
    case EDQUOT: throw FrameError(FrameFault::kDiskFull, shown + ": no space is left on the disk");
    default: throw FrameError(FaultOfReading(error), shown + ": cannot be opened: " + std::strerror(error));
  }
}

// For kernels without openat2: one component after the other, following no link and going up never.
int WalkBelow(int root, const std::string& relative, int flags) {
  int current = dup(root);
  const std::filesystem::path path(relative);
  for (auto part = path.begin(); current >= 0 && part != path.end(); ++part) {
    if (part->empty()) continue;
    if (*part == "..") errno = EXDEV;
    const bool last = std::next(part) == path.end();
    const int next = *part == ".." ? -1
                                   : openat(current, part->c_str(),
                                            (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
    const int failure = errno;
    close(current);
    errno = failure;
    current = next;
  }
  return current;
}

int OpenStrictlyBelow(int root, const std::string& relative, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 0; attempt < 16; ++attempt) {  // EAGAIN: something was renamed while it was being resolved
    const long opened = syscall(SYS_openat2, root, relative.c_str(), &how, sizeof how);
    if (opened >= 0) return static_cast<int>(opened);
    if (errno == ENOSYS) return WalkBelow(root, relative, flags);
    if (errno != EAGAIN) return -1;
  }
  return -1;
}

}  // namespace

int SyncFolder(int folder) {
  if (fsync(folder) == 0 || errno == EINVAL || errno == ENOTSUP) return 0;
  return errno;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}
Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}
std::string Descriptor::ProcPath() const { return "/proc/self/fd/" + std::to_string(number_); }

std::string Location::ToString() const { return root + ":" + relative; }

Location Location::Sibling(const std::string& name) const {
  const std::size_t slash = relative.rfind('/');
  return {root, slash == std::string::npos ? name : relative.substr(0, slash + 1) + name};
}

Roots::Roots(const std::vector<Root>& roots) {
  for (const Root& root : roots) {
    if (!IsName(root.name)) {
      throw FrameError(FrameFault::kOutside, "root '" + root.name + "': a name has letters, digits, _ and - only");
    }
    std::error_code failure;
    const auto canonical = [&](const std::string& path) { return std::filesystem::canonical(path, failure).string(); };
    auto open_root = std::make_shared<OpenRoot>();
    open_root->name = root.name;
    open_root->folder = canonical(root.folder);
    if (failure) {
      throw FrameError(FrameFault::kMissing, "root '" + root.name + "': the folder " + root.folder +
                                                 " cannot be used: " + failure.message());
    }
    for (const std::string& path : root.excluded) {
      const std::string folder = canonical(path);
      open_root->excluded.push_back(failure ? path : folder);  // one that is made later is still kept out
    }
    open_root->descriptor = Descriptor(open(open_root->folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!open_root->descriptor.is_open()) ThrowErrno(errno, "root '" + root.name + "': " + root.folder, root.name);
    roots_.push_back(std::move(open_root));
  }
}

Roots Roots::WholeFileSystem() { return Roots(std::vector<Root>{{"local", "/", {}}}); }

const Roots::OpenRoot& Roots::Find(const std::string& name) const {
  std::string known;
  for (const auto& root : roots_) {
    if (root->name == name) return *root;
    known += (known.empty() ? "" : ", ") + root->name;
  }
  throw FrameError(FrameFault::kOutside, "unknown root '" + name + "'; this machine has: " +
                                             (known.empty() ? "none" : known));
}

Location Roots::Locate(std::string_view path, const std::string& current_folder) const {
  if (path.empty() || path.find('\0') != std::string_view::npos) {
    throw FrameError(FrameFault::kMissing, "a path is empty or holds a zero byte");
  }
  const std::size_t colon = path.find(':');
  if (colon != std::string_view::npos && IsName(path.substr(0, colon))) {
    const std::string name(path.substr(0, colon));
    return {Find(name).name, WithoutLeadingSlashes(path.substr(colon + 1))};
  }
  const std::string absolute = path.front() == '/' ? std::string(path) : current_folder + "/" + std::string(path);
  const OpenRoot& local = Find("local");
  if (!LiesBelow(absolute, local.folder)) {
    throw FrameError(FrameFault::kOutside, std::string(path) + " lies outside the root 'local' (" + local.folder +
                                               "); name it as root:relative/path");
  }
  return {"local", WithoutLeadingSlashes(std::string_view(absolute).substr(local.folder == "/" ? 0 : local.folder.size()))};
}

Descriptor Roots::OpenBelow(const Location& location, int flags) const {
  const OpenRoot& root = Find(location.root);
  const std::string relative = location.relative.empty() ? "." : location.relative;
  if (relative.front() == '/') {
    throw FrameError(FrameFault::kOutside, Shown(location) + ": a path below a root does not begin with a slash");
  }
  // The root "/" is the file system as the user sees it, absolute links included, so the kernel's plain rules apply.
  const int number = root.folder == "/" ? openat(root.descriptor.number(), relative.c_str(), flags | O_CLOEXEC)
                                        : OpenStrictlyBelow(root.descriptor.number(), relative, flags);
  if (number < 0) ThrowErrno(errno, Shown(location), root.name);
  Descriptor opened(number);
  if (!root.excluded.empty()) {
    std::error_code failure;
    const std::string real = std::filesystem::read_symlink(opened.ProcPath(), failure).string();
    for (const std::string& folder : root.excluded) {
      if (failure || LiesBelow(real, folder)) {
        throw FrameError(FrameFault::kOutside, Shown(location) + ": " + folder + " is kept out of the root '" +
                                                   root.name + "'");
      }
    }
  }
  return opened;
}

Descriptor Roots::OpenFile(const Location& file) const {
  // Not blocking, so that a named pipe in place of a frame does not hold the engine up.
  Descriptor opened = OpenBelow(file, O_RDONLY | O_NONBLOCK);
  struct stat state {};
  if (fstat(opened.number(), &state) != 0 || !S_ISREG(state.st_mode)) {
    throw FrameError(FrameFault::kUnreadable, Shown(file) + " is not a regular file");
  }
  return opened;
}

Descriptor Roots::OpenFolder(const Location& folder, FolderMode mode) const {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY;
  if (mode == FolderMode::kMustExist) return OpenBelow(folder, kFlags);
  Descriptor current = OpenBelow({folder.root, ""}, kFlags);
  Location here{folder.root, ""};
  for (const auto& part : std::filesystem::path(folder.relative)) {
    if (part.empty()) continue;
    here.relative += (here.relative.empty() ? "" : "/") + part.string();
    if (mkdirat(current.number(), part.c_str(), 0777) != 0 && errno != EEXIST) {
      // A folder that may be passed but not written is fine as long as the next one is there.
      struct stat state {};
      const int failure = errno;
      if (fstatat(current.number(), part.c_str(), &state, 0) != 0) ThrowErrno(failure, Shown(here), folder.root);
    }
    current = OpenBelow(here, kFlags);
  }
  return current;
}

std::vector<std::string> Roots::List(const Location& folder) const {
  const Descriptor opened = OpenFolder(folder, FolderMode::kMustExist);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(dup(opened.number())), &closedir);
  if (!stream) ThrowErrno(errno, Shown(folder), folder.root);
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

const std::string& Roots::FolderOf(const std::string& root) const { return Find(root).folder; }

std::string Roots::Shown(const Location& location) const {
  if (location.root != "local") return location.ToString();
  const std::string& folder = Find("local").folder;
  return (folder == "/" ? "" : folder) + "/" + location.relative;
}

}  // namespace interneg::frames
