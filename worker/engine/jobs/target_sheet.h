// What a network is asked to learn from each pair, shown and measured before it begins.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TARGET_SHEET_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TARGET_SHEET_H_

#include "worker/engine/jobs/display_view.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/training/training.h"

namespace interneg::jobs {

// For each pair, trained on ("training") or withheld ("validation"): an artifact `target_sheet` whose step is the
// frame, with source, registered reference, ground truth and confidence (white = trusted) side by side; and measures of
// the subject `target`:
//   held_plane_difference     largest |ground truth − source| over the planes that the recovery holds, in the training
//                             domain: 0 where "only chroma (luma) differs"; not sent where nothing is held
//   learned_plane_difference  the mean of the same over the planes that it gives, weighted by the confidence: 0 would
//                             be nothing to learn
//   beyond_range_share        the share of ground-truth pixels outside [0, 1] in R', G' or B' by more than 1/1000,
//                             which the render's gamut limit will bring back
// Throws std::logic_error when a held plane differs.
void SendTargets(const JobContext& context, const Scratch& scratch, const DisplayView& view,
                 const training::TrainingData& data, const training::TrainingOptions& options);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TARGET_SHEET_H_
