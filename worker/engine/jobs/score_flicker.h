// How much rendered frames change from frame to frame beyond what the truth changes.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_SCORE_FLICKER_H_
#define INTERNEG_WORKER_ENGINE_JOBS_SCORE_FLICKER_H_

#include <optional>

#include "worker/engine/image/image.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::jobs {

// Means over the planes named, full scale 1: of change along the motion (validation::TemporalDifference), or of what
// of it is flicker (validation::Flicker).
struct PlaneChange {
  double chroma = 0;  // Cb and Cr
  double luma = 0;    // Y
};

struct FlickerScore {
  int neighbours = 0;  // how many pairs of a frame and the next one were compared
  PlaneChange result;  // flicker
  std::optional<PlaneChange> source;
  PlaneChange truth;  // the truth's own change, which counts as none
};

// What of one frame is compared with the next one's: R',G',B' of one size.
struct ScoredPictures {
  image::Image truth;
  image::Image result;
  std::optional<image::Image> source;
};

// Sums over a film's frames, given in rising order; holds one frame's planes. The motion is that of the truth's luma
// (preparation::MotionBetween); what it does not explain there (validation::VisibleShare) does not count.
class FlickerSums {
 public:
  explicit FlickerSums(image::YCbCrMatrix matrix) : matrix_(matrix) {}

  // Throws std::invalid_argument unless all pictures have the size of the first ones.
  void Add(int frame, const ScoredPictures& pictures);

  // All zero where no frame followed its neighbour.
  FlickerScore Mean() const;

 private:
  void Compare(const ScoredPictures& next);

  image::YCbCrMatrix matrix_;
  int frame_ = 0;
  std::optional<ScoredPictures> now_;  // Y, Cb, Cr of `frame_`
  int neighbours_ = 0;
  PlaneChange truth_, result_;
  std::optional<PlaneChange> source_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_SCORE_FLICKER_H_
