#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "worker/engine/alignment/registration_cv.h"

namespace interneg::alignment {
namespace {

constexpr int kCorrelationRadius_px = 12;
constexpr int kProjectionRounds = 3;
constexpr double kBorder_px = 3.0;       // beyond it a cubic sample and the blur see only the picture
constexpr double kConverged_px = 0.004;  // RMS of a step, in level pixels

std::array<double, 4> Inner(std::array<double, 4> box) {
  return {box[0] + kBorder_px, box[1] + kBorder_px, box[2] - kBorder_px, box[3] - kBorder_px};
}

const Level& FixedLevel(const LevelPair& pair) {
  return pair.fixed.levels[pair.level];
}
const Level& MovingLevel(const LevelPair& pair) {
  return pair.moving.levels[pair.level];
}

cv::Mat1f MaskOf(const LevelPair& pair, const Transform& at_level) {
  return OverlapMask(FixedLevel(pair).size(), Inner(AreaAt(pair.fixed, FixedLevel(pair))), at_level,
                     Inner(AreaAt(pair.moving, MovingLevel(pair))));
}

// The information that a neighbourhood of correlation ρ carries about the shift: signal over noise, ρ²/(1 − ρ²). What
// may be chance (text on one element, another moment) fades out below ρ = .5 and is left out below .2.
cv::Mat1f WeightOf(const cv::Mat1f& mask, const cv::Mat1f& rho) {
  cv::Mat1f weight(mask.size());
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      const float r = std::clamp(rho(y, x), 0.F, 1.F), sure = std::clamp((r - .2F) / .3F, 0.F, 1.F);
      weight(y, x) = mask(y, x) * sure * r * r / (1.03F - r * r);
    }
  }
  return weight;
}

// The planes of both elements that are compared, the moving one's before it is warped.
struct Compared {
  Planes fixed;   // features
  Planes moving;  // pictures
  Feature feature;

  Planes FeaturesOf(const Planes& planes) const {
    return feature == Feature::kTensor ? TensorField(planes) : Planes{Normalised(planes[0])};
  }
};

Compared PlanesFor(const LevelPair& pair, Feature feature, const Projection& projection) {
  Compared out{{}, {}, feature};
  const Planes &fixed = FixedLevel(pair).planes, &moving = MovingLevel(pair).planes;
  if (feature == Feature::kTensor) {
    out.moving = moving;
    out.fixed = out.FeaturesOf(fixed);
  } else {
    out.moving = {Projected(moving, projection.moving)};
    out.fixed = out.FeaturesOf({Projected(fixed, projection.fixed)});
  }
  return out;
}

Planes WarpedPlanes(const Planes& planes, const Transform& transform, cv::Size size) {
  Planes out;
  for (const auto& plane : planes) out.push_back(Warped(plane, transform, size));
  return out;
}

Equations Sum(const Parts& parts) {
  Equations total;
  for (const auto& part : parts) {
    total.h += part.h;
    total.b += part.b;
    total.weight += part.weight;
    total.squared += part.squared;
  }
  return total;
}

double AnisotropyOf(const Gradient& step) {
  return (1.0 + step(2)) / (1.0 + step(5));
}

// Delete-one jackknife over the parts: how far the solution moves when each is left out.
void Jackknife(const Parts& parts, TransformKind kind, const Frame& frame, const std::array<double, 4>& box,
               Refinement& out) {
  const Equations total = Sum(parts);
  std::vector<Gradient> steps;
  std::vector<double> ratios;
  for (const auto& part : parts) {
    if (part.weight <= 0.0) continue;
    steps.push_back(Step(total.h - part.h, total.b - part.b, kind, frame));
    ratios.push_back(AnisotropyOf(Step(total.h - part.h, total.b - part.b, TransformKind::kAffine, frame)));
  }
  const double count = static_cast<double>(steps.size());
  if (count < 2) return;
  Gradient mean = Gradient::zeros();
  double mean_ratio = 0.0;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    mean += steps[k] * (1.0 / count);
    mean_ratio += ratios[k] / count;
  }
  double squared = 0.0, ratio_squared = 0.0;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    squared += MeanSquare(steps[k] - mean, frame, box);
    ratio_squared += (ratios[k] - mean_ratio) * (ratios[k] - mean_ratio);
  }
  out.jackknife_rms_px = std::sqrt((count - 1.0) / count * squared);
  out.anisotropy = AnisotropyOf(Step(total.h, total.b, TransformKind::kAffine, frame));
  out.anisotropy_error = std::sqrt((count - 1.0) / count * ratio_squared);
}

