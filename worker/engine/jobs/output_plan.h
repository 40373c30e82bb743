// Everything about a render's output that can be known, and found wrong, before anything is computed.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_OUTPUT_PLAN_H_
#define INTERNEG_WORKER_ENGINE_JOBS_OUTPUT_PLAN_H_

#include <optional>
#include <span>
#include <string>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/output_folder.h"
#include "worker/engine/jobs/settings.h"

namespace interneg::jobs {

struct OutputPlan {
  OutputPlace place;
  std::string space;  // a colour space of the configuration
  color::TrainingTransform delivery;
  frames::WriteOptions writing;
};

// For the frames of `source`. Looks at the file system and makes nothing. Throws JobError naming the field: no output
// or a path without a frame number, an unknown space, one that no way leads to from the source's training domain, a
// format that does not go with its compression or depth, frames that stand there already and are not to be replaced, a
// folder that cannot be written to; frames::FrameError for a path outside its root.
OutputPlan PlanOutput(const JobContext& context, const std::optional<RenderOutput>& output, const Medium& source,
                      std::span<const int> frames, const ColorPlan& color);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_OUTPUT_PLAN_H_
