#include "worker/engine/alignment/shot_groups.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace interneg::alignment {
namespace {

constexpr double kLeastError_px = 0.05;

bool IsSolved(const FrameSolution& frame) {
  return frame.solution.status == SolveStatus::kSolved;
}

// Whether two solves differ by no more than a weave, in source pixels.
bool SameGeometry(const Transform& a, const Transform& b, const ShotOptions& options) {
  const Transform extra = Compose(a, b.Inverse());
  const auto corners = CornersOf(options.source_size);
  double dx = 0, dy = 0;
  for (const Point& p : corners) {
    const Point q = extra.Apply(p);
    dx += (q.x - p.x) / 4;
    dy += (q.y - p.y) / 4;
  }
  if (!(std::hypot(dx, dy) <= options.greatest_weave * options.source_size.height_px)) return false;
  const auto rest = DifferenceOver(extra, Transform::ScaleAndShift(1, 1, dx, dy), {0, 0, options.source_size});
  return rest.rms_px <= options.greatest_misfit_px;
}

double EstimatedInSourcePixels(const FrameSolution& frame, const ShotOptions& options) {
  const auto& solution = frame.solution;
  if (solution.unit == ErrorUnit::kSourcePixels) return solution.estimated_rms_px;
  const auto j =
      JacobianAt(solution.transform, {.5 * options.source_size.width_px, .5 * options.source_size.height_px});
  return solution.estimated_rms_px / std::sqrt(std::abs(j[0] * j[3] - j[1] * j[2]));
}

// The group of the solved frame nearest to frame i.
std::size_t NearestGroup(std::span<const FrameSolution> solutions, std::size_t i,
                         const std::vector<std::size_t>& group_of) {
  std::size_t nearest = 0;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t k = 0; k < solutions.size(); ++k) {
    const std::int64_t away = std::abs(solutions[k].frame - solutions[i].frame);
    if (!IsSolved(solutions[k]) || away >= least) continue;
    least = away;
    nearest = group_of[k];
  }
  return nearest;
}

}  // namespace

std::vector<std::vector<std::size_t>> GroupByGeometry(std::span<const FrameSolution> solutions,
                                                      const ShotOptions& options) {
  std::vector<std::size_t> leaders, group_of(solutions.size());
  for (std::size_t i = 0; i < solutions.size(); ++i) {
    if (!IsSolved(solutions[i])) continue;
    const auto& own = solutions[i].solution.transform;
    const auto group = std::find_if(leaders.begin(), leaders.end(), [&](std::size_t leader) {
      return SameGeometry(own, solutions[leader].solution.transform, options);
    });
    group_of[i] = static_cast<std::size_t>(group - leaders.begin());
    if (group == leaders.end()) leaders.push_back(i);
  }
  std::vector<std::vector<std::size_t>> groups(leaders.size());
  if (leaders.empty()) return groups;
  for (std::size_t i = 0; i < solutions.size(); ++i) {
    groups[IsSolved(solutions[i]) ? group_of[i] : NearestGroup(solutions, i, group_of)].push_back(i);
  }
  return groups;
}

std::optional<WeaveKind> SimplestWeave(std::span<const FrameSolution> solutions, const ShotOptions& options) {
  std::vector<FrameSolution> solved;
  double expected = 0;
  for (const auto& frame : solutions) {
    if (!IsSolved(frame)) continue;
    solved.push_back(frame);
    const double error = std::max(kLeastError_px, EstimatedInSourcePixels(frame, options));
    expected += error * error;
  }
  if (solved.size() < 2) return std::nullopt;
  const TransformKeys none(options.source_size, Transform(), Interpolation::kLinear);
  for (const WeaveKind weave : {WeaveKind::kTranslation, WeaveKind::kTranslationAndRotation}) {
    auto tried = options;
    tried.weave = weave;
    double squared = 0;
    for (const auto& frame : AlignShot(solved, tried, none, PathSwitch()).frames) {
      squared += frame.misfit_px * frame.misfit_px;
    }
    if (squared <= expected) return weave;
  }
  return std::nullopt;
}

}  // namespace interneg::alignment
