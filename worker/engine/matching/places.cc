#include "worker/engine/matching/places_opencv.h"

#include <algorithm>
#include <cmath>

namespace interneg::matching {
namespace {

constexpr int kFarthest = 6;  // neighbours to either side: a quarter of a second

// Towards the first neighbour on one side that is told from the partner; none without one.
Lean Towards(const Scene& scene, int row, const cv::Mat1f& x, int partner, int side, double noise) {
  const cv::Mat1f p = scene.reference.row(partner);
  for (int step = 1; step <= kFarthest; ++step) {
    const int at = partner + side * step;
    if (at < 0 || at >= scene.reference.rows) break;
    const cv::Mat1f q = scene.reference.row(at);
    const double apart = scene.weave.Squared(row, p, q) / noise - scene.still, doubt = apart > 0 ? std::sqrt(apart + scene.reference.cols) / apart : 1.0;
    if (doubt <= kMostDoubt) return {.5 + (scene.weave.Squared(row, x, p) - scene.weave.Squared(row, x, q)) / noise / (2.0 * apart), doubt, at + scene.first_column};
  }
  return {};
}

}  // namespace

Lean LeanOf(const Scene& scene, int row, int column) {
  if (scene.source.rows == 0) return {};
  const int i = row - scene.first_row, j = column - scene.first_column;
  const cv::Mat1f x = scene.source.row(i) - scene.drifts.row(i);
  const double noise = scene.noise[static_cast<std::size_t>(i)], k = scene.source.cols, spread = std::sqrt(2.0 * k);
  const double excess = scene.weave.Squared(i, x, scene.reference.row(j)) / noise - k;
  if (excess < kLeastExcess * spread) return {};
  const Lean before = Towards(scene, i, x, j, -1, noise), after = Towards(scene, i, x, j, 1, noise);
  Lean most = before.place > after.place ? before : after;
  if (before.neighbour >= 0 && j + 1 == scene.reference.rows && -before.place > most.place) most = {-before.place, before.doubt, column};
  if (after.neighbour >= 0 && j == 0 && -after.place > most.place) most = {-after.place, after.doubt, column};
  if (excess <= kLargeExcess * spread) return most;
  for (const Lean& lean : {before, after}) {
    if (lean.neighbour < 0) continue;
    const cv::Mat1f p = scene.reference.row(j), q = scene.reference.row(lean.neighbour - scene.first_column);
    const double ways = std::sqrt(excess / (scene.weave.Squared(i, p, q) / noise - scene.still));
    most.astray = std::max(most.astray, ways - lean.doubt);
  }
  return most;
}

}  // namespace interneg::matching
