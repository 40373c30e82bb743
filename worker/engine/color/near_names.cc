#include "worker/engine/color/near_names.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace interneg::color {
namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

}  // namespace

std::size_t EditDistance(std::string_view first, std::string_view second) {
  const std::string a = Lower(first), b = Lower(second);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

std::vector<std::string> NearNames(std::string_view asked, const std::vector<std::string>& names, std::size_t most) {
  const std::string wanted = Lower(asked);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& name : names) {
    const std::string lower = Lower(name);
    std::size_t distance = EditDistance(wanted, lower);
    if (distance >= std::max(wanted.size(), lower.size())) continue;
    const bool contains = !wanted.empty() && (lower.find(wanted) != std::string::npos ||
                                              wanted.find(lower) != std::string::npos);
    if (contains) distance = std::min<std::size_t>(distance, 1);
    ranked.emplace_back(distance, name);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> near;
  for (std::size_t i = 0; i < std::min(most, ranked.size()); ++i) near.push_back(ranked[i].second);
  return near;
}

}  // namespace interneg::color
