#include <algorithm>
#include <cmath>
#include <cstddef>

#include "worker/engine/curation/descriptor.h"
#include "worker/engine/curation/selection.h"

namespace interneg::curation {
namespace {

using Indices = std::vector<std::size_t>;

const Layout& LayoutOf(const Material& material, std::size_t i) {
  return material.candidates[i].features.layout;
}

// A quarter of the median distance between training pairs that follow each other.
double LeastDistance(const Material& material, const Indices& training) {
  std::vector<double> gaps;
  for (std::size_t k = 1; k < training.size(); ++k) {
    gaps.push_back(Distance(LayoutOf(material, training[k - 1]), LayoutOf(material, training[k])));
  }
  if (gaps.empty()) return 0.0;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end());
  return *middle / 4;
}

double DistanceToNearest(const Material& material, const Indices& training, std::size_t i) {
  double least = 1e9;
  for (const std::size_t t : training) least = std::min(least, Distance(LayoutOf(material, t), LayoutOf(material, i)));
  return least;
}

// In frames. A cut lies between pictures, not between times, so frames of other shots are as far as one likes.
int FramesToNearest(const Material& material, const Indices& training, std::size_t i) {
  int least = 1 << 30;
  for (const std::size_t t : training) {
    if (material.verdicts[t].shot != material.verdicts[i].shot) continue;
    least = std::min(least, std::abs(material.candidates[t].frame - material.candidates[i].frame));
  }
  return least;
}

// Fit frames apart from the training pairs in time and layout; then only in time; then any.
struct Pools {
  Indices apart, later, rest;
};
Pools PoolsOf(const Material& material, const Selection& selection) {
  const int least_frames = LeastApart(material.candidates.size(), selection.training.size());
  const double least_distance = LeastDistance(material, selection.training);
  Pools pools;
  for (const std::size_t i : material.usable) {
    const auto is = [&](const Indices& chosen) { return std::find(chosen.begin(), chosen.end(), i) != chosen.end(); };
    if (is(selection.training) || is(selection.held_out)) continue;
    const bool in_time = FramesToNearest(material, selection.training, i) >= least_frames;
    const bool in_layout = DistanceToNearest(material, selection.training, i) >= least_distance;
    (in_time && in_layout ? pools.apart : in_time ? pools.later : pools.rest).push_back(i);
  }
  return pools;
}

// Of near-duplicates the one that is least so.
std::size_t Farthest(const Material& material, const Indices& training, const Indices& pool) {
  return *std::max_element(pool.begin(), pool.end(), [&](std::size_t a, std::size_t b) {
    return DistanceToNearest(material, training, a) < DistanceToNearest(material, training, b);
  });
}

}  // namespace

int LeastApart(std::size_t candidates, std::size_t training_pairs) {
  return std::clamp(static_cast<int>(candidates / (8 * std::max<std::size_t>(1, training_pairs))), 1, 12);
}

void ChooseHeldOut(const Material& material, const Coverage& coverage, int count, Selection& selection) {
  const auto wanted = static_cast<std::size_t>(count);
  while (selection.held_out.size() < wanted) {
    const Pools pools = PoolsOf(material, selection);
    if (!pools.apart.empty()) {
      selection.held_out.push_back(coverage.BestAddition(selection.held_out, pools.apart, wanted));
      continue;
    }
    const Indices& pool = pools.later.empty() ? pools.rest : pools.later;
    if (pool.empty()) break;
    const std::size_t chosen = Farthest(material, selection.training, pool);
    selection.held_out.push_back(chosen);
    selection.near_duplicates.push_back(chosen);
  }
  std::sort(selection.held_out.begin(), selection.held_out.end());
  if (selection.held_out.size() < wanted) {
    selection.notes.push_back("no more frames are left to withhold: " + std::to_string(selection.held_out.size()) +
                              " instead of " + std::to_string(wanted));
  }
}

}  // namespace interneg::curation