double WeightedMean(const cv::Mat1f& values, const cv::Mat1f& weight) {
  return values.dot(weight) / std::max(cv::sum(weight)[0], 1e-9);
}

double MedianOf(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// What is left of a plane within a few tens of pixels: whether a part holds any structure.
cv::Mat1f LocalEnergy(const cv::Mat1f& plane) {
  const cv::Mat1f centred = BoxMean(plane, 1) - BoxMean(plane, kCorrelationRadius_px);
  return centred.mul(centred);
}

struct Part {
  bool structured = false;
  bool agrees = false;
  double correlation = 0.0;
};

constexpr int kShift_px = 4;
constexpr double kAgreeing_px = 1.5;
constexpr double kLeastCorrelation = 0.25;

Part Compare(const cv::Mat1f& fixed, const cv::Mat1f& moving, cv::Rect box) {
  const cv::Rect inner(box.x + kShift_px, box.y + kShift_px, box.width - 2 * kShift_px, box.height - 2 * kShift_px);
  cv::Mat1f surface;
  cv::matchTemplate(moving(box), fixed(inner), surface, cv::TM_CCOEFF_NORMED);
  cv::Point best;
  double highest = 0.0;
  cv::minMaxLoc(surface, nullptr, &highest, nullptr, &best);
  const double away = std::hypot(best.x - kShift_px, best.y - kShift_px);
  return {true, away <= kAgreeing_px && highest > kLeastCorrelation, surface(kShift_px, kShift_px)};
}

}  // namespace

Transform LevelPair::ToLevels(const Transform& transform) const {
  return Compose(Compose(fixed.levels[level].to_picture, transform), moving.levels[level].to_picture.Inverse());
}

Transform LevelPair::FromLevels(const Transform& transform) const {
  return Compose(Compose(fixed.levels[level].to_picture.Inverse(), transform), moving.levels[level].to_picture);
}

Frame LevelPair::FrameOf() const {
  const auto& at = fixed.levels[level];
  const auto box = AreaAt(fixed, at);
  const auto& m = at.to_picture.matrix();
  return {.5 * (box[0] + box[2]), .5 * (box[1] + box[3]), .5 * std::max(box[2] - box[0], box[3] - box[1]),
          m[4] / (m[0] * fixed.pixel_aspect)};
}

Refinement Refine(const LevelPair& pair, const Transform& start, TransformKind kind, Feature feature,
                  const Projection& projection, int iterations) {
  const Compared compared = PlanesFor(pair, feature, projection);
  const cv::Size size = FixedLevel(pair).size();
  const Frame frame = pair.FrameOf();
  Refinement out;
  Transform at = pair.ToLevels(start);
  Parts parts;
  double scale = 1.0;
  for (int i = 0; i < iterations && !out.converged; ++i) {
    const cv::Mat1f mask = MaskOf(pair, at);
    const Planes moving = compared.FeaturesOf(WarpedPlanes(compared.moving, at, size));
    const cv::Mat1f rho = LocalCorrelation(compared.fixed, moving, mask, kCorrelationRadius_px);
    parts = Accumulate(compared.fixed, moving, WeightOf(mask, rho), frame, scale);
    const Equations total = Sum(parts);
    out.correlation = WeightedMean(rho, mask);
    if (!(total.weight > 0.0)) break;
    scale = std::sqrt(total.squared / total.weight);
    const Gradient step = Step(total.h, total.b, kind, frame);
    at = Compose(FromStep(step, frame), at);
    out.last_step_px = std::sqrt(MeanSquare(step, frame, AreaAt(pair.fixed, FixedLevel(pair))));
    out.converged = out.last_step_px < kConverged_px;
  }
  out.transform = pair.FromLevels(at);
  Jackknife(parts, kind, frame, WholeAt(pair.fixed, FixedLevel(pair)), out);
  return out;
}

