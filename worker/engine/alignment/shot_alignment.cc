#include "worker/engine/alignment/shot_alignment.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <stdexcept>

#include "worker/engine/alignment/point_fit_cv.h"

namespace interneg::alignment {
namespace {

constexpr int kGrid = 5;
constexpr double kCentral = 0.8;
constexpr int kRounds = 10;

using Places = std::vector<Point>;

Places GridOf(image::Size size) {
  Places out;
  for (int j = 0; j < kGrid; ++j) {
    for (int i = 0; i < kGrid; ++i) {
      const double u = .5 + kCentral * (i / (kGrid - 1.0) - .5), v = .5 + kCentral * (j / (kGrid - 1.0) - .5);
      out.push_back({u * (size.width_px - 1), v * (size.height_px - 1)});
    }
  }
  return out;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Huber's mean of one coordinate of one place over the frames.
double RobustMean(const std::vector<double>& values, const std::vector<double>& weights) {
  double mean = Median(values);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> away;
    for (const double v : values) away.push_back(std::abs(v - mean));
    const double limit = 1.345 * Median(away) / .6745 + 1e-9;
    double sum = 0.0, total = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double w = weights[i] * std::min(1.0, limit / (away[i] + 1e-12));
      sum += w * values[i];
      total += w;
    }
    mean = sum / total;
  }
  return mean;
}

struct Weave {
  double dx_px = 0.0, dy_px = 0.0, rotation_deg = 0.0;
};

class Shot {
 public:
  explicit Shot(const ShotOptions& options)
      : options_(options),
        grid_(GridOf(options.source_size)),
        centre_{.5 * (options.source_size.width_px - 1), .5 * (options.source_size.height_px - 1)} {}

  Transform GlobalOf(const std::vector<const FrameSolution*>& solved) const {
    Places mean;
    for (const Point& p : grid_) {
      std::vector<double> x, y, weights;
      for (const auto* frame : solved) {
        const Point q = frame->solution.transform.Apply(p);
        x.push_back(q.x);
        y.push_back(q.y);
        weights.push_back(std::max(.01, frame->solution.confidence));
      }
      mean.push_back({RobustMean(x, weights), RobustMean(y, weights)});
    }
    return FitPoints(grid_, mean, options_.kind, {options_.source_pixel_aspect, options_.reference_pixel_aspect},
                     solved.front()->solution.transform);
  }

  // The motion in source pixels nearest to what the frame's own solve adds to the global transform.
  Weave WeaveOf(const Transform& own, const Transform& global) const {
    if (options_.weave == WeaveKind::kNone) return {};
    const Transform extra = Compose(own, global.Inverse());
    Weave out;
    double turn = 0.0, reach = 0.0;
    const double aspect = options_.source_pixel_aspect, count = static_cast<double>(grid_.size());
    for (const Point& p : grid_) {
      const Point q = extra.Apply(p);
      const double dx = q.x - p.x, dy = q.y - p.y, x = (p.x - centre_.x) * aspect, y = p.y - centre_.y;
      out.dx_px += dx / count;
      out.dy_px += dy / count;
      turn += x * dy - y * dx * aspect;
      reach += x * x + y * y;
    }
    if (options_.weave == WeaveKind::kTranslationAndRotation) out.rotation_deg = turn / reach * 180 / std::numbers::pi;
    return out;
  }

  Transform With(const Weave& weave, const Transform& global) const {
    const double aspect = options_.source_pixel_aspect;
    const Transform square = Transform::ScaleAndShift(aspect, 1, 0, 0);
    const Transform moved =
        FromSimilarity({weave.dx_px * aspect, weave.dy_px, 1.0, weave.rotation_deg}, {centre_.x * aspect, centre_.y});
    return Compose(Compose(Compose(square, moved), square.Inverse()), global);
  }

  // In source pixels: how far the way there by one and back by the other ends from where it began.
  double Distance(const Transform& own, const Transform& used) const {
    return DifferenceOver(Compose(own, used.Inverse()), Transform(), {0, 0, options_.source_size}).rms_px;
  }

  // Why a frame's solve is not taken; "" when it is.
  std::string Objection(const FrameSolution& frame, const Transform& global) const {
    if (frame.solution.status != SolveStatus::kSolved) return frame.solution.reason;
    const Weave weave = WeaveOf(frame.solution.transform, global);
    if (std::hypot(weave.dx_px, weave.dy_px) > options_.greatest_weave * options_.source_size.height_px) {
      return "its place is further from the shot's than film weaves";
    }
    if (Distance(frame.solution.transform, With(weave, global)) > options_.greatest_misfit_px) {
      return "its solve does not fit the shot's";
    }
    return "";
  }

 private:
  const ShotOptions& options_;
  Places grid_;
  Point centre_;
};

Weave Between(const std::map<std::int64_t, Weave>& known, std::int64_t frame) {
  const auto after = known.lower_bound(frame);
  if (after == known.end()) return std::prev(after)->second;
  if (after->first == frame || after == known.begin()) return after->second;
  const auto before = std::prev(after);
  const double t = static_cast<double>(frame - before->first) / static_cast<double>(after->first - before->first);
  const Weave &a = before->second, &b = after->second;
  return {a.dx_px + t * (b.dx_px - a.dx_px), a.dy_px + t * (b.dy_px - a.dy_px),
          a.rotation_deg + t * (b.rotation_deg - a.rotation_deg)};
}

std::vector<FrameSolution> Ascending(std::span<const FrameSolution> solutions) {
  std::vector<FrameSolution> out(solutions.begin(), solutions.end());
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (out[i].frame == out[i - 1].frame) {
      throw std::invalid_argument("align a shot: frame " + std::to_string(out[i].frame) + " is given twice");
    }
  }
  return out;
}

