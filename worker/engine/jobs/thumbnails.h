// The thumbnails of a medium, read once.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_THUMBNAILS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_THUMBNAILS_H_

#include <vector>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/matching/thumbnail.h"

namespace interneg::jobs {

struct ReadThumbnails {
  std::vector<matching::Thumbnail> thumbnails;  // ascending by frame
  std::vector<int> unreadable;                  // frames that are left out, ascending
};

// Reads every frame of the medium's range in its own encoding; `route` tells whether that is scene-linear. Sends
// progress ("looking at the source"), and a warning that names the frames left out. Throws JobError when none can be
// read, LeaseLost, Interrupted, and frames::FrameError for what is wrong with a disk and not with a frame.
ReadThumbnails MakeThumbnails(const JobContext& context, const Medium& medium, color::TrainingRoute route);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_THUMBNAILS_H_
