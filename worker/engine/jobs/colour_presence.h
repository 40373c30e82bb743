// Whether an element still has colour that a chroma recovery could bring back.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_COLOUR_PRESENCE_H_
#define INTERNEG_WORKER_ENGINE_JOBS_COLOUR_PRESENCE_H_

#include "worker/engine/color/training_transform.h"
#include "worker/engine/image/image.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/settings.h"

namespace interneg::jobs {

// Of an RGB picture in the training domain: false for a monochrome element, neutral or tinted, also where a movie's
// coding has given it a breath of chroma; true for a print of which two dyes are left, however weak one of them is. The
// measure is validation::MeasureColor's greater σ, the limit lies between what real elements of both kinds were seen to
// have (docs/decisions/0018).
bool HasColour(const image::Image& picture, color::TrainingDomain domain);

// Of a medium, by up to 48 of its frames, evenly spread: one with colour is enough. Frames that cannot be read are
// passed over; without a readable one it has, since nothing speaks against it. Throws as Medium::Read for a storage
// fault, and as JobContext::ThrowIfStopped.
bool HasColour(const JobContext& context, const Medium& medium, const ColorPlan& color);

// The message for a source without any.
inline constexpr const char* kMonochromeSource =
    "the source is monochrome: it has no colour that could be recovered, and colourisation is out of scope";
inline constexpr const char* kMonochromeRemedy =
    "check that --source names the colour element, or recover its detail (spatial)";

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_COLOUR_PRESENCE_H_
