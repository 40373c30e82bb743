// A drawn, moving, coloured scene: the clean shot of the demonstration and of tests that need a picture.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_DEMO_SCENE_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_DEMO_SCENE_H_

#include "worker/engine/image/image.h"

namespace interneg::simulation {

// Frame `index` (0-based) of `count`: sky, foliage, water, a figure with a face and patterned fabric, saturated
// primaries, neutral greys, deep shadow and lettering, all moving a little. R',G',B' display encoded (Rec.709 gamma
// 2.4), 0..1. The same pixels for the same arguments. Throws std::invalid_argument unless 0 ≤ index < count and the
// size is at least 64×64.
image::Image DrawDemoScene(image::Size size, int index, int count);

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_DEMO_SCENE_H_
