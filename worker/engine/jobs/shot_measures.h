// What each shot of a medium is worth: resolution, grain, damage, level and colour, from a few of its frames.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_SHOT_MEASURES_H_
#define INTERNEG_WORKER_ENGINE_JOBS_SHOT_MEASURES_H_

#include <optional>
#include <vector>

#include "worker/engine/frames/field_structure.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/media_report_document.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/settings.h"

namespace interneg::jobs {

// Frames of a shot that are measured when nothing else is said: grain wants two neighbours, dust three, and the mean
// over three looks at dust is steady enough to compare elements by.
inline constexpr int kMeasuredFrames = 5;

struct MeasuredMedium {
  std::vector<document::MeasuredShot> shots;  // ascending, covering every readable frame
  std::vector<int> unreadable;                // ascending; each was decoded
};

// Reads every frame of the range to find the shots, and `frames_a_shot` neighbouring ones from the middle of each
// again, as a Rec.709 display shows them whatever the job's domain. Fewer where a shot has fewer neighbours. A shot
// that cannot be measured says why. Where `fields` are of different times, pictures are made whole first
// (whole_pictures.h). Sends progress. Throws as MakeThumbnails does.
MeasuredMedium MeasureShots(const JobContext& context, const Medium& medium, const ColorPlan& color, int frames_a_shot,
                            const std::optional<frames::FieldStructure>& fields);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_SHOT_MEASURES_H_
