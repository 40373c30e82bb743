// What of the source's picture is trained on: inside its borders, where every pair's reference lies, beside overlays.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_ALIGNED_AREA_H_
#define INTERNEG_WORKER_ENGINE_JOBS_ALIGNED_AREA_H_

#include <optional>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

// Lines of lettering on a registered reference that its source does not show, in source pixels. Both in the training
// domain.
std::vector<PictureArea> LetteringOn(const image::Image& source, const image::Image& reference,
                                     const AlignedPair& pair);

// Pictures of both sides of some pairs, in the training domain, with the pairs' places in the alignment.
struct AreaPictures {
  std::vector<std::size_t> pairs;
  std::vector<image::Image> source;
  std::vector<image::Image> reference;
};

// Finds the live areas and the overlays that were laid over the reference, and sets the alignment's live_area, crop or
// crop_keys and render_crop (the job's, or proposals: a render crop where the source has borders), overlays and notes.
// Only pairs that are not unusable count; one whose reference lies elsewhere than the others' becomes unusable. Throws
// JobError for pairs that share too little. The job's crops must have been checked (RequireCrops).
void SetAreas(const AreaPictures& pictures, const AlignJob& job, Alignment& alignment);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ALIGNED_AREA_H_
