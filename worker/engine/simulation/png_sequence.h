// 16-bit PNG frames below a folder; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_PNG_SEQUENCE_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_PNG_SEQUENCE_H_

#include <string>

#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/frames/roots.h"

namespace interneg::simulation {

// Writes f.NNNN.png into `folder`, or into the folder `below` of it when that is not empty.
inline frames::FrameWriter PngWriter(const frames::Roots& roots, frames::Location folder, const std::string& below) {
  if (!below.empty()) folder.relative += (folder.relative.empty() ? "" : "/") + below;
  frames::WriteOptions options;
  options.format = frames::OutputFormat::kPng;
  options.encoding = frames::SampleEncoding::kUint16;
  return {roots, folder, frames::FramePattern::Parse("f.%04d.png"), options};
}

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_PNG_SEQUENCE_H_
