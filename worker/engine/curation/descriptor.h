// How far apart two frames are, by their layouts.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_DESCRIPTOR_H_
#define INTERNEG_WORKER_ENGINE_CURATION_DESCRIPTOR_H_

#include "worker/engine/curation/frame_features.h"

namespace interneg::curation {

// √(mean over cells of ΔY² + 4 ΔCb² + 4 ΔCr²); 0 for the same layout, about .3 between unlike shots. Chroma counts
// twice since a faded source has little of it. A metric.
double Distance(const Layout& a, const Layout& b);

// The correlation of the two lumas over the cells, −1..1: the same picture under another exposure gives 1. Two layouts
// without structure correlate as 1, one without and one with structure as 0.
double LumaCorrelation(const Layout& a, const Layout& b);

// The share of cells whose luma differs by more than .04, exposure apart (means removed).
double ChangedShare(const Layout& a, const Layout& b);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_DESCRIPTOR_H_
