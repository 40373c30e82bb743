// Settings of steps proposed from a shot's own pictures; a person may change them before they are stored.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_ESTIMATE_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_ESTIMATE_H_

#include <span>

#include "worker/engine/image/image.h"
#include "worker/engine/preparation/step.h"

namespace interneg::preparation {

// All take frames of one shot: R, G, B in one training space (sizes may differ), and look at about 60 000 pixels spread
// evenly over them. They throw std::invalid_argument without frames, for frames that do not fit, and when the picture
// says nothing (black, constant or clipped throughout). Pure.

// The channel that the others are brought to. On dye-faded film the magenta layer, which green shows, lasts longest.
enum class ReferenceChannel { kRed, kGreen, kBlue };

struct BalanceEstimate {
  BalanceDomain domain = BalanceDomain::kDensity;
  ReferenceChannel reference = ReferenceChannel::kGreen;
};

// Gain and offset of the two other channels (a grey world, made robust). First the 19 quantiles .05 … .95 of a channel
// are brought to the reference's by mean and deviation; then, five times, mean and deviation are taken over the pixels
// that are now nearly neutral: bisquare weights (Beaton and Tukey 1974) of both channels' distance from the reference,
// cut at 3 robust deviations. Clipped pixels do not count. Where less than a hundredth of the pixels is near neutral,
// the quantiles' answer stays. A shot without neutrals misleads it, as it does every grey world.
NeutralBalance EstimateBalance(std::span<const image::Image> frames, const BalanceEstimate& how = {});

// Curves through the 2, 10, 25, 50, 75, 90 and 98 % quantiles of each channel's density to the reference's.
FadeCorrectionCurve EstimateFadeCorrection(std::span<const image::Image> frames,
                                           ReferenceChannel reference = ReferenceChannel::kGreen);

// Base: the mean density of `unexposed`, pictures of unexposed film of the same scan, or the .5 % quantile of each
// channel of the frames without any. Range: up to the frames' 99.5 % quantile. Other settings as by default. Throws
// std::invalid_argument when a channel's densest part lies less than .1 above the base: nothing there can be exposed.
Invert EstimateInversion(std::span<const image::Image> frames, std::span<const image::Image> unexposed = {});

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_ESTIMATE_H_