std::string MostFrequentReason(const std::vector<FrameSolution>& frames) {
  std::map<std::string, int> count;
  for (const auto& frame : frames) ++count[frame.solution.reason];
  return std::max_element(count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

void Require(const std::vector<FrameSolution>& frames, const ShotOptions& options, const TransformKeys& keys,
             const PathSwitch& which) {
  if (frames.empty()) throw std::invalid_argument("align a shot: there is no frame");
  if (options.source_size.width_px < 2 || options.source_size.height_px < 2) {
    throw std::invalid_argument("align a shot: the source's size is not given");
  }
  for (const auto& frame : frames) {
    if (which.At(frame.frame) == Path::kManual && keys.empty()) {
      throw std::invalid_argument("align a shot: frame " + std::to_string(frame.frame) +
                                  " is switched to manual, but no key is set; set one, or switch it to automatic");
    }
  }
}

AlignedFrame Manual(const FrameSolution& frame, const TransformKeys& keys, const Shot& shot) {
  AlignedFrame out{.frame = frame.frame,
                   .transform = keys.At(frame.frame),
                   .source = TransformSource::kManual,
                   .confidence = 1.0,
                   .reason = {}};
  if (frame.solution.status == SolveStatus::kSolved) {
    out.misfit_px = shot.Distance(frame.solution.transform, out.transform);
  }
  return out;
}

std::vector<const FrameSolution*> SolvedOf(const std::vector<FrameSolution>& frames, const PathSwitch& which) {
  std::vector<const FrameSolution*> solved;
  for (const auto& frame : frames) {
    if (frame.solution.status == SolveStatus::kSolved) solved.push_back(&frame);
  }
  const bool all_manual =
      std::all_of(frames.begin(), frames.end(), [&](const auto& f) { return which.At(f.frame) == Path::kManual; });
  if (solved.empty() && !all_manual) {
    throw std::invalid_argument("align a shot: no frame is solved (" + MostFrequentReason(frames) +
                                "); set manual keys, or choose another reference");
  }
  return solved;
}

AlignedFrame Automatic(const FrameSolution& frame, const Weave& weave, const Transform& global, std::string objection,
                       const Shot& shot) {
  AlignedFrame out{.frame = frame.frame,
                   .transform = shot.With(weave, global),
                   .source = objection.empty() ? TransformSource::kSolved : TransformSource::kInterpolated,
                   .weave_dx_px = weave.dx_px,
                   .weave_dy_px = weave.dy_px,
                   .weave_rotation_deg = weave.rotation_deg,
                   .confidence = objection.empty() ? frame.solution.confidence : 0.0,
                   .reason = std::move(objection)};
  if (frame.solution.status == SolveStatus::kSolved) {
    out.misfit_px = shot.Distance(frame.solution.transform, out.transform);
  }
  return out;
}

void Count(ShotAlignment& shot) {
  double squared = 0.0;
  for (const auto& frame : shot.frames) {
    shot.manual += frame.source == TransformSource::kManual ? 1 : 0;
    shot.interpolated += frame.source == TransformSource::kInterpolated ? 1 : 0;
    if (frame.source != TransformSource::kSolved) continue;
    ++shot.solved;
    squared += frame.weave_dx_px * frame.weave_dx_px + frame.weave_dy_px * frame.weave_dy_px;
  }
  shot.weave_rms_px = std::sqrt(squared / std::max(1, shot.solved));
}

}  // namespace

std::string_view NameOf(TransformSource source) {
  switch (source) {
    case TransformSource::kSolved:
      return "solved";
    case TransformSource::kInterpolated:
      return "interpolated";
    case TransformSource::kManual:
      return "manual";
  }
  throw std::invalid_argument("NameOf: not a source of a transform");
}

ShotAlignment AlignShot(std::span<const FrameSolution> solutions, const ShotOptions& options, const TransformKeys& keys,
                        const PathSwitch& which) {
  const auto frames = Ascending(solutions);
  Require(frames, options, keys, which);
  const auto solved = SolvedOf(frames, which);
  const Shot shot(options);
  ShotAlignment out;
  out.global = solved.empty() ? keys.base() : shot.GlobalOf(solved);
  std::map<std::int64_t, Weave> known;
  std::map<std::int64_t, std::string> objections;
  for (const auto& frame : frames) {
    objections[frame.frame] = shot.Objection(frame, out.global);
    if (objections[frame.frame].empty()) known[frame.frame] = shot.WeaveOf(frame.solution.transform, out.global);
  }
  if (known.empty()) known[frames.front().frame] = {};
  for (const auto& frame : frames) {
    out.frames.push_back(which.At(frame.frame) == Path::kManual ? Manual(frame, keys, shot)
                                                                : Automatic(frame, Between(known, frame.frame),
                                                                            out.global, objections[frame.frame], shot));
  }
  Count(out);
  return out;
}

}  // namespace interneg::alignment
