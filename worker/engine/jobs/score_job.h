// Figures of rendered frames against a truth.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_SCORE_JOB_H_
#define INTERNEG_WORKER_ENGINE_JOBS_SCORE_JOB_H_

#include <optional>
#include <string>
#include <vector>

#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/score_flicker.h"
#include "worker/engine/validation/measures.h"

namespace interneg::jobs {

enum class ScoreFlicker { kNo, kYes };

struct ScoreRequest {
  FrameSource result;
  FrameSource truth;                  // its range: the frames that are scored
  std::optional<FrameSource> source;  // the untouched frames, scored beside the result
  std::optional<ColorSettings> color;
  std::optional<PictureArea> crop;           // what counts; unset: the whole picture
  ScoreFlicker flicker = ScoreFlicker::kNo;  // of neighbouring frames among those scored
};

struct ScoredFrame {
  int frame = 0;
  validation::Figures result;
  std::optional<validation::Figures> source;
};

struct Score {
  std::vector<ScoredFrame> frames;
  validation::Figures result;  // means over the frames
  std::optional<validation::Figures> source;
  std::optional<FlickerScore> flicker;  // where it was asked for
};

// All pictures are compared as a Rec.709 display of gamma 2.4 shows them. Throws as OpenMedium and CheckParity do, and
// JobError for a crop that leaves the picture, and for flicker where no two of the frames are neighbours.
Score RunScore(const JobContext& context, const ScoreRequest& request);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_SCORE_JOB_H_
