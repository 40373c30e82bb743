// The geometric solve: where the Source's pixels lie in the Reference, whatever the two did to the colours.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_SOLVE_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_SOLVE_H_

#include <optional>
#include <string>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

// Whether a pair that does not solve is searched on for the reason (mirrored, turned, stretched, half or twice the
// size): seconds rather than tenths of one. Give up when frames of a shot are solved whose first has been explained.
enum class OnFailure { kExplain, kGiveUp };

struct SolveOptions {
  TransformKind kind = TransformKind::kSimilarity;

  // The share of the source area's width and height, about its centre, that is compared. In (0.1, 1].
  double central_region = 0.8;

  // A transform to start from (source pixels → reference pixels), near enough that a search is not needed: within about
  // 3 % of the picture's width. Without it the whole of scale, rotation and shift is searched.
  std::optional<Transform> initial = std::nullopt;

  // Width of a pixel over its height. A similarity is one in square pixels.
  double source_pixel_aspect = 1.0;
  double reference_pixel_aspect = 1.0;

  // The live areas, when known; the whole frames otherwise. Unless `initial` is given they are also taken to show about
  // the same picture (within 20 % of scale and a quarter of the picture of shift; if that fails within twice or half).
  std::optional<image::Rectangle> source_area = std::nullopt;
  std::optional<image::Rectangle> reference_area = std::nullopt;

  // The solve ends at the resolution of the coarser element, reduced to at most this many pixels.
  int most_pixels = 1'300'000;

  OnFailure on_failure = OnFailure::kExplain;
};

// kUncertain: a transform that fits, but too loosely to trust unseen: above .25 px of estimated RMS error (.125 for a
// homography) some pixel may be off by .5 px. kFailed: the transform means nothing.
enum class SolveStatus { kSolved, kUncertain, kFailed };
std::string_view NameOf(SolveStatus status);

// In whose pixels the errors of a Solution are: the source's, unless the source is finer than the reference by more
// than 1.5 times; then the reference's.
enum class ErrorUnit { kSourcePixels, kReferencePixels };

struct Solution {
  Transform transform;
  SolveStatus status = SolveStatus::kFailed;

  // 0..1: how much of the structured picture agrees, lowered by the estimated error. 0 when failed.
  double confidence = 0.0;

  // The RMS displacement error over the source area to be expected: √((1.75 J)² + (1.5 F)² + .015²) pixels. J: a delete-one
  // jackknife over 6×4 parts of the region (Efron & Stein, Ann. Statist. 9, 1981), carried to the whole area; it sees
  // noise, local disagreement and a model that does not fit, but no error that all parts share. F: forward_backward_px,
  // which sees part of those; the constant stands for the rest. The three numbers are the maximum likelihood (errors of
  // both axes normal with this deviation) over the pairs of tests/benchmarks/alignment, whose truth is known; it prints
  // how errors and estimates lie beside each other (docs/benchmarks/alignment_error.md).
  double estimated_rms_px = 0.0;

  // RMS over the source area of p → reference → p, the way back solved on its own from the previous resolution's
  // result.
  double forward_backward_px = 0.0;

  ErrorUnit unit = ErrorUnit::kSourcePixels;

  // The share of the parts with structure that agree on the transform, and their median correlation, both 0..1.
  double agreeing_share = 0.0;
  double correlation = 0.0;

  // For people; empty when solved without remark.
  std::string reason;
};

// Source and reference: R',G',B' or Y' planes in the training domain, about [0, 1]; their sizes may differ by 3 to 1.
//
// Method. Search: the field (gx + i gy)² summed over planes and divided by its local energy (double-angle gradient,
// which forgets colour, contrast and polarity: Bigün & Granlund, ICCV 1987; as correlation structure: Fitch et al.,
// BMVC 2002) correlated by FFT over scale, rotation and shift. Then coarse to fine: the reference's luma, and the
// source's planes weighted by least squares to come nearest to its detail (so a faded or inverted plane does not
// mislead), band-passed and normalised by local mean and deviation, are registered by Gauss–Newton with the mean of
// both gradients (Benhimane & Malis, IROS 2004), each pixel weighted by ρ²/(1−ρ²) of its neighbourhood's correlation ρ
// and by Geman–McClure on its residual.
//
// Pictures that cannot be solved come back as failed with a reason: constant or black, mirrored, upside down, another
// aspect ratio (kTranslation and kSimilarity), unrelated. Throws std::invalid_argument for input that is no picture
// pair: empty, fewer than 48 pixels a side, not 1 or 3 planes, options out of range, areas outside their frames.
//
// Deterministic. Runs on the calling thread and OpenCV's pool; safe to call from several threads at once.
Solution Solve(const image::Image& source, const image::Image& reference, const SolveOptions& options);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_SOLVE_H_
