// The matching module's frame map as the document that stages hand on, and back.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_FRAME_MAP_DOCUMENT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_FRAME_MAP_DOCUMENT_H_

#include "worker/engine/jobs/stage_results.h"
#include "worker/engine/matching/frame_map.h"

namespace interneg::jobs {

// Without media and edits, which are the job's.
FrameMap ToDocument(const matching::FrameMap& map);
matching::FrameMap FromDocument(const FrameMap& map);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_FRAME_MAP_DOCUMENT_H_
