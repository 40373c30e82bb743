// Which of the known names a person may have meant.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_NEAR_NAMES_H_
#define INTERNEG_WORKER_ENGINE_JOBS_NEAR_NAMES_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace interneg::jobs {

// Up to three of `known`, nearest first by edit distance (case ignored), none of them further away than a third of the
// longer name's letters plus one. Empty when nothing is near. Pure.
std::vector<std::string> NearNames(std::string_view name, std::span<const std::string> known);

// "a, b, c".
std::string Listed(std::span<const std::string> names);

// "did you mean 'a' or 'b'?", or "known are a, b, c" when nothing is near.
std::string Suggestion(std::string_view name, std::span<const std::string> known);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_NEAR_NAMES_H_
