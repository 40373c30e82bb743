// What is known of media, in the report's words. Pure.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_MEDIA_FACTS_DOCUMENT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_MEDIA_FACTS_DOCUMENT_H_

#include <vector>

#include "worker/engine/frames/media_facts.h"
#include "worker/engine/frames/parity.h"
#include "worker/engine/jobs/media_report_document.h"

namespace interneg::jobs {

// Frames, colour space and shots are left to the caller. `source` tells what was overridden.
document::MediumReport ToDocument(const frames::MediaFacts& facts, const FrameSource& source);

std::vector<document::MediaDifference> ToDocument(const frames::ParityReport& parity);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_MEDIA_FACTS_DOCUMENT_H_
