// The OCIO transforms of which the training routes are made; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_TRAINING_TRANSFORMS_OCIO_H_
#define INTERNEG_WORKER_ENGINE_COLOR_TRAINING_TRANSFORMS_OCIO_H_

#include <string>

#include <OpenColorIO/OpenColorIO.h>

#include "worker/engine/color/color_config.h"

namespace interneg::color {

// A space whose pixels already are Rec.709 gamma 2.4: nothing to convert for the display domain.
bool IsTrainingDisplaySpace(const ColorConfig& config, const std::string& space);

// `space` → ACES2065-1 without any tone map.
OCIO_NAMESPACE::TransformRcPtr SpaceToAp0(const ColorConfig& config, const std::string& space);

// The same, except that a display-referred space comes back through the inverse of the ODT.
OCIO_NAMESPACE::TransformRcPtr SpaceToAp0ThroughOdt(const ColorConfig& config, const std::string& space);

// `space` → linear light of Rec.709 primaries, without any tone map.
OCIO_NAMESPACE::TransformRcPtr SpaceToLinearRec709(const ColorConfig& config, const std::string& space);

// Linear light → gamma 2.4, negative values mirrored about zero.
OCIO_NAMESPACE::TransformRcPtr LinearToGamma24();

// ACES2065-1 → Rec.709 gamma 2.4 through the ODT: by the view transform where there is one, else by the colour space.
// Throws ColorError with the remedies when the configuration has neither.
OCIO_NAMESPACE::TransformRcPtr Ap0ToDisplayByOdt(const ColorConfig& config);

// ACES2065-1 → ACEScct.
OCIO_NAMESPACE::TransformRcPtr Ap0ToAcesCct();

OCIO_NAMESPACE::TransformRcPtr Chained(const OCIO_NAMESPACE::TransformRcPtr& first,
                                       const OCIO_NAMESPACE::TransformRcPtr& second);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_TRAINING_TRANSFORMS_OCIO_H_
