// The folder of one attempt for checkpoints and pictures, all of which become artifacts.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_SCRATCH_H_
#define INTERNEG_WORKER_ENGINE_JOBS_SCRATCH_H_

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "worker/engine/frames/roots.h"
#include "worker/engine/image/image.h"
#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/events.h"

namespace interneg::jobs {

class Scratch {
 public:
  // `folder` is a local path; made when missing, and locked for this run as long as the lock lives. Throws JobError
  // when it is not given, not writable, or another run's. Where folders cannot be locked (some network file systems) it
  // is not.
  Scratch(const std::filesystem::path& folder, EventSink& events);

  const std::filesystem::path& folder() const { return folder_; }

  // The lock, for who goes on using the folder's files; the object no longer holds it then.
  frames::Descriptor TakeLock() { return std::move(lock_); }

  // Name, size and SHA-256 of a file in the folder. Throws frames::FrameError when it is not there.
  OutputFile FileOf(const std::filesystem::path& file) const;

  // Writes display-encoded R',G',B' (limited to [0, 1] by the encoding) as `kind`.NNNNNN.png with 8 bits and sends the
  // artifact event; the number is the step, 0 without one.
  OutputFile SendPicture(const std::string& kind, const image::Image& display, std::optional<std::uint32_t> step) const;

 private:
  std::filesystem::path folder_;
  frames::Descriptor lock_;  // the folder, open
  EventSink& events_;
  frames::Roots machine_;  // the whole file system: the folder is the daemon's, not a studio's root
};

// SHA-256 of a local file, lower-case hex. Throws frames::FrameError.
std::string HashOfLocalFile(const std::filesystem::path& file);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_SCRATCH_H_
