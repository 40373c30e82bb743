// Low frequencies and colours brought to those of the aligned other element; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_MATCH_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_MATCH_H_

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/prepare.h"
#include "worker/engine/preparation/step.h"

namespace interneg::preparation {

// With G the Gaussian of sigma_px, weighted by the partner's weight (normalised convolution: Knutsson and Westin, CVPR
// 1993; where there is no weight, the field goes over into its mean), Y and P the two lumas:
//   offset: f₀ = G(P − Y), f ← f + G(P − Y − f) twice; R, G, B + strength · f. Detail is left as it is.
//   gain: in five passes g ← g · G(P) / G(g Y), both low-passed lumas at least .01, g limited to ¼..4;
//     all three channels + strength · (gain − 1) · Y. Detail of luma scales with it, as shading on the film does.
// Cb and Cr are those from before. Throws std::invalid_argument unless partner and weight fit the picture.
void ApplyLumaMatch(const LumaMatch& match, const Partner& partner, image::Image& picture);

// Fitted over the pictures low-passed by sigma_px and sampled every few pixels:
//   matrix: least squares from R,G,B,1 to the partner's R,G,B, with bisquare weights in four rounds (Huber's scheme,
//     Beaton and Tukey's weights, scale by the median absolute residual) and a pull of 10^−6 towards no change;
//   statistics: weighted mean and deviation of each channel (Reinhard et al., IEEE CG&A 21, 2001, in R,G,B);
//   field: the offset field of luma match, on each channel.
void ApplyColourMatch(const ColourMatch& match, const Partner& partner, image::Image& picture);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_MATCH_H_
