// A file that is whole or not there; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_WHOLE_FILE_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_WHOLE_FILE_H_

#include <span>
#include <string>

#include "worker/engine/frames/roots.h"

namespace interneg::frames {

// SHA-256 in 64 hexadecimal digits.
std::string Sha256(std::span<const char> bytes);

// Everything in an open file, from its beginning. Throws FrameError kUnreadable or kStorage; `shown` names it.
std::string ReadAll(const Descriptor& file, const std::string& shown);

// Writes `bytes` to a temporary name in `folder`, syncs, renames over `name`, syncs the folder. On failure removes the
// temporary file and throws FrameError kDiskFull, kPermission or kWrite; `shown` names the file.
void WriteWhole(const Descriptor& folder, const std::string& name, std::span<const char> bytes, const std::string& shown);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_WHOLE_FILE_H_
