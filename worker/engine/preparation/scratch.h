// Upright scratches found over several frames and drawn over from both sides; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_SCRATCH_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_SCRATCH_H_

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"
#include "worker/engine/preparation/window.h"

namespace interneg::preparation {

inline constexpr int kScratchRadius_frames = 2;

// A line (scratch_lines.h) is a scratch when at least half of the neighbours within two frames show one of the same
// tone at the same place ± 1 pixel (it must stand out by 3 deviations in each, by 5 without neighbours): the picture
// moves under a scratch, an upright of the picture goes along. An upright that stays for five frames cannot be told
// from one. It may wander by 2 pixels. Rows that do not show half of its contrast are left; gaps shorter than an eighth
// of the height are bridged. Its width is where its mean profile exceeds three tenths of the peak. It is replaced row
// by row by the straight interpolation between its two sides, along the direction in which they differ least.
image::Image ScratchesRepaired(const ScratchRepair& repair, const Window& window);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_SCRATCH_H_
