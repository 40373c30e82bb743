// Everything that can be wrong with a frame, its file or its folder.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_FRAME_ERROR_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_FRAME_ERROR_H_

#include <cerrno>
#include <stdexcept>
#include <string>

namespace interneg::frames {

enum class FrameFault {
  kMissing,      // no such file or folder
  kOutside,      // the path leads out of its root, or the root is unknown
  kPermission,   // not allowed to read or write there
  kUnreadable,   // not an image of the format, truncated, zero-size
  kBadPixels,    // NaN or infinity
  kUnsupported,  // a kind of image or option that is not handled
  kDiskFull,     // ENOSPC or EDQUOT
  kWrite,        // any other failure to write
  kStorage,      // the disk, the file server or this process gave out (EIO, ESTALE, EMFILE …); another try may do
};

// What a failure to open or read means when its errno says that it is none of the file's: kStorage; else kUnreadable.
inline FrameFault FaultOfReading(int error) {
  switch (error) {
    case EIO:
    case ESTALE:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ETIMEDOUT:
    case EAGAIN:
      return FrameFault::kStorage;
    default:
      return FrameFault::kUnreadable;
  }
}

// The text names the file and frame, what is wrong and what would be right.
class FrameError : public std::runtime_error {
 public:
  FrameError(FrameFault fault, const std::string& text) : std::runtime_error(text), fault_(fault) {}
  FrameFault fault() const { return fault_; }

 private:
  FrameFault fault_;
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_FRAME_ERROR_H_
