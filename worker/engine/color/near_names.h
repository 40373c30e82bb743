// Names that a misspelt one may have meant.
#ifndef INTERNEG_WORKER_ENGINE_COLOR_NEAR_NAMES_H_
#define INTERNEG_WORKER_ENGINE_COLOR_NEAR_NAMES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace interneg::color {

// Levenshtein's distance, letters of either case being equal.
std::size_t EditDistance(std::string_view a, std::string_view b);

// At most `most` of `names`, nearest first: those that contain the asked name (or are contained in it) count as near,
// then by edit distance; names as far away as they are long are left out. Ties keep the order of `names`.
std::vector<std::string> NearNames(std::string_view asked, const std::vector<std::string>& names, std::size_t most);

}  // namespace interneg::color

#endif  // INTERNEG_WORKER_ENGINE_COLOR_NEAR_NAMES_H_
