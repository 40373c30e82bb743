#include "worker/engine/matching/contradictions.h"

#include <algorithm>
#include <optional>

namespace interneg::matching {
namespace {

constexpr double kClearNats = 1.0;   // by which the right one of several is cheaper
constexpr double kOtherNats = 6.0;   // what two takes of one picture differ by is noise: a third of this
constexpr int kStuck = 2;            // so many others on one frame: the path waits there for what is missing
constexpr double kMostLawful = .9;   // of the sharp frames: they run one to one
constexpr int kLeastSharp = 5;

std::int64_t OffsetOf(const JudgedPair& pair) { return pair.reference - pair.source; }

Movement Of(Movement movement, Movement unclear) { return movement == Movement::kUnclear ? unclear : movement; }

// What most frames do that share a reference frame with the one before.
Movement UsualMovement(std::span<const JudgedPair> pairs) {
  int moved = 0, shared = 0;
  for (std::size_t i = 1; i < pairs.size(); ++i) {
    if (pairs[i].reference != pairs[i - 1].reference) continue;
    moved += pairs[i].movement == Movement::kMoved ? 1 : 0;
    ++shared;
  }
  return 2 * moved > shared ? Movement::kMoved : Movement::kStood;
}

// Frames first … last share a reference frame.
void JudgeShared(std::span<const JudgedPair> pairs, std::size_t first, std::size_t last, Movement unclear, std::vector<std::string>& out) {
  const auto cheapest = static_cast<std::size_t>(
      std::min_element(pairs.begin() + static_cast<std::ptrdiff_t>(first), pairs.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                       [](const auto& a, const auto& b) { return a.nats < b.nats; }) - pairs.begin());
  int others = 0;
  for (std::size_t i = first; i <= last; ++i) {
    bool moved = false;
    for (std::size_t k = std::min(i, cheapest) + 1; k <= std::max(i, cheapest); ++k) moved |= Of(pairs[k].movement, unclear) == Movement::kMoved;
    if (!moved && pairs[i].nats < pairs[cheapest].nats + kOtherNats) continue;
    ++others;
    const std::string reason = " show different pictures but look most like reference frame " + std::to_string(pairs[i].reference) + ": the reference may lack one";
    const auto both = [&](std::size_t a, std::size_t b) {
      return "source frames " + std::to_string(pairs[std::min(a, b)].source) + " and " + std::to_string(pairs[std::max(a, b)].source) + reason;
    };
    out[i] = both(i, cheapest);
    if (others >= kStuck || pairs[i].nats < pairs[cheapest].nats + kClearNats) out[cheapest] = both(i, cheapest);
  }
}

bool RunsOneToOne(std::span<const JudgedPair> pairs) {
  int sharp = 0, lawful = 0;
  std::optional<std::int64_t> offset;
  for (const auto& pair : pairs) {
    if (!pair.sharp) continue;
    lawful += offset == OffsetOf(pair) ? 1 : 0;
    sharp += offset ? 1 : 0;
    offset = OffsetOf(pair);
  }
  return sharp >= kLeastSharp && lawful >= kMostLawful * sharp;
}

// The offset of the nearest sharp frame before each frame, or after it going backwards.
template <typename Iterator>
void CarryOffsets(Iterator begin, Iterator end, std::vector<std::optional<std::int64_t>>& out) {
  std::optional<std::int64_t> offset;
  for (auto at = begin; at != end; ++at) {
    if (at->sharp) offset = OffsetOf(*at);
    out.push_back(offset);
  }
}

}  // namespace

std::vector<std::string> Contradictions(std::span<const JudgedPair> pairs) {
  std::vector<std::string> out(pairs.size());
  const Movement unclear = UsualMovement(pairs);
  for (std::size_t first = 0; first < pairs.size();) {
    std::size_t last = first;
    while (last + 1 < pairs.size() && pairs[last + 1].reference == pairs[first].reference) ++last;
    if (last > first) JudgeShared(pairs, first, last, unclear, out);
    first = last + 1;
  }
  if (!RunsOneToOne(pairs)) return out;
  std::vector<std::optional<std::int64_t>> before, after;
  CarryOffsets(pairs.begin(), pairs.end(), before);
  CarryOffsets(pairs.rbegin(), pairs.rend(), after);
  std::reverse(after.begin(), after.end());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto offset = OffsetOf(pairs[i]);
    if (pairs[i].sharp || before[i] == offset || after[i] == offset || !out[i].empty()) continue;
    out[i] = "looks like reference frame " + std::to_string(pairs[i].reference) + ", off the law of the frames around it";
  }
  return out;
}

}  // namespace interneg::matching
