#include "worker/engine/frames/movie_decoder.h"

#include <algorithm>
#include <new>
#include <string>

extern "C" {
#include <libavutil/imgutils.h>
}

namespace interneg::frames {
namespace {

// Enough pictures for a temporal window that moves one frame at a time; less of large ones.
constexpr std::size_t kMostKept = 32;
constexpr std::size_t kLeastKept = 6;
constexpr std::size_t kKeptBytes = std::size_t{96} << 20;
constexpr int kMostFailures = 1000;  // in a row; a decoder that gives nothing else has given out

std::size_t KeptCount(const AVFrame& picture) {
  const int bytes =
      av_image_get_buffer_size(static_cast<AVPixelFormat>(picture.format), picture.width, picture.height, 1);
  return std::clamp(kKeptBytes / static_cast<std::size_t>(std::max(bytes, 1)), kLeastKept, kMostKept);
}

bool IsFaulty(const AVFrame& picture) {
  return picture.decode_error_flags != 0 || (picture.flags & AV_FRAME_FLAG_CORRUPT) != 0;
}

// No later picture is predicted from a B picture of MPEG-1 and MPEG-2.
bool IsNeverReferred(const AVCodecContext& codec, const AVFrame& picture) {
  return (codec.codec_id == AV_CODEC_ID_MPEG2VIDEO || codec.codec_id == AV_CODEC_ID_MPEG1VIDEO) &&
         picture.pict_type == AV_PICTURE_TYPE_B;
}

// These decoders mark what they conceal; the others tell it to the log alone.
bool MarksDamage(const AVCodecContext& codec) {
  return codec.codec_id == AV_CODEC_ID_H264 || codec.codec_id == AV_CODEC_ID_MPEG2VIDEO ||
         codec.codec_id == AV_CODEC_ID_MPEG1VIDEO;
}

}  // namespace

MovieDecoder::MovieDecoder(std::shared_ptr<const MovieFile> file, const MovieIndex& index)
    : file_(std::move(file)),
      index_(index),
      input_(std::make_unique<MovieInput>(file_)),
      codec_(OpenCodec(input_->stream(), file_->shown, effort_)),
      packet_(NewPacket()) {
  complaints_.Watch(*codec_);
}

const MovieDecoder::Kept* MovieDecoder::Find(int position) const {
  const auto found =
      std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) { return kept.position == position; });
  return found == kept_.end() ? nullptr : &*found;
}

// Whether decoding on reaches the position, and seeking would save little.
bool MovieDecoder::IsAhead(int position) const {
  return position >= next_position_ && index_.OrdinalOf(position) >= start_ &&
         index_.EntryFor(position) <= next_packet_ + kSeekCost;
}

int MovieDecoder::CostOf(int position) const {
  if (Find(position) != nullptr) return 0;
  const int ordinal = index_.OrdinalOf(position);
  if (IsAhead(position)) return std::max(1, ordinal - next_packet_);
  return kSeekCost + ordinal - index_.EntryFor(position) + 1;
}

FramePointer MovieDecoder::Fetch(int position) {
  wanted_ = position;
  // A picture that does not come out of the nearest point may come out of an earlier one: gradual refresh has points
  // after which a picture builds up. One that was reached from further back is simply not there.
  for (int further = 0; further < 2;) {
    if (further > 0 || !IsNear(position)) StartAt(index_.EntryFor(position, further));
    const bool is_there = DecodeUntilSettled(position);
    if (effort_ == DecodeEffort::kSwift && IsSuspicious()) {
      effort_ = DecodeEffort::kCareful;
      codec_ = OpenCodec(input_->stream(), file_->shown, effort_);
      complaints_.Watch(*codec_);
      StartAt(index_.EntryFor(position, further));
      continue;
    }
    if (is_there && !IsDamaged(position)) {
      FramePointer copy(av_frame_clone(Find(position)->picture.get()));
      if (!copy) throw std::bad_alloc();
      return copy;
    }
    if (start_ < index_.EntryFor(position) || start_ == 0) break;
    ++further;
  }
  ThrowDamaged(position);
}

bool MovieDecoder::DecodeUntilSettled(int position) {
  const int settled = index_.SettledBy(position);
  while (next_position_ <= settled && Step()) {
  }
  return Find(position) != nullptr;
}

bool MovieDecoder::IsDamaged(int position) const {
  const int ordinal = index_.OrdinalOf(position);
  const auto first = damaged_.lower_bound(std::max(start_, index_.EntryFor(position)));
  return first != damaged_.end() && *first <= ordinal;
}

// Shown before the picture that decoding began at, but predicted from pictures before it: nothing follows from these.
bool MovieDecoder::IsLeading(int ordinal) const {
  const auto position = index_.PositionOf(ordinal);
  return start_ > 0 && position && *position < index_.PositionOf(start_).value_or(0);
}

void MovieDecoder::StartAt(int ordinal) {
  avcodec_flush_buffers(codec_.get());
  av_packet_unref(packet_.get());
  kept_.clear();
  damaged_.clear();
  drained_ = suspicious_ = false;
  complaints_.Forget();
  if (!SeekNear(ordinal)) {
    av_packet_unref(packet_.get());
    input_ = std::make_unique<MovieInput>(file_);
    next_packet_ = 0;
    ReadUpTo(ordinal);
  }
  start_ = ordinal;
  next_position_ = index_.PositionOf(ordinal).value_or(0);
}

