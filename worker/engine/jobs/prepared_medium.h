// A medium as the network sees it: in the training domain, prepared.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PREPARED_MEDIUM_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PREPARED_MEDIUM_H_

#include <optional>
#include <vector>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/preparation/prepare.h"

namespace interneg::jobs {

// Steps that look at neighbours read them themselves and keep them while the frames ascend. For one thread; the medium
// and the transform outlive it. Copies neither.
class PreparedMedium {
 public:
  PreparedMedium(const Medium& medium, const color::TrainingTransform& transform,
                 const preparation::Preparation& preparation);

  // `original`: the frame in the training domain, which comes back as it is where nothing is prepared. Throws
  // frames::FrameError for a neighbour that cannot be read.
  image::Image See(int frame, image::Image original);

 private:
  const Medium& medium_;
  const color::TrainingTransform& transform_;
  std::vector<int> frames_;
  std::optional<preparation::PreparedShot> shot_;  // none: nothing to prepare
};

// Steps that can be applied to a medium by itself, and those that match it to its partner, which come after it is
// registered.
struct SplitPreparation {
  preparation::Preparation alone;
  preparation::Preparation with_partner;
};
SplitPreparation Split(const preparation::Preparation& preparation);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PREPARED_MEDIUM_H_
