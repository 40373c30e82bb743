// A medium as the network sees it: in the training domain, prepared.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PREPARED_MEDIUM_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PREPARED_MEDIUM_H_

#include <optional>

#include "worker/engine/color/training_transform.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/preparation/prepare.h"

namespace interneg::jobs {

// Steps that look at neighbours read them themselves and keep them while the frames ascend. A frame's neighbours are
// those of the next numbers, also where the medium's range leaves them out, so that a pair of a sparse range is
// prepared as it is in a render of the whole; they end with the range's first and last number, and before a frame that
// cannot be read. For one thread; the medium and the transform outlive it. Copies neither.
class PreparedMedium {
 public:
  PreparedMedium(const Medium& medium, const color::TrainingTransform& transform,
                 const preparation::Preparation& preparation);

  // `original`: the frame in the training domain, which comes back as it is where nothing is prepared. Throws
  // frames::FrameError when the storage gives out.
  image::Image See(int frame, image::Image original);

 private:
  std::optional<image::Image> Read(int frame) const;

  const Medium& medium_;
  const color::TrainingTransform& transform_;
  int first_ = 0;
  int asked_ = 0;                            // the frame that See is making
  const image::Image* original_ = nullptr;   // its picture, during the call
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
