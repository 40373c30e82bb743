// What an alignment leaves: geometry only, whatever the two elements' colours are.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_RESIDUAL_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_RESIDUAL_H_

#include <span>
#include <string>
#include <string_view>

#include "worker/engine/alignment/resample.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

// kUsable: structure is left in places; the confidence plane keeps it out of the loss. kUnusable: too much of it.
enum class ResidualVerdict { kGood, kUsable, kUnusable };
std::string_view NameOf(ResidualVerdict verdict);

struct Residual {
  // The share of the source's detail that a local affine fit of the reference does not explain, beyond the grain: over
  // the structured part of the covered picture, each neighbourhood by its deviation. 0 none .. 1 all.
  double figure = 0.0;

  // The share of the structured, covered picture where more than half of the detail is left. 0..1.
  double left_share = 0.0;

  ResidualVerdict verdict = ResidualVerdict::kUnusable;
  std::string reason;  // for people; empty when good

  // One plane "residual" of the source's size: the unexplained share of each neighbourhood's detail, of the source's or of
  // the reference's (lettering, dirt and whatever else only the reference shows), whichever is more. 0..1; 0 where
  // neither has structure to judge by.
  image::Image map;

  // The reference's share alone, likewise.
  image::Image of_reference;
};

// `aligned`: the reference in the source's pixels. Works at up to 540 lines. Detail is what lies between a Gaussian
// of 1.2 and one of 5 pixels there; planes are brought together by least squares (see Solve); with ρ the correlation of
// both details in 21×21 pixels and s² the source's variance there, the unexplained share is max(0, (1 − ρ²)s² − n²)/s²,
// n² the grain's variance in that band, from the median absolute deviation of the finest difference (Immerkær, CVIU 64,
// 1996, with the median in place of the mean). Good to 0.12 (left_share 0.08); unusable above 0.35 (0.25), or where
// less than 2 % of the picture has structure in common coverage. Throws std::invalid_argument when the sizes differ,
// planes are not 1 or 3, or a side has fewer than 48 pixels.
Residual MeasureResidual(const image::Image& source, const Resampled& aligned);

// One plane "confidence" of the source's size, 0..1, to weight the training loss: the coverage (full only where the
// whole footprint lies on the reference), lowered to 0 as the residual rises from .25 to .75, to .1 where either
// picture is clipped (all planes ≤ .002 or any ≥ .998), to 0 under the masks (one plane each of the source's size, 1 =
// leave out). Throws std::invalid_argument when sizes differ.
image::Image ConfidencePlane(const image::Image& source, const Resampled& aligned, const Residual& residual,
                             std::span<const image::Image> masks);

// Four pictures: source and aligned reference; their difference after the local fit (grey = none, four times) and the
// edges of both over the source (source's green, reference's red: yellow where they meet). R',G',B', each at most
// `most_width_px` wide. Throws as MeasureResidual.
image::Image DifferenceSheet(const image::Image& source, const Resampled& aligned, int most_width_px);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_RESIDUAL_H_
