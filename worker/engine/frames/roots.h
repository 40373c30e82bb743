// Where frames may be read and written: named roots, and nothing outside them.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_ROOTS_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_ROOTS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/frames/frame_error.h"

namespace interneg::frames {

// Syncs an open folder. Some file systems (FUSE, NFS) cannot and say EINVAL or ENOTSUP: files in it are as safe as they
// will be, so that this is no failure. 0, or the errno.
int SyncFolder(int folder);

// An open file descriptor, closed on destruction. Movable only.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  std::string ProcPath() const;  // "/proc/self/fd/N"

 private:
  int number_ = -1;
};

// A path below a root. `relative` has no leading slash; it may be a FramePattern's spelling.
struct Location {
  std::string root;
  std::string relative;
  std::string ToString() const;                     // "root:relative/path"
  Location Sibling(const std::string& name) const;  // the file `name` in the same folder
  friend bool operator==(const Location&, const Location&) = default;
};

struct Root {
  std::string name;                   // letters, digits, '_' and '-'
  std::string folder;                 // an existing local folder
  std::vector<std::string> excluded;  // folders below it that may not be entered (the local stack's own)
};

enum class FolderMode { kMustExist, kCreate };

// The machine's roots. Each folder is made canonical and opened once, on construction; every file is opened strictly
// below that descriptor (openat2 RESOLVE_BENEATH; where the kernel has none, component by component without following
// links), so that neither `..` nor a link, even one swapped meanwhile, leads out. The root "/" is the file system as
// this user sees it, links included. Immutable; may be used from several threads. Copies share the descriptors.
class Roots {
 public:
  // Throws FrameError naming the root whose folder is missing or may not be entered, or a name that is not allowed.
  explicit Roots(const std::vector<Root>& roots);

  // One root, `local`, of the whole file system.
  static Roots WholeFileSystem();

  // `root:relative/path` as it is; anything else is a plain path below the root `local`: absolute, or relative to
  // `current_folder` (absolute). Throws FrameError for an unknown root (listing the known) or a path outside `local`.
  Location Locate(std::string_view path, const std::string& current_folder) const;

  // Opens for reading. Throws FrameError: missing, not permitted, or "leads out of the root …".
  Descriptor OpenFile(const Location& file) const;

  // Opens a folder (O_PATH is not used: it can be listed and synced); kCreate makes missing folders, mode 0777 & ~umask.
  Descriptor OpenFolder(const Location& folder, FolderMode mode) const;

  // Names of the entries of a folder, sorted, without "." and "..".
  std::vector<std::string> List(const Location& folder) const;

  // The folder of a root on this machine (canonical); throws FrameError for an unknown root.
  const std::string& FolderOf(const std::string& root) const;

  // As a person knows it, for messages: the absolute path below the root `local`, "root:relative/path" otherwise.
  std::string Shown(const Location& location) const;

 private:
  struct OpenRoot;
  const OpenRoot& Find(const std::string& name) const;
  Descriptor OpenBelow(const Location& location, int flags) const;
  std::vector<std::shared_ptr<const OpenRoot>> roots_;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_ROOTS_H_