Projection ProjectionAt(const LevelPair& pair, const Transform& transform) {
  const Transform at = pair.ToLevels(transform);
  const Planes &fixed = FixedLevel(pair).planes, &moving = MovingLevel(pair).planes;
  const cv::Mat1f mask = MaskOf(pair, at);
  const Planes warped = WarpedPlanes(moving, at, mask.size());
  const cv::Mat1f rho = LocalCorrelation(TensorField(fixed), TensorField(warped), mask, kCorrelationRadius_px);
  const cv::Mat1f weight = WeightOf(mask, rho);
  // Both sides in turn: dyes that faded and lenses that place red and blue apart make the reference's luma another
  // picture than what the source still shows.
  Projection out{{}, LumaOf(moving)};
  for (int i = 0; i < kProjectionRounds; ++i) {
    out.fixed = ProjectionTo(fixed, Projected(warped, out.moving), weight);
    out.moving = ProjectionTo(warped, Projected(fixed, out.fixed), weight);
  }
  return out;
}

Agreement MeasureAgreement(const LevelPair& pair, const Transform& transform, const Projection& projection) {
  constexpr int kColumns = 8, kRows = 6;
  const Transform at = pair.ToLevels(transform);
  const cv::Mat1f mask = MaskOf(pair, at);
  const cv::Mat1f fixed = Projected(FixedLevel(pair).planes, projection.fixed);
  const cv::Mat1f moving = Warped(Projected(MovingLevel(pair).planes, projection.moving), at, mask.size());
  const cv::Mat1f fixed_energy = LocalEnergy(fixed).mul(mask), moving_energy = LocalEnergy(moving).mul(mask);
  const double least_fixed = .1 * WeightedMean(fixed_energy, mask),
               least_moving = .1 * WeightedMean(moving_energy, mask);
  const cv::Mat1f nf = Normalised(fixed), nm = Normalised(moving);
  const auto area = AreaAt(pair.fixed, FixedLevel(pair));
  const double width = (area[2] - area[0] + 1) / kColumns, height = (area[3] - area[1] + 1) / kRows;
  Agreement out;
  std::vector<double> correlations;
  int agreeing = 0;
  for (int k = 0; k < kColumns * kRows; ++k) {
    const cv::Rect box = cv::Rect(static_cast<int>(area[0] + (k % kColumns) * width),
                                  static_cast<int>(area[1] + (k / kColumns) * height), static_cast<int>(width),
                                  static_cast<int>(height)) &
                         cv::Rect(cv::Point(), mask.size());
    if (box.width < 3 * kShift_px || box.height < 3 * kShift_px || cv::mean(mask(box))[0] < .9) continue;
    if (cv::mean(fixed_energy(box))[0] < least_fixed || cv::mean(moving_energy(box))[0] < least_moving) continue;
    const Part part = Compare(nf, nm, box);
    agreeing += part.agrees ? 1 : 0;
    correlations.push_back(part.correlation);
  }
  out.parts = static_cast<int>(correlations.size());
  out.share = out.parts == 0 ? 0.0 : static_cast<double>(agreeing) / out.parts;
  out.correlation = std::clamp(MedianOf(correlations), 0.0, 1.0);
  return out;
}

}  // namespace interneg::alignment
