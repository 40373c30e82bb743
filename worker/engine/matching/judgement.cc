#include "worker/engine/matching/judgement_opencv.h"

#include <algorithm>
#include <cmath>

#include "worker/engine/matching/places_opencv.h"

namespace interneg::matching {
namespace {

constexpr double kAlike = 1.5, kIndifferent = 4.0;  // times the stillest neighbours' distance, and nats

std::vector<double> ReferenceSteps(const PairCosts& pairs) {
  std::vector<double> steps;
  for (const Scene& scene : pairs.scenes) {
    for (int j = 1; j < scene.reference.rows; ++j) steps.push_back(Apart(scene.reference, j, j - 1));
  }
  return steps;
}

// How far apart, in nats, two frames of one side are that show no movement: the stillest tenth of its neighbours, and
// never more than kMostAlike.
double Stillest(std::vector<double> steps) {
  constexpr double kMostAlike = 8.0;
  std::erase_if(steps, [](double d) { return d <= 1e-6; });
  if (steps.empty()) return 0.0;
  const auto tenth = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 10);
  std::nth_element(steps.begin(), tenth, steps.end());
  return std::min(*tenth, kMostAlike);
}

}  // namespace

Judgement::Judgement(const PairCosts& pairs, const PathCosts& costs, const ShotRows& rows)
    : pairs_(pairs), costs_(costs), rows_(rows), still_(Stillest(ReferenceSteps(pairs))) {}

void Judgement::Run(int begin, int end, const std::vector<int>& path, std::vector<FrameEvidence>& out) const {
  const auto posterior = Posteriors(pairs_.band, costs_, begin, end);
  for (int i = begin; i < end; ++i) {
    out[i] = Judge(i, path[i] - pairs_.band.first[i], posterior.data() + static_cast<std::size_t>(i - begin) * pairs_.band.width);
  }
}

FrameEvidence Judgement::Judge(int row, int best, const float* p) const {
  const Band& band = pairs_.band;
  const Scene& scene = pairs_.scene(row);
  const int width = band.width, first = band.first[row];
  FrameEvidence e;
  e.reference = first + best;
  e.residual = pairs_.squared[static_cast<std::size_t>(row) * width + best];
  e.score = Score(row, e.reference);
  int low = best, high = best;
  while (low > 0 && Same(row, low - 1, best, p)) --low;
  while (high + 1 < width && Same(row, high + 1, best, p)) ++high;
  e.alike_first = first + low;
  e.alike_last = first + high;
  double second = kNever;
  for (int k = 0; k < width; ++k) {
    if (k >= low && k <= high) {
      e.probability += p[k];
      continue;
    }
    second = std::min<double>(second, band.at(row, k));
    if (p[k] > e.rival) e.rival = p[k], e.rival_reference = first + k;
  }
  e.margin = second >= kNever ? 1.0 : std::clamp(1.0 - std::sqrt(band.at(row, best) / std::max(second, 1e-9)), 0.0, 1.0);
  Neighbours(row, best, e);
  e.lean = LeanOf(scene, row, e.reference);
  return e;
}

// Not told apart by the evidence, and not to be told apart by looking at the two. What only the habit of the steps
// decides is not evidence.
bool Judgement::Same(int row, int k, int best, const float* p) const {
  const Scene& scene = pairs_.scene(row);
  if (scene.reference.rows == 0) return false;
  if (p[k] < .005F && pairs_.band.at(row, k) - pairs_.band.at(row, best) > kIndifferent) return false;
  const int first = pairs_.band.first[row] - scene.first_column;
  return Apart(scene.reference, first + k, first + best) <= kAlike * still_ + kIndifferent;
}

double Judgement::Score(int row, int column) const {
  const cv::Mat1f s = rows_.source.row(row), r = rows_.reference.row(column);
  const double length = cv::norm(s) * cv::norm(r);
  return length > 0 ? std::clamp(s.dot(r) / length, 0.0, 1.0) : 0.0;
}

void Judgement::Neighbours(int row, int best, FrameEvidence& e) const {
  const Band& band = pairs_.band;
  e.nearby.assign(2 * kNearby + 1, kNever);
  for (int d = -kNearby; d <= kNearby; ++d) {
    if (best + d >= 0 && best + d < band.width) e.nearby[d + kNearby] = band.at(row, best + d) - band.at(row, best);
  }
}

}  // namespace interneg::matching
