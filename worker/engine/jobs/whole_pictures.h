// Video's pictures without the comb of their fields, for measuring what they are worth.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_WHOLE_PICTURES_H_
#define INTERNEG_WORKER_ENGINE_JOBS_WHOLE_PICTURES_H_

#include <optional>
#include <string>
#include <vector>

#include "worker/engine/frames/field_structure.h"
#include "worker/engine/frames/media_facts.h"
#include "worker/engine/image/image.h"
#include "worker/engine/jobs/source_document.h"

namespace interneg::jobs {

struct WholePictures {
  std::vector<image::Image> pictures;
  std::string how;  // "deinterlaced", "inverse telecine"; empty: as they were
};

// How many neighbouring frames MadeWhole wants to see for `pictures` of them.
int FramesToSee(const std::optional<frames::FieldStructure>& fields, int pictures);

// From neighbouring video frames of one shot, up to `most` pictures around their middle: film frames woven from fields
// where the medium is telecined and the shot's own phase stands out (preparation/telecine.h), else deinterlaced, where
// fields are of different times; else, and where the kind is not sure (confidence below .3), as they are. Throws
// std::invalid_argument for pictures of differing sizes.
WholePictures MadeWhole(std::vector<image::Image> video, const std::optional<frames::FieldStructure>& fields, int most);

// What to do about the fields that were found, by the name of the step or the reading; none where there is nothing to
// do.
std::vector<std::string> FieldAdvice(const frames::MediaFacts& facts, const FrameSource& source);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_WHOLE_PICTURES_H_
