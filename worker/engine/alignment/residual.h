// What is left of structure when two elements lie on each other: geometry alone, whatever the colours are.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_RESIDUAL_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_RESIDUAL_H_

#include <string>
#include <string_view>

#include "worker/engine/image/image.h"

namespace interneg::alignment {

// kUnusable: what the two show differs, by place or by content; nothing may be learned from the pair.
enum class Verdict { kGood, kUsable, kUnusable };
std::string_view NameOf(Verdict verdict);  // "good", "usable", "unusable"

struct Residual {
  double figure = 0;        // 0..1: share of the structured picture whose structure does not agree
  double structured = 0;    // 0..1: share of the trusted picture that has structure in both
  Verdict verdict = Verdict::kGood;
  std::string reason;       // for people; empty when good
  image::Image confidence;  // one plane of the picture's size, 0..1: how far each pixel is to be trusted
};

// `source` and `reference`: three planes of one size, the reference resampled onto the source; `trusted`: one plane of that
// size, 0 where there is nothing to compare. Around each pixel, in a window of 1/30 of the height (7 to 33 pixels), the
// detail (the picture less its mean over twice that window) of each side is reduced to its luma and its three planes; a
// local fit r = a s + b takes colour, contrast and fading away and leaves 1 − ρ² of the detail's energy (ρ: the local
// correlation coefficient, the coefficient of determination of that fit). The greatest ρ² of the four counts, since a dye
// that is gone leaves its plane without structure. A pixel disagrees where ρ² < ¼ although both sides have structure
// (a deviation of .01 and more); the confidence is 0 at ρ² ≤ .1 and 1 from .4 on, softened by the window, and 1 where
// nothing is structured. Good below .1 of the structured picture, unusable from .35 on: limits of ours, drawn cases of each
// in residual_test.cc. Throws std::invalid_argument for pictures that do not go together.
Residual MeasureResidual(const image::Image& source, const image::Image& reference, const image::Image& trusted);

// Four pictures in two rows, R',G',B' for display: source and reference above; below the difference of their luma detail
// about middle grey, and the source with what is not trusted in red.
image::Image DifferenceSheet(const image::Image& source, const image::Image& reference, const Residual& residual);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_RESIDUAL_H_
