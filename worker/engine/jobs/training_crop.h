// A training crop that the job sets itself.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAINING_CROP_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAINING_CROP_H_

#include <string>

#include "worker/engine/dataset/pair.h"
#include "worker/engine/jobs/stage_documents.h"

namespace interneg::jobs {

// Throws JobError that begins with `field` for a crop that leaves the picture or has odd numbers; the remedy is the
// nearest that does not.
void RequireTrainingCrop(const PictureArea& crop, image::Size source, const std::string& field);

// For a pair that is registered as its files are: trusts the reference inside the crop and puts the source's own pixels
// outside it, so that nothing there can bleed into what is trusted. The crop must lie in the picture.
void CropPair(const PictureArea& crop, dataset::Pair& pair);

// `x,y widthxheight`.
std::string TextOf(const PictureArea& crop);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TRAINING_CROP_H_
