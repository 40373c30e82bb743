// Settings of a preparation step measured on frames of a medium, as a person may then store them.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_STEP_ESTIMATE_H_
#define INTERNEG_WORKER_ENGINE_JOBS_STEP_ESTIMATE_H_

#include <optional>
#include <vector>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/preparation_document.h"
#include "worker/engine/preparation/estimate.h"

namespace interneg::jobs {

enum class EstimatedStep { kNeutralBalance, kFadeCorrection, kInvert };

// Where the density of unexposed film is measured: in a patch that somebody points to, or, where a scan shows no such
// place, in the clearest half percent of the picture, which is right only where that is as good as unexposed.
enum class FilmBase { kPatch, kPicture };

inline constexpr int kEstimatedFrames = 8;  // one a few seconds of a usual shot

struct EstimateRequest {
  FrameSource source;                  // one shot
  std::optional<ColorSettings> color;  // of the training that the step is for: the numbers belong to its domain
  EstimatedStep step = EstimatedStep::kNeutralBalance;
  int frames = kEstimatedFrames;         // looked at, spread evenly over the range; all of a shorter one
  preparation::BalanceEstimate balance;  // `domain` counts for a balance alone, `reference` also for a fade correction
  FilmBase film_base = FilmBase::kPatch;
  std::optional<PictureArea> patch;  // of every frame; for an inversion
  std::optional<PictureArea> crop;   // what counts as picture: without borders, sprockets, sound track. Unset: all
  std::vector<document::PreparationStep> before;  // steps that come first: an inversion before a balance
};

// The steps of `before` and the one that was measured behind them, in the job documents' form; numbers to four places.
// Reads the frames and sends the medium's warnings, and those of the steps. Throws JobError that names the option and
// the remedy: too few frames, no patch, an area that leaves the picture, pictures that say nothing (black, constant,
// clipped), steps that cannot be; what OpenMedium throws (medium.h); Interrupted.
std::vector<document::PreparationStep> EstimateStep(const JobContext& context, const EstimateRequest& request);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_STEP_ESTIMATE_H_
