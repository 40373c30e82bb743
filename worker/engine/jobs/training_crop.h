// Crops: what is trained on, of a job or an alignment, and what is rendered.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAINING_CROP_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAINING_CROP_H_

#include <optional>
#include <string>

#include "worker/engine/dataset/pair.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

// Throws JobError that begins with `field` for a crop that leaves the picture or has odd numbers; the remedy is the
// nearest that does not.
void RequireTrainingCrop(const PictureArea& crop, image::Size source, const std::string& field);

// What of that frame is trained on by the alignment: its keyed crop, or the one of all frames; nullopt where it has
// none. Throws JobError for keys that are no crops of the source.
std::optional<PictureArea> TrainingCropOf(const Alignment& alignment, int source_frame, image::Size source);

// For a pair that is registered as its files are: trusts the reference inside the crop and puts the source's own pixels
// outside it, so that nothing there can bleed into what is trusted. The crop must lie in the picture.
void CropPair(const PictureArea& crop, dataset::Pair& pair);

// `x,y widthxheight`, and back; nullopt for another text.
std::string TextOf(const PictureArea& crop);
std::optional<PictureArea> ParseArea(const std::string& text);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TRAINING_CROP_H_
