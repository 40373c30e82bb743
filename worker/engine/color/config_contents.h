// What a ColorConfig holds; for this module's sources only (the one place where OCIO meets our types).
#ifndef INTERNEG_WORKER_ENGINE_COLOR_CONFIG_CONTENTS_H_
#define INTERNEG_WORKER_ENGINE_COLOR_CONFIG_CONTENTS_H_

#include <optional>
#include <string>

#include <OpenColorIO/OpenColorIO.h>

#include "worker/engine/color/color_config.h"

namespace interneg::color {

namespace ocio = OCIO_NAMESPACE;

struct ColorConfig::Contents {
  ocio::ConstConfigRcPtr config;
  std::string description;
  std::string hash;
};

// True for a display-referred colour space in OCIO's own sense. `space` is a resolved name.
bool IsDisplaySpace(const ColorConfig& config, const std::string& space);

// The display connection space (role cie_xyz_d65_interchange). Throws ColorError without one.
std::string DisplayInterchange(const ColorConfig& config);

// The colour space that is the Rec.709 ODT ("Output - Rec.709" and the like), if the configuration has one.
std::optional<std::string> OdtSpace(const ColorConfig& config);

// The view transform "ACES 1.0 - SDR Video", if the configuration has one.
ocio::ConstViewTransformRcPtr OdtViewTransform(const ColorConfig& config);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_CONFIG_CONTENTS_H_
