// A file beside the frames; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_SIDE_FILE_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_SIDE_FILE_H_

#include <string>

#include "worker/engine/frames/roots.h"

namespace interneg::simulation {

// Writes `bytes` as `name` into the folder (it is made), over what stands there, by a temporary name: whole or not at
// all. Throws frames::FrameError.
void WriteSideFile(const frames::Roots& roots, const frames::Location& folder, const std::string& name,
                   const std::string& bytes);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_SIDE_FILE_H_
