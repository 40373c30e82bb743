// How much of a frame burned-in lettering of its reference covers, as far as the two are registered when pairs are
// chosen.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_LETTERING_SHARE_H_
#define INTERNEG_WORKER_ENGINE_JOBS_LETTERING_SHARE_H_

#include <optional>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/image/image.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

// Source → reference of one frame, as well as it is known: the alignment's where it has solved the pair, else where the
// map has found the span's thumbnails, else frame on frame. `map` and `earlier` may be missing.
alignment::Transform RoughTransform(int source_frame, int reference_frame, image::Size source, image::Size reference,
                                    const std::optional<FrameMap>& map, const std::optional<Alignment>& earlier);

// 0…1 of the source's picture: lines of lettering on the reference that the source neither explains nor has lettering
// of its own on. Both in the training domain.
double LetteringShare(const image::Image& source, const image::Image& reference, const alignment::Transform& transform);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_LETTERING_SHARE_H_
