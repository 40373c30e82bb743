// What of the source's picture is trained on: where every pair's reference lies.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_ALIGNED_AREA_H_
#define INTERNEG_WORKER_ENGINE_JOBS_ALIGNED_AREA_H_

#include "worker/engine/image/image.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

// Throws JobError for a crop that leaves the picture or has odd numbers; the remedy names the nearest that does not.
void CheckCrop(const PictureArea& crop, image::Size source);

// Within the alignment's live area the largest upright rectangle of even numbers that all pairs which were not failed
// cover. Throws JobError for pairs that share too little.
PictureArea ProposeCrop(image::Size source, image::Size reference, const Alignment& alignment);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ALIGNED_AREA_H_
