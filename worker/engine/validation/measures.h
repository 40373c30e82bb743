// Figures that say how near a result is to the truth.
//
// The module `validation` owns measures, the held-plane proofs and the pictures that compare frames. It knows nothing
// of networks, training or jobs.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_MEASURES_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_MEASURES_H_

#include "worker/engine/image/image.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::validation {

// All take R',G',B' of one size and one space and throw std::invalid_argument otherwise. Peak signal 1.0. Identical
// pictures give +infinity. `weight`: one plane of that size in [0, 1], how much each pixel counts, not 0 everywhere;
// null: all the same.

// −10 log10 of the mean squared error over both planes Cb and Cr. Neither picture is limited to [0, 1].
double ChromaPsnr_db(const image::Image& result, const image::Image& truth, image::YCbCrMatrix matrix,
                     const image::Image* weight = nullptr);

// The same over Y.
double LumaPsnr_db(const image::Image& result, const image::Image& truth, image::YCbCrMatrix matrix,
                   const image::Image* weight = nullptr);

// The mean over all pixels of CIEDE2000 between what a Rec.709 display of gamma 2.4 shows (delta_e.h).
double MeanDeltaE2000(const image::Image& result, const image::Image& truth, const image::Image* weight = nullptr);

// Sums frames into one figure: mean of the decibels (as the published figures do) and mean ΔE.
struct Figures {
  double chroma_psnr_db = 0;
  double luma_psnr_db = 0;
  double delta_e2000 = 0;
};
Figures Compare(const image::Image& result, const image::Image& truth, image::YCbCrMatrix matrix,
                const image::Image* weight = nullptr);

class MeanFigures {
 public:
  void Add(const Figures& figures);
  int frames() const { return frames_; }
  Figures Mean() const;  // throws std::logic_error without frames

 private:
  Figures sum_;
  int frames_ = 0;
};

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_MEASURES_H_
