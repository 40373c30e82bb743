// How much of each kind of predicted detail a render takes.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_DETAIL_STRENGTHS_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_DETAIL_STRENGTHS_H_

#include <span>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::inference {

// Of the predicted change of luma, ΔY = predicted Y − the source's own: with G(σ) a Gaussian blur of σ pixels,
//
//   fine    ΔY − G(1) ΔY          periods below about 5 px
//   middle  G(1) ΔY − G(3) ΔY     5 to 16 px
//   coarse  G(3) ΔY               above
//
// (Burt and Adelson's Laplacian pyramid, 1983, without its decimation), the half-amplitude period of a Gaussian being
// 2 π σ / √(2 ln 2). What in the finest band has no structure is grain and goes by its own strength: of each pixel's
// fine change the share 1 − k, where k = max(0, 1 − 4 J₀ / J), J = G(3) |∇ G(1.5) Y|² of the source, and J₀ the value
// that a fifth of the picture's J lie below: as a Wiener gain, 0 where the source is as flat as its flattest fifth,
// near 1 at edges. Of the picture are the pixels of the recovered area whose J is above 0 and whose G(1.5) Y lies in
// .03 to .97, where grain shows: bars, mattes and clipped lights are flatter than any grain. 1 takes what was
// predicted, 0 keeps the source's own.
struct DetailStrengths {
  double fine = 1.0;
  double middle = 1.0;
  double coarse = 1.0;
  double grain = 1.0;
  friend bool operator==(const DetailStrengths&, const DetailStrengths&) = default;
};

inline constexpr double kMostStrength = 4.0;

// Throws std::invalid_argument, naming the strength, for one outside 0 to kMostStrength.
void RequireStrengths(const DetailStrengths& strengths);

// The source's own luma with the predicted change at these strengths. Both planes have size.width_px × size.height_px
// values of one encoding, whole frames, of which `recovered` lies within: J₀ is all of its, so that tiles have no part
// in it. All strengths 1: the prediction, bit for bit; all 0: the source, bit for bit.
std::vector<float> WithStrengths(std::span<const float> source_y, std::span<const float> predicted_y, image::Size size,
                                 const image::Rectangle& recovered, const DetailStrengths& strengths);

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_DETAIL_STRENGTHS_H_
