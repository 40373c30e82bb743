// Temporal smoothing of a render, as a job asks for it.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RENDER_SMOOTHING_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RENDER_SMOOTHING_H_

#include <optional>

#include "worker/engine/inference/render_pipeline.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/model/network_description.h"

namespace interneg::jobs {

// Over the source's whole range, whichever of its frames are rendered, along the motion that preparation estimates;
// nothing for a strength of 0. Throws JobError for a strength outside 0 to 1 and for networks that predict no grid.
std::optional<inference::TemporalSmoothing> SmoothingOf(double strength, const Medium& source,
                                                        const model::NetworkDescription& network);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RENDER_SMOOTHING_H_
