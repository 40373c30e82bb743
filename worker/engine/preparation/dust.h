// Specks found against the neighbours and replaced from them; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_DUST_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_DUST_H_

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"
#include "worker/engine/preparation/window.h"

namespace interneg::preparation {

// Rank-ordered differences (Nadenau and Mitra, SPIE 3016, 1997; after Kokaram, Motion Picture Restoration, 1998), here
// over the 3×3 neighbourhoods of both motion-compensated neighbours: a pixel is a seed when a channel stands more than
// `threshold` above the largest or below the smallest of the 18. Seeds grow by two pixels where the frame differs, in
// the same direction, by half of that while the neighbours agree. A region is taken for a speck when its longer side is
// at most max_size_px, it differs more than twice as much as the neighbours do among themselves, and the picture around
// it is where its motion says: otherwise something moved. It then grows on over pixels of its own colour where only one
// of the neighbours differs, as that one's specks may lie over it. The motion is searched again without what was found.
// Both neighbours: replaced by their mean, or, where they disagree, by the one less like the frame. One: its 9 pixels
// alone; the region must also be narrower than max_size_px in the frame itself (a top-hat) and stand out by two
// deviations of what surrounds it; replaced from the neighbour. None: the top-hat with twice the threshold, in
// surroundings that are flat; replaced by what surrounds it. Thin things that are there for one frame alone are lost.
image::Image DustRepaired(const DustRepair& repair, const Window& window);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_DUST_H_
