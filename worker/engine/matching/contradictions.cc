#include "worker/engine/matching/contradictions.h"

#include <algorithm>
#include <optional>

namespace interneg::matching {
namespace {

// Where the numbers come from stands in docs/decisions/0021.
constexpr double kClearNats = 1.0;   // by which the right one of several is cheaper: odds of e, with kTrust
constexpr double kUnclearNats = 6.0, kStoodNats = 15.0;  // by which two takes of one picture may differ
constexpr std::size_t kStuck = 3;    // so many on one frame, not all alike: no cadence shows a frame more than twice
constexpr double kMostLawful = .9;   // of the sharp frames follow on one to one; with more than a drop in ten there is no law to be off
constexpr int kLeastSharp = 5;

std::int64_t OffsetOf(const JudgedPair& pair) { return pair.reference - pair.source; }

Movement Of(Movement movement, Movement unclear) { return movement == Movement::kUnclear ? unclear : movement; }

// What most frames do that share a reference frame with the one before.
Movement UsualMovement(std::span<const JudgedPair> pairs) {
  int moved = 0, stood = 0, shared = 0;
  for (std::size_t i = 1; i < pairs.size(); ++i) {
    if (pairs[i].reference != pairs[i - 1].reference) continue;
    moved += pairs[i].movement == Movement::kMoved ? 1 : 0;
    stood += pairs[i].movement == Movement::kStood ? 1 : 0;
    ++shared;
  }
  return 2 * moved > shared ? Movement::kMoved : 2 * stood > shared ? Movement::kStood : Movement::kUnclear;
}

// The nats by which one of two frames that share a partner may cost more than the other.
double AllowedBetween(std::span<const JudgedPair> pairs, std::size_t first, std::size_t last, Movement unclear) {
  double allowed = kStoodNats;
  for (std::size_t k = first + 1; k <= last; ++k) {
    const Movement movement = Of(pairs[k].movement, unclear);
    if (movement == Movement::kMoved) return 0.0;
    if (movement == Movement::kUnclear) allowed = kUnclearNats;
  }
  return allowed;
}

// Frames first … last share a reference frame.
void JudgeShared(std::span<const JudgedPair> pairs, std::size_t first, std::size_t last, Movement unclear, std::vector<std::string>& out) {
  const auto cheapest = static_cast<std::size_t>(
      std::min_element(pairs.begin() + static_cast<std::ptrdiff_t>(first), pairs.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                       [](const auto& a, const auto& b) { return a.nats < b.nats; }) - pairs.begin());
  const auto doubt = [&](std::size_t i) {
    const auto other = i == cheapest ? (i == first ? last : first) : cheapest;
    out[i] = "source frames " + std::to_string(pairs[std::min(i, other)].source) + " and " + std::to_string(pairs[std::max(i, other)].source) +
             " show different pictures but look most like reference frame " + std::to_string(pairs[i].reference) + ": the reference may lack one";
  };
  bool different = false;
  for (std::size_t i = first; i <= last; ++i) {
    if (i == cheapest || pairs[i].nats < pairs[cheapest].nats + AllowedBetween(pairs, std::min(i, cheapest), std::max(i, cheapest), unclear)) continue;
    different = true;
    doubt(i);
    if (pairs[i].nats < pairs[cheapest].nats + kClearNats) doubt(cheapest);
  }
  if (!different || last - first + 1 < kStuck) return;
  for (std::size_t i = first; i <= last; ++i) doubt(i);
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
    if (pairs[i].sharp || pairs[i].held || before[i] == offset || after[i] == offset || !out[i].empty()) continue;
    out[i] = "looks like reference frame " + std::to_string(pairs[i].reference) + ", off the law of the frames around it";
  }
  return out;
}

}  // namespace interneg::matching
