#include "worker/engine/frames/movie_index.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace interneg::frames {
namespace {

std::uint64_t IdentityOf(const MoviePacket& packet) {
  std::uint64_t hash = packet.checksum;
  hash = hash * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(packet.position_bytes);
  return hash * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(packet.size_bytes);
}

bool SamePlaceAndContent(const MoviePacket& a, const MoviePacket& b) {
  return a.position_bytes == b.position_bytes && a.size_bytes == b.size_bytes && a.checksum == b.checksum;
}

// Frames without a time of their own share what lies between their neighbours'.
MovieTiming TimingOf(const std::vector<MoviePacket>& packets, const std::vector<int>& ordinals) {
  std::vector<double> intervals;
  std::size_t before = ordinals.size();
  for (std::size_t i = 0; i < ordinals.size(); ++i) {
    const auto now = packets[static_cast<std::size_t>(ordinals[i])].pts;
    if (now == kNoTimestamp) continue;
    if (before < i) {
      const auto ticks = now - packets[static_cast<std::size_t>(ordinals[before])].pts;
      const double each = static_cast<double>(ticks) / static_cast<double>(i - before);
      intervals.insert(intervals.end(), i - before, std::max(each, 0.0));
    }
    before = i;
  }
  if (intervals.empty()) return {};
  std::sort(intervals.begin(), intervals.end());
  MovieTiming timing;
  timing.interval = intervals[intervals.size() / 2];
  timing.shortest = intervals.front();
  timing.longest = intervals.back();
  timing.is_known = true;
  const double tolerance = std::max(1.5, 0.02 * timing.interval);
  timing.is_variable = timing.interval - timing.shortest > tolerance || timing.longest - timing.interval > tolerance;
  return timing;
}

}  // namespace

MovieIndex::MovieIndex(std::vector<MoviePacket> packets, std::vector<int> ordinals)
    : packets_(std::move(packets)),
      ordinals_(std::move(ordinals)),
      positions_(packets_.size(), -1),
      reach_(packets_.size(), -1) {
  for (std::size_t position = 0; position < ordinals_.size(); ++position) {
    positions_[static_cast<std::size_t>(ordinals_[position])] = static_cast<int>(position);
  }
  int reach = -1;
  for (std::size_t o = 0; o < packets_.size(); ++o) {
    if (packets_[o].is_random_access) {
      entries_.push_back(static_cast<int>(o));
      reach = -1;
    }
    reach = std::max(reach, positions_[o]);
    reach_[o] = reach;
    by_identity_.emplace(IdentityOf(packets_[o]), static_cast<int>(o));
  }
  timing_ = TimingOf(packets_, ordinals_);
}

std::optional<MovieIndex> MovieIndex::ByTimestamps(const std::vector<MoviePacket>& packets) {
  std::vector<int> ordinals;
  for (std::size_t o = 0; o < packets.size(); ++o) {
    if (!packets[o].is_shown) continue;
    if (packets[o].pts == kNoTimestamp) return std::nullopt;
    ordinals.push_back(static_cast<int>(o));
  }
  if (packets.empty() || !packets.front().is_random_access) return std::nullopt;
  const auto pts = [&](int ordinal) { return packets[static_cast<std::size_t>(ordinal)].pts; };
  for (const int ordinal : ordinals) {
    if (pts(ordinal) < packets.front().pts) return std::nullopt;
  }
  std::sort(ordinals.begin(), ordinals.end(), [&](int a, int b) { return pts(a) < pts(b); });
  const auto twice =
      std::adjacent_find(ordinals.begin(), ordinals.end(), [&](int a, int b) { return pts(a) == pts(b); });
  if (twice != ordinals.end()) return std::nullopt;
  return MovieIndex(packets, std::move(ordinals));
}

MovieIndex MovieIndex::ByDecoding(const std::vector<MoviePacket>& packets, const std::vector<int>& shown) {
  std::vector<bool> seen(packets.size(), false);
  for (const int ordinal : shown) {
    if (ordinal < 0 || static_cast<std::size_t>(ordinal) >= packets.size() || seen[static_cast<std::size_t>(ordinal)]) {
      throw std::invalid_argument("movie index: packet " + std::to_string(ordinal) + " of " +
                                  std::to_string(packets.size()) + " cannot be shown, or is shown twice");
    }
    seen[static_cast<std::size_t>(ordinal)] = true;
  }
  return {packets, shown};
}

std::optional<int> MovieIndex::PositionOf(int ordinal) const {
  const int position = positions_[static_cast<std::size_t>(ordinal)];
  return position < 0 ? std::nullopt : std::optional<int>(position);
}

int MovieIndex::EntryFor(int position, int further) const {
  const int ordinal = OrdinalOf(position);
  auto at = std::upper_bound(entries_.begin(), entries_.end(), ordinal);
  while (at != entries_.begin()) {
    --at;
    if (positions_[static_cast<std::size_t>(*at)] > position) continue;
    if (further == 0) return *at;
    --further;
  }
  return 0;
}

int MovieIndex::SettledBy(int position) const {
  return std::max(position, reach_[static_cast<std::size_t>(OrdinalOf(position))]);
}

std::optional<int> MovieIndex::Find(const MoviePacket& packet) const {
  std::optional<int> found;
  const auto [begin, end] = by_identity_.equal_range(IdentityOf(packet));
  for (auto at = begin; at != end; ++at) {
    if (!SamePlaceAndContent(packets_[static_cast<std::size_t>(at->second)], packet)) continue;
    if (found) return std::nullopt;
    found = at->second;
  }
  return found;
}

std::vector<MoviePacket> WithoutUncertainTail(std::vector<MoviePacket> packets) {
  if (packets.empty() || packets.back().dts == kNoTimestamp) return packets;
  const std::int64_t last_dts = packets.back().dts;
  for (auto& packet : packets) {
    if (packet.pts != kNoTimestamp && packet.pts > last_dts) packet.is_shown = false;
  }
  return packets;
}

}  // namespace interneg::frames
