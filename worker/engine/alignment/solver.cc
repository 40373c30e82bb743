#include "worker/engine/alignment/solver_cv.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

#include <opencv2/core.hpp>

#include "worker/engine/alignment/registration_cv.h"
#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr double kSolvedShare = 0.5, kUncertainShare = 0.3;
constexpr int kFewestParts = 6;
constexpr std::size_t kStarts = 4, kDoubtfulStarts = 2;  // of a search, refined until one stands
// Above it the error of some pixel may be .5 px unseen: the greatest is √3 times the RMS for a scale or a rotation, at
// most twice for affine errors, up to four times (at a corner) for a homography's.
double SolvedError_px(TransformKind kind) {
  return kind == TransformKind::kHomography ? .5 / 4 : .5 / 2;
}

// See Solution::estimated_rms_px.
constexpr double kPartsFactor = 1.75, kReturnFactor = 1.5, kShared_px = 0.015;
constexpr double kStillMoving_px = 0.05;  // of the finest level: a last step above it is no convergence
constexpr int kSteps = 8;                 // of one resolution, at most
constexpr double kAspectDiffers = 0.004;
constexpr std::size_t kProjectionMost_px = 160'000;

image::Rectangle Whole(image::Size size) {
  return {0, 0, size};
}

std::string Format(const char* format, double value) {
  char text[256];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

image::Rectangle Central(const image::Rectangle& area, double share) {
  const int dx = static_cast<int>(.5 * (1 - share) * area.size.width_px);
  const int dy = static_cast<int>(.5 * (1 - share) * area.size.height_px);
  return {area.x_px + dx, area.y_px + dy, {area.size.width_px - 2 * dx, area.size.height_px - 2 * dy}};
}

// Area on area, centre on centre, in square pixels; the scale is the mean of what width and height ask for.
Transform AspectGuess(const image::Rectangle& s, const image::Rectangle& r, double source_aspect,
                      double reference_aspect) {
  const double by_width = r.size.width_px * reference_aspect / (s.size.width_px * source_aspect);
  const double by_height = static_cast<double>(r.size.height_px) / s.size.height_px;
  const double scale = std::sqrt(by_width * by_height), sx = scale * source_aspect / reference_aspect;
  const auto centre = [](int first, int count) { return first + .5 * (count - 1); };
  return Transform::ScaleAndShift(sx, scale, centre(r.x_px, r.size.width_px) - sx * centre(s.x_px, s.size.width_px),
                                  centre(r.y_px, r.size.height_px) - scale * centre(s.y_px, s.size.height_px));
}

// What a start is worth at the coarsest resolution.
struct Coarse {
  Transform transform;
  Agreement agreement;
  bool Stands() const { return agreement.parts >= kFewestParts && agreement.share >= kSolvedShare; }
};

class Solver {
 public:
  Solver(const image::Image& source, const image::Image& reference, const SolveOptions& options)
      : options_(options),
        source_area_(options.source_area.value_or(Whole(source.size()))),
        reference_area_(options.reference_area.value_or(Whole(reference.size()))),
        guess_(options.initial ? *options.initial
                               : AspectGuess(source_area_, reference_area_, options.source_pixel_aspect,
                                             options.reference_pixel_aspect)) {
    const Point centre{source_area_.x_px + .5 * source_area_.size.width_px,
                       source_area_.y_px + .5 * source_area_.size.height_px};
    const auto j = JacobianAt(guess_, centre);
    const double scale = std::sqrt(std::abs(j[0] * j[3] - j[1] * j[2]));  // reference pixels a source pixel
    unit_ = scale < 1.0 / 1.5 ? ErrorUnit::kReferencePixels : ErrorUnit::kSourcePixels;
    unit_px_ = unit_ == ErrorUnit::kReferencePixels ? scale : 1.0;
    const double pixels = static_cast<double>(source.pixel_count()) * std::min(1.0, scale * scale);
    const double reduced = std::min(1.0, std::sqrt(options.most_pixels / pixels));
    source_ = MakeElement(source, options.source_pixel_aspect, Central(source_area_, options.central_region),
                          reduced * std::min(1.0, scale));
    source_.whole = source_area_;
    reference_ = MakeElement(reference, options.reference_pixel_aspect, reference_area_,
                             std::min(1.0, reduced * std::min(1.0, 1.0 / scale)));
    const std::size_t levels = std::min(source_.levels.size(), reference_.levels.size());
    source_.levels.resize(levels);
    reference_.levels.resize(levels);
  }

  Solution Run() {
    Coarse coarse = options_.initial ? Settle(reference_, guess_) : BestOf(reference_, guess_, .8, 1.25, kStarts);
    if (!coarse.Stands()) {
      if (options_.on_failure == OnFailure::kGiveUp) return Failed("no overlap was found near the start");
      if (std::string why = Diagnose(coarse); !why.empty()) return Failed(std::move(why));
    }
    return Finish(coarse);
  }

 private:
  TransformKind CoarseKind() const { return std::min(options_.kind, TransformKind::kSimilarity); }

  Solution Failed(std::string why) const {
    Solution out;
    out.transform = guess_;
    out.unit = unit_;
    out.reason = std::move(why);
    return out;
  }

  // The start refined at the coarsest resolution.
  Coarse Settle(const Element& reference, const Transform& start) const {
    const LevelPair pair{source_, reference, source_.levels.size() - 1};
    const auto rough = Refine(pair, start, CoarseKind(), Feature::kTensor, {}, kSteps);
    const Projection projection = ProjectionAt(pair, rough.transform);
    const auto fine = Refine(pair, rough.transform, CoarseKind(), Feature::kSigned, projection, kSteps);
    return {fine.transform, MeasureAgreement(pair, fine.transform, projection)};
  }

  Coarse BestOf(const Element& reference, const Transform& base, double least, double most, std::size_t starts) const {
    Coarse best;
    for (const Transform& start : Search(source_, reference, base, least, most, starts)) {
      const Coarse coarse = Settle(reference, start);
      if (coarse.agreement.share > best.agreement.share || best.agreement.parts == 0) best = coarse;
      if (best.Stands() && best.agreement.share > .7) break;
    }
    return best;
  }

  // Why a search found nothing; "" when it may yet be tried (and `coarse` is a better start).
  std::string Diagnose(Coarse& coarse) const {
    if (std::string why = TurnedOver(); !why.empty()) return why;
    const Coarse wide = BestOf(reference_, guess_, .45, 2.2, kStarts);
    if (wide.agreement.share > coarse.agreement.share) coarse = wide;
    if (coarse.Stands()) return "";
    for (const double ratio : {4. / 3, 3. / 4, 16. / 15, 15. / 16, 64. / 45, 45. / 64, 2., .5, FrameRatio()}) {
      const Transform stretched = Transform::ScaleAndShift(std::sqrt(ratio), 1 / std::sqrt(ratio), 0, 0);
      const Point centre{source_area_.x_px + .5 * (source_area_.size.width_px - 1),
                         source_area_.y_px + .5 * (source_area_.size.height_px - 1)};
      const Transform about = Compose(Compose(Transform::ScaleAndShift(1, 1, -centre.x, -centre.y), stretched),
                                      Transform::ScaleAndShift(1, 1, centre.x, centre.y));
      const Coarse other = BestOf(reference_, Compose(about, guess_), .9, 1.12, kDoubtfulStarts);
      if (!other.Stands()) continue;
      coarse = other;
      return options_.kind >= TransformKind::kAffine ? "" : AspectReason(ratio);
    }
    return "";
  }

  double FrameRatio() const {
    const auto& m = guess_.matrix();
    return (static_cast<double>(reference_area_.size.width_px) / source_area_.size.width_px / m[0]) /
           (static_cast<double>(reference_area_.size.height_px) / source_area_.size.height_px / m[4]);
  }

  std::string AspectReason(double ratio) const {
    return "different aspect ratio: the reference's picture is " + Format("%.3f", ratio) +
           " times as wide for its height as the pixel aspects say; give the reference's pixel aspect as " +
           Format("%.4f", options_.reference_pixel_aspect / ratio) + ", or solve for an affine transform";
  }

  // A reference whose coarsest level is flipped, pretending to be the real one.
  Element Flipped(int code) const {
    Element out = reference_;
    for (auto& level : out.levels) {
      for (auto& plane : level.planes) {
        cv::Mat1f flipped;
        cv::flip(plane, flipped, code);
        plane = flipped;
      }
    }
    const auto& a = reference_area_;
    if (code != 0) out.area.x_px = reference_.size.width_px - a.x_px - a.size.width_px;
    if (code != 1) out.area.y_px = reference_.size.height_px - a.y_px - a.size.height_px;
    return out;
  }

  std::string TurnedOver() const {
    if (BestOf(Flipped(1), guess_, .8, 1.25, kDoubtfulStarts).Stands()) {
      return "the reference is mirrored left to right; flip it, then align again";
    }
    if (BestOf(Flipped(-1), guess_, .8, 1.25, kDoubtfulStarts).Stands()) {
      return "the reference is upside down (turned by 180 degrees); turn it, then align again";
    }
    if (BestOf(Flipped(0), guess_, .8, 1.25, kDoubtfulStarts).Stands()) {
      return "the reference is mirrored top to bottom (upside down and mirrored); flip it, then align again";
    }
    return "";
  }

  Solution Finish(const Coarse& coarse);
  double ForwardBackward(const Transform& forward, const Transform& start, const Projection& projection) const;
  void Judge(Solution& out, const Refinement& last, const Agreement& agreement, const Projection& projection) const;
  double StretchAt(const Transform& transform, const Projection& projection) const;

  const SolveOptions& options_;
  image::Rectangle source_area_, reference_area_;
  Transform guess_;
  Element source_, reference_;
  ErrorUnit unit_ = ErrorUnit::kSourcePixels;
  double unit_px_ = 1.0;  // units a source pixel
};

Solution Solver::Finish(const Coarse& coarse) {
  Refinement at;
  at.transform = coarse.transform;
  Transform before = coarse.transform;
  Projection projection;
  Agreement agreement;
  const std::size_t coarsest = source_.levels.size() - 1;
  for (std::size_t level = coarsest + 1; level-- > 0;) {
    const LevelPair pair{source_, reference_, level};
    if (level == coarsest || source_.levels[level].planes[0].total() <= kProjectionMost_px) {
      projection = ProjectionAt(pair, at.transform);
    }
    before = at.transform;
    const TransformKind kind = level == coarsest && level > 0 ? CoarseKind() : options_.kind;
    at = Refine(pair, before, kind, Feature::kSigned, projection, kSteps);
    if (level == (coarsest > 0 ? coarsest - 1 : 0)) agreement = MeasureAgreement(pair, at.transform, projection);
  }
  Solution out;
  out.transform = at.transform;
  out.unit = unit_;
  const double level_px = source_.levels[0].to_picture.matrix()[4];  // source pixels a pixel of the finest level
  out.forward_backward_px = ForwardBackward(at.transform, before, projection) * unit_px_;
  out.estimated_rms_px = std::hypot(kPartsFactor * at.jackknife_rms_px * level_px * unit_px_,
                                    kReturnFactor * out.forward_backward_px, kShared_px);
  Judge(out, at, agreement, projection);
  return out;
}

double Solver::ForwardBackward(const Transform& forward, const Transform& start, const Projection& projection) const {
  // The region is the source's; the way back sees it as the reference's.
  Element source = source_, reference = reference_;
  source.area = source_area_;
  reference.area = Central(reference_area_, options_.central_region);
  const LevelPair pair{reference, source, 0};
  const Projection turned{projection.moving, projection.fixed};
  const auto back = Refine(pair, start.Inverse(), options_.kind, Feature::kSigned, turned, kSteps);
  return DifferenceOver(Compose(forward, back.transform), Transform(), source_area_).rms_px;
}

// How much wider than said the reference is for its height, by an affine solve from here.
double Solver::StretchAt(const Transform& transform, const Projection& projection) const {
  const LevelPair pair{source_, reference_, std::min<std::size_t>(1, source_.levels.size() - 1)};
  const auto free = Refine(pair, transform, TransformKind::kAffine, Feature::kSigned, projection, kSteps).transform;
  const auto& a = source_area_;
  const auto j = JacobianAt(free, {a.x_px + .5 * a.size.width_px, a.y_px + .5 * a.size.height_px});
  const double aspects = options_.reference_pixel_aspect / options_.source_pixel_aspect;
  return std::hypot(j[0] * aspects, j[2]) / std::hypot(j[1] * aspects, j[3]);
}

void Solver::Judge(Solution& out, const Refinement& last, const Agreement& agreement,
                   const Projection& projection) const {
  out.agreeing_share = agreement.share;
  out.correlation = agreement.correlation;
  if (agreement.parts < kFewestParts || agreement.share < kUncertainShare) {
    out.status = SolveStatus::kFailed;
    out.reason =
        agreement.parts < kFewestParts
            ? "too little structure in the part that both pictures show; enlarge the region or choose another frame"
            : "no overlap: the two pictures do not show the same thing (" + Format("%.0f", 100 * agreement.share) +
                  " % of the parts agree)";
    return;
  }
  const double error = out.estimated_rms_px;
  const double limit = SolvedError_px(options_.kind);
  out.confidence = std::clamp(agreement.share, 0.0, 1.0) / (1.0 + error * error / (limit * limit));
  out.status = SolveStatus::kUncertain;
  const double stretch = std::abs(last.anisotropy - 1.0);
  if (options_.kind < TransformKind::kAffine && stretch > kAspectDiffers && stretch > 5 * last.anisotropy_error) {
    out.reason = AspectReason(StretchAt(out.transform, projection));
  } else if (!last.converged && !(last.last_step_px < kStillMoving_px)) {
    out.reason = "not converged: the last steps still moved the picture";
  } else if (error > limit) {
    out.reason = "the parts of the picture disagree by about " + Format("%.2f", error) +
                 " px; another kind of transform, a smaller region or a manual key may help";
  } else if (agreement.share < kSolvedShare) {
    out.reason = "only " + Format("%.0f", 100 * agreement.share) + " % of the parts agree";
  } else {
    out.status = SolveStatus::kSolved;
  }
}

}  // namespace

Solution SolvePair(const image::Image& source, const image::Image& reference, const SolveOptions& options) {
  return Solver(source, reference, options).Run();
}

}  // namespace interneg::alignment
