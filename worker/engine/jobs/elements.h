// The two elements of a stage, opened: of any size, framing and timing.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_ELEMENTS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_ELEMENTS_H_

#include <map>
#include <optional>
#include <set>
#include <string>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/jobs/stage_input.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

struct Elements {
  ColorPlan color;
  Medium source;
  Medium reference;
  color::TrainingTransform from_source;
  color::TrainingTransform from_reference;
};

// `kind`: the job's name in the document, for messages ("match"). Frames that are missing within a range are met one by
// one later. Sends what is worth knowing of both. Throws as OpenMedium; also when both are the same frames.
Elements OpenElements(const JobContext& context, const StageMedia& media, const std::optional<ColorSettings>& color,
                      const std::string& kind);

// Partners of source frames: by a map's matched and held frames, or those of the same number without a map.
std::map<int, int> PartnersBy(const std::optional<FrameMap>& map, const Medium& source, const Medium& reference);

// Source frames whose partner holds two film frames, by the map.
std::set<int> MixedFrames(const std::optional<FrameMap>& map);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ELEMENTS_H_
