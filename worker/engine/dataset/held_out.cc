#include "worker/engine/dataset/held_out.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <set>

namespace interneg::dataset {
namespace {

// The available frame nearest to the middle of (left, right); the earlier one on a tie. left when there is none.
int NearestToMiddle(const std::set<int>& available, int left, int right) {
  int best = left;
  long best_distance = 0;
  for (auto it = available.upper_bound(left); it != available.end() && *it < right; ++it) {
    // Twice the distance, so that an odd gap needs no fraction.
    const long distance = std::labs(2L * *it - left - right);
    if (best == left || distance < best_distance) {
      best = *it;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace

std::vector<int> DefaultHeldOut(std::span<const int> pairs, std::span<const int> available) {
  const std::set<int> training(pairs.begin(), pairs.end());
  std::set<int> free;
  for (const int frame : available) {
    if (!training.contains(frame)) free.insert(frame);
  }
  std::vector<int> middles;
  for (auto it = training.begin(); it != training.end() && std::next(it) != training.end(); ++it) {
    const int middle = NearestToMiddle(free, *it, *std::next(it));
    if (middle != *it) middles.push_back(middle);
  }
  if (middles.empty()) return {};
  const auto wanted = static_cast<std::size_t>(std::max(1L, std::lround(0.2 * static_cast<double>(training.size()))));
  const std::size_t count = std::min(wanted, middles.size());
  std::vector<int> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(middles[(2 * i + 1) * middles.size() / (2 * count)]);
  return chosen;
}

}  // namespace interneg::dataset
