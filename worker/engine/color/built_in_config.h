// The text of the built-in ACES configuration (OCIO 2.1).
#ifndef INTERNEG_WORKER_ENGINE_COLOR_BUILT_IN_CONFIG_H_
#define INTERNEG_WORKER_ENGINE_COLOR_BUILT_IN_CONFIG_H_

namespace interneg::color {

// Written by hand from OCIO 2.1 BuiltinTransforms and the matrices of the primaries; names follow the ACES 1.3
// configurations, with those of ACES 1.2 as aliases, so that projects of either generation find their spaces.
extern const char kBuiltInConfig[];

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_BUILT_IN_CONFIG_H_
