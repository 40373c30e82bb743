// A render's words on how its model is applied, in the terms of the modules.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RENDERING_SETTINGS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RENDERING_SETTINGS_H_

#include <map>
#include <optional>
#include <string>

#include "worker/engine/inference/frame_recovery.h"
#include "worker/engine/inference/render_pipeline.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/model/network_description.h"
#include "worker/engine/preparation/prepare.h"

namespace interneg::jobs {

// Throws JobError for strengths out of range, for what this network cannot have, and for a map of invented detail in files
// that hold no further channels.
inference::DetailOptions PlanDetail(const RenderJob& job, const model::NetworkDescription& network);

// Whether the network sees a positive of what the source's files hold as a negative. Around or beside what it predicts,
// the files' own pixels are then of no use.
bool InvertsSource(const preparation::Preparation& preparation);

// Throws JobError where what the network sees is inverted and the render asks for more than its prediction: strengths
// other than 1, the map of invented detail, a crop. All three compare with, or deliver, the files' own pixels.
void RequireOwnPixelsUnused(const RenderJob& job, const preparation::Preparation& preparation);

// Over the source's whole range in the order of time, whichever of its frames are rendered and however the range is
// written, along the motion that preparation estimates; nothing for a strength of 0. Throws JobError for a strength
// outside 0 to 1 and for networks that predict no grid.
std::optional<inference::TemporalSmoothing> SmoothingOf(double strength, const Medium& source,
                                                        const model::NetworkDescription& network);

// What these change in the pixels, as header attributes: interneg:detailStrengths ("fine 1, middle 1, coarse 1, grain
// 0.5") and interneg:temporalSmoothing ("0.5"), each where it is not the default.
std::map<std::string, std::string> AttributesOf(const inference::DetailOptions& detail,
                                                const std::optional<inference::TemporalSmoothing>& smoothing);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RENDERING_SETTINGS_H_
