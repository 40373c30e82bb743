// What a person set by hand in an alignment: keyed transforms and the frames that take them.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_ALIGNMENT_KEYS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_ALIGNMENT_KEYS_H_

#include <optional>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/image/image.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

// Sets the alignment's keys and manual frames: those of an earlier alignment, unless the job sets the same anew,
// without the frames that the job makes automatic. Throws JobError for frames that cannot be read.
void TakeKeys(const AlignJob& job, const std::optional<Alignment>& previous, Alignment& alignment);

// The transform that the pairs' own lie nearest to; frame on frame where none is known.
alignment::Transform UsualTransform(const Alignment& alignment, image::Size source, image::Size reference);

// Gives the manual frames their keyed transform. Throws JobError for a manual frame without any key and a key that is
// no transform.
void ApplyKeys(image::Size source, const alignment::Transform& usual, Alignment& alignment);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_ALIGNMENT_KEYS_H_
