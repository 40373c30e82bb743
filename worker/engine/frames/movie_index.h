// Which compressed packet of a movie gives which frame: the presentation-time index. Arithmetic alone, no libav.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_INDEX_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_INDEX_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

namespace interneg::frames {

inline constexpr std::int64_t kNoTimestamp = std::numeric_limits<std::int64_t>::min();

// One packet as the demuxer hands it out, in decoding order. Its ordinal is its place in that order.
struct MoviePacket {
  std::int64_t position_bytes = -1;  // in the file; −1 when the demuxer does not know
  std::int32_t size_bytes = 0;
  std::uint32_t checksum = 0;       // of its content: tells packets apart that share a position
  std::int64_t pts = kNoTimestamp;  // in ticks of the stream's time base
  std::int64_t dts = kNoTimestamp;
  bool is_random_access = false;
  bool is_shown = true;  // false: an edit list cuts it; it is decoded for others' sake
  friend bool operator==(const MoviePacket&, const MoviePacket&) = default;
};

// How evenly the frames are spaced, in ticks. Frames without a time share what lies between their neighbours'; one
// whose time lies before its predecessor's has an interval of 0.
struct MovieTiming {
  double interval = 0;  // the median
  double shortest = 0;
  double longest = 0;
  bool is_known = false;     // false: fewer than two frames have a time
  bool is_variable = false;  // an interval strays from the median by more than 1.5 ticks and 2 %
};

// Immutable. A position is a frame's 0-based place in presentation order.
class MovieIndex {
 public:
  // Orders the shown packets by their presentation times. Nothing when times cannot be trusted to give the order: a
  // shown packet without a pts, two with the same, or a first packet that is no random-access point or not shown first
  // (pictures before it may not be decodable).
  static std::optional<MovieIndex> ByTimestamps(const std::vector<MoviePacket>& packets);

  // `shown` are the ordinals in the order in which a decoder gave their pictures. Throws std::invalid_argument for an
  // ordinal that is out of range or comes twice.
  static MovieIndex ByDecoding(const std::vector<MoviePacket>& packets, const std::vector<int>& shown);

  int frame_count() const { return static_cast<int>(ordinals_.size()); }
  int packet_count() const { return static_cast<int>(packets_.size()); }
  const MoviePacket& packet(int ordinal) const { return packets_[static_cast<std::size_t>(ordinal)]; }
  int OrdinalOf(int position) const { return ordinals_[static_cast<std::size_t>(position)]; }
  std::optional<int> PositionOf(int ordinal) const;  // nothing: the packet gives no frame

  // The packet to begin decoding at, to have the frame right: the last random-access point that is neither decoded nor
  // shown after it (leading pictures of an open group need the group before), `further` points earlier if possible.
  int EntryFor(int position, int further = 0) const;

  // The last position that must have come out of the decoder before all pictures on which the frame may depend have.
  int SettledBy(int position) const;

  // The ordinal of a packet met after a seek, by place, size and content; nothing when unknown or not unique.
  std::optional<int> Find(const MoviePacket& packet) const;

  const MovieTiming& timing() const { return timing_; }
  const std::vector<int>& random_access_points() const { return entries_; }  // ordinals

 private:
  MovieIndex(std::vector<MoviePacket> packets, std::vector<int> ordinals);

  std::vector<MoviePacket> packets_;
  std::vector<int> ordinals_;   // by position
  std::vector<int> positions_;  // by ordinal; −1: none
  std::vector<int> reach_;      // by ordinal: the largest position since the last random-access point
  std::vector<int> entries_;
  std::unordered_multimap<std::uint64_t, int> by_identity_;
  MovieTiming timing_;
};

// Of a movie that ends early: the packets without those at whose place in the presentation another, lost one may
// belong. Every lost packet has a dts, and so a pts, after the last one's dts.
std::vector<MoviePacket> WithoutUncertainTail(std::vector<MoviePacket> packets);

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_INDEX_H_
