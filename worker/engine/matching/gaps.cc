#include "worker/engine/matching/gaps.h"

#include <set>

namespace interneg::matching {
namespace {

template <typename NumberOf, typename HasPartner>
void Collect(Side side, std::size_t count, const NumberOf& number_of, const HasPartner& has_partner, std::vector<Gap>& out) {
  for (std::size_t i = 0; i < count; ++i) {
    if (has_partner(i)) continue;
    std::size_t last = i;
    while (last + 1 < count && !has_partner(last + 1)) ++last;
    out.push_back({side, number_of(i), number_of(last)});
    i = last;
  }
}

}  // namespace

std::vector<Gap> GapsOf(const FrameMap& map) {
  std::set<std::int64_t> used;
  for (const auto& frame : map.frames) {
    if (!frame.reference) continue;
    used.insert(*frame.reference);
    for (auto r = frame.held_first; r <= frame.held_last; ++r) used.insert(r);
  }
  std::vector<Gap> gaps;
  Collect(Side::kSource, map.frames.size(), [&](std::size_t i) { return map.frames[i].source; },
          [&](std::size_t i) { return map.frames[i].reference.has_value(); }, gaps);
  Collect(Side::kReference, map.reference_frames.size(), [&](std::size_t i) { return map.reference_frames[i]; },
          [&](std::size_t i) { return used.contains(map.reference_frames[i]); }, gaps);
  return gaps;
}

}  // namespace interneg::matching
