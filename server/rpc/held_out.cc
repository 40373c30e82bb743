#include "server/rpc/held_out.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <set>

namespace interneg::rpc {
namespace {

// The free frame nearest to the middle between two pairs; the earlier one of two that are equally near.
std::optional<int> NearestToMiddle(const std::set<int>& free, int left, int right) {
  std::optional<int> best;
  long best_distance = 0;
  for (auto it = free.upper_bound(left); it != free.end() && *it < right; ++it) {
    // Twice the distance, so that an odd gap needs no fraction.
    const long distance = std::labs(2L * *it - left - right);
    if (!best || distance < best_distance) {
      best = *it;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace

std::vector<int> DefaultHeldOut(const std::vector<int>& pairs, const std::vector<int>& available) {
  const std::set<int> training(pairs.begin(), pairs.end());
  std::set<int> free(available.begin(), available.end());
  for (const int frame : training) free.erase(frame);
  std::vector<int> middles;
  for (auto it = training.begin(); it != training.end() && std::next(it) != training.end(); ++it) {
    if (const auto middle = NearestToMiddle(free, *it, *std::next(it))) middles.push_back(*middle);
  }
  if (middles.empty()) return {};
  const auto wanted = static_cast<std::size_t>(std::max(1L, std::lround(0.2 * static_cast<double>(training.size()))));
  const std::size_t count = std::min(wanted, middles.size());
  std::vector<int> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(middles[(2 * i + 1) * middles.size() / (2 * count)]);
  return chosen;
}

}  // namespace interneg::rpc
