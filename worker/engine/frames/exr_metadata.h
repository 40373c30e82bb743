// FrameMetadata and chromaticities in OIIO's attributes, both ways; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_EXR_METADATA_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_EXR_METADATA_H_

#include <optional>

#include <OpenImageIO/imageio.h>

#include "worker/engine/color/default_space.h"
#include "worker/engine/frames/frame_facts.h"

namespace interneg::frames {

FrameMetadata MetadataOf(const OIIO::ImageSpec& spec);
void PutMetadata(OIIO::ImageSpec& spec, const FrameMetadata& metadata);

std::optional<color::Chromaticities> ChromaticitiesIn(const OIIO::ImageSpec& spec);
void PutChromaticities(OIIO::ImageSpec& spec, const color::Chromaticities& chromaticities);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_EXR_METADATA_H_