// Leaves the packet `ordinal` in packet_, when the seek lands before it and its place is recognised.
bool MovieDecoder::SeekNear(int ordinal) {
  int target = ordinal;  // in a program stream only the first picture that begins in a pack has a place
  while (target > 0 && index_.packet(target).position_bytes < 0) --target;
  if (target == 0 || !input_->SeekTo(index_.packet(target))) return false;
  constexpr int kMostUnknown = 64;  // a parser's first packet after a seek may be the end of one
  for (int unknown = 0; unknown < kMostUnknown; ++unknown) {
    av_packet_unref(packet_.get());
    if (input_->Next(*packet_) != MovieInput::Read::kPacket) return false;
    const auto found = index_.Find(Described(*packet_));
    if (!found) continue;
    if (*found > ordinal) return false;
    next_packet_ = *found;
    if (*found < ordinal) ReadUpTo(ordinal);
    return true;
  }
  return false;
}

void MovieDecoder::ReadUpTo(int ordinal) {
  const bool holds_one = packet_->size > 0;
  if (!holds_one && !ReadPacket()) return;
  while (next_packet_ < ordinal) {
    av_packet_unref(packet_.get());
    ++next_packet_;
    if (!ReadPacket()) return;
  }
}

// The packet next_packet_ into packet_, if it is not there yet; false at the movie's end.
bool MovieDecoder::ReadPacket() {
  if (packet_->size > 0) return true;
  const bool more = next_packet_ < index_.packet_count() && input_->Next(*packet_) == MovieInput::Read::kPacket;
  if (!more) return false;
  const auto& expected = index_.packet(next_packet_);
  if (packet_->size != expected.size_bytes || Described(*packet_).checksum != expected.checksum) {
    throw FrameError(FrameFault::kUnreadable, file_->shown + ": packet " + std::to_string(next_packet_ + 1) +
                                                  " is another than when the movie was opened; it must not be written "
                                                  "while it is read");
  }
  return true;
}

void MovieDecoder::Feed() {
  if (!ReadPacket()) {
    avcodec_send_packet(codec_.get(), nullptr);
    return;
  }
  if (IsLeading(next_packet_)) {
    av_packet_unref(packet_.get());
    ++next_packet_;
    return;
  }
  packet_->pts = packet_->dts = next_packet_;
  packet_->flags &= ~AV_PKT_FLAG_DISCARD;
  const int failure = avcodec_send_packet(codec_.get(), packet_.get());
  if (failure == AVERROR(EAGAIN)) return;
  av_packet_unref(packet_.get());
  ++next_packet_;
  NoteComplaints();
}

// With one thread, what is said is said of the packet that was fed last.
void MovieDecoder::NoteComplaints() {
  if (effort_ != DecodeEffort::kCareful || MarksDamage(*codec_) || !complaints_.Any()) return;
  damaged_.insert(next_packet_ - 1);
  complaints_.Forget();
}

// One picture on; false at the movie's end.
bool MovieDecoder::Step() {
  if (drained_) return false;
  auto frame = NewFrame();
  for (int failures = 0; failures < kMostFailures;) {
    const int result = avcodec_receive_frame(codec_.get(), frame.get());
    NoteComplaints();
    if (result >= 0) {
      Take(std::move(frame));
      return true;
    }
    if (result == AVERROR_EOF) break;
    if (result == AVERROR(EAGAIN)) {
      Feed();
    } else {
      ++failures;  // a damaged packet, whose picture will be missed
      suspicious_ = true;
    }
  }
  drained_ = true;
  MissUpTo(index_.frame_count());
  return false;
}

void MovieDecoder::Take(FramePointer picture) {
  if (picture->pts < 0 || picture->pts >= index_.packet_count()) return;
  const int ordinal = static_cast<int>(picture->pts);
  const auto position = index_.PositionOf(ordinal);
  if (!position) return;
  if (*position > next_position_) MissUpTo(*position);
  next_position_ = std::max(next_position_, *position + 1);
  if (IsFaulty(*picture)) {
    suspicious_ = true;
    if (IsNeverReferred(*codec_, *picture)) return;
    damaged_.insert(ordinal);
  }
  const std::size_t most = KeptCount(*picture);
  while (kept_.size() >= most && kept_.front().position < wanted_) kept_.pop_front();
  kept_.push_back({*position, std::move(picture)});
}

void MovieDecoder::MissUpTo(int position) {
  for (; next_position_ < position; ++next_position_) {
    damaged_.insert(index_.OrdinalOf(next_position_));
    suspicious_ = true;
  }
}

void MovieDecoder::ThrowDamaged(int position) const {
  const int ordinal = index_.OrdinalOf(position);
  const auto first = damaged_.lower_bound(std::max(start_, index_.EntryFor(position)));
  std::string cause = "its picture is damaged or missing";
  if (first != damaged_.end() && *first < ordinal) {
    if (const auto other = index_.PositionOf(*first)) {
      cause = "it is predicted from frame " + std::to_string(*other + 1) + ", which is damaged or missing";
    }
  }
  throw FrameError(FrameFault::kUnreadable, file_->shown + " (frame " + std::to_string(position + 1) + "): " + cause +
                                                "; copy the movie again, or leave the frame out of the range");
}

}  // namespace interneg::frames
