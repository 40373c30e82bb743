// Which files a model descends from.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_ANCESTRY_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_ANCESTRY_H_

#include <map>
#include <string>
#include <vector>

namespace interneg::training {

// In a model's metadata: a JSON array of the SHA-256 of the file whose weights its training began with, of the one whose
// weights that file's training began with, and so on; absent where a training began with fresh weights.
inline constexpr char kAncestry[] = "interneg.ancestry";

// 64 hexadecimal digits in lower case each, nearest first.
using Ancestry = std::vector<std::string>;

bool IsSha256(const std::string& text);

std::string ToJson(const Ancestry& ancestry);

// Empty where `metadata` has none. Throws std::invalid_argument for anything but such an array of at most 1000; hostile
// text is safe.
Ancestry AncestryOf(const std::map<std::string, std::string>& metadata);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_ANCESTRY_H_
