// Pairs that cannot all be right.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_CONTRADICTIONS_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_CONTRADICTIONS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace interneg::matching {

// From the source frame before this one: it shows another picture, the same, or that cannot be told.
enum class Movement { kUnclear, kStood, kMoved };

// One frame of a span, as it was judged by itself.
struct JudgedPair {
  std::int64_t source = 0, reference = 0;
  bool reported = false;  // kMatched or kHeld
  bool sharp = false;     // told apart from all others
  Movement movement = Movement::kUnclear;
  double nats = 0.0;      // that the pair costs
  bool held = false;      // looks the same as frames beside it
};

// What speaks against each pair, empty for nothing. `pairs`: a span's frames in order.
// Shared: source frames that show different pictures, by how they move or by what they cost, are paired with one frame of the reference. At most one of them is right, the
// cheapest; where another costs little more, or several are, none is believed. The partners of the others are missing. Where it
// cannot be told whether a picture is another, the span's other frames that share one say which it is.
// Astray: where sharp frames run one to one, a pair that is neither sharp nor held lies off the law of the nearest sharp frames on both sides.
std::vector<std::string> Contradictions(std::span<const JudgedPair> pairs);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_CONTRADICTIONS_H_
