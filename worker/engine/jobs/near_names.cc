#include "worker/engine/jobs/near_names.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace interneg::jobs {
namespace {

char Lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Levenshtein's distance, one row at a time.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (Lower(a[i - 1]) == Lower(b[j - 1]) ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

std::string Joined(std::span<const std::string> names, const char* between, const char* quote) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : between) + (quote + name) + quote;
  return text;
}

}  // namespace

std::string Listed(std::span<const std::string> names) {
  return Joined(names, ", ", "");
}

std::vector<std::string> NearNames(std::string_view name, std::span<const std::string> known) {
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& candidate : known) {
    const std::size_t distance = Distance(name, candidate);
    if (distance <= std::max(name.size(), candidate.size()) / 3 + 1) near.emplace_back(distance, candidate);
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < near.size() && i < 3; ++i) names.push_back(near[i].second);
  return names;
}

std::string Suggestion(std::string_view name, std::span<const std::string> known) {
  const auto near = NearNames(name, known);
  if (!near.empty()) return "did you mean " + Joined(near, " or ", "'") + "?";
  return "known are " + Listed(known);
}

}  // namespace interneg::jobs
