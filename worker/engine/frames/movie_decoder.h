// One place in a movie: decodes forward from a random-access point and keeps what came last; for this module's sources
// only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_DECODER_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_DECODER_H_

#include <deque>
#include <memory>
#include <set>

#include "worker/engine/frames/decoder_complaints.h"
#include "worker/engine/frames/movie_input.h"
#include "worker/engine/frames/movie_stream.h"

namespace interneg::frames {

// Decodes swiftly until anything is wrong, and from there on carefully. Not synchronised.
class MovieDecoder {
 public:
  // `index` outlives this.
  MovieDecoder(std::shared_ptr<const MovieFile> file, const MovieIndex& index);

  // The picture at a position. Reading on in ascending order never seeks; a little way back, pictures are still kept.
  // Throws FrameError kUnreadable when the picture, or one it is predicted from, is damaged or missing.
  FramePointer Fetch(int position);

  // How many packets Fetch would have to decode, a seek counted as `kSeekCost`: for choosing among decoders.
  int CostOf(int position) const;
  static constexpr int kSeekCost = 8;

  // Whether Fetch would not seek.
  bool IsNear(int position) const { return Find(position) != nullptr || IsAhead(position); }

 private:
  struct Kept {
    int position;
    FramePointer picture;
  };

  const Kept* Find(int position) const;
  bool IsAhead(int position) const;
  bool DecodeUntilSettled(int position);
  bool IsDamaged(int position) const;
  bool IsLeading(int ordinal) const;
  bool IsSuspicious() const { return suspicious_ || complaints_.Any(); }
  void StartAt(int ordinal);
  bool SeekNear(int ordinal);
  void ReadUpTo(int ordinal);
  bool ReadPacket();
  void Feed();
  void NoteComplaints();
  bool Step();
  void Take(FramePointer picture);
  void MissUpTo(int position);
  [[noreturn]] void ThrowDamaged(int position) const;

  std::shared_ptr<const MovieFile> file_;
  const MovieIndex& index_;
  std::unique_ptr<MovieInput> input_;
  DecodeEffort effort_ = DecodeEffort::kSwift;
  DecoderComplaints complaints_;  // outlives the codec
  CodecPointer codec_;
  PacketPointer packet_;
  std::deque<Kept> kept_;
  std::set<int> damaged_;  // ordinals, since the last start
  int start_ = 0;          // the ordinal decoding began at
  int next_packet_ = 0;    // the ordinal that the input gives next
  int next_position_ = 0;  // all before it came out, or never will
  int wanted_ = 0;         // what is kept from here on is needed still
  bool drained_ = false;
  bool suspicious_ = false;  // something was wrong since the last start
};

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_DECODER_H_
