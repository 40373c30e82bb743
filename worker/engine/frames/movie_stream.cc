#include "worker/engine/frames/movie_stream.h"

#include <algorithm>
#include <new>
#include <set>
#include <thread>

namespace interneg::frames {
namespace {

// More threads gain little below 4K and hold more pictures.
constexpr unsigned kMostThreads = 8;

int SwiftThreads() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads));
}

}  // namespace

FramePointer NewFrame() {
  FramePointer frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  return frame;
}

PacketPointer NewPacket() {
  PacketPointer packet(av_packet_alloc());
  if (!packet) throw std::bad_alloc();
  return packet;
}

CodecPointer OpenCodec(const AVStream& stream, const std::string& shown, DecodeEffort effort) {
  const AVCodec* decoder = avcodec_find_decoder(stream.codecpar->codec_id);
  const std::string name = avcodec_get_name(stream.codecpar->codec_id);
  if (decoder == nullptr) {
    throw FrameError(FrameFault::kUnsupported, shown + ": this libavcodec has no decoder for " + name +
                                                   "; convert the movie to ProRes, H.264 or an image sequence");
  }
  CodecPointer codec(avcodec_alloc_context3(decoder));
  if (!codec || avcodec_parameters_to_context(codec.get(), stream.codecpar) < 0) throw std::bad_alloc();
  codec->thread_count = effort == DecodeEffort::kCareful ? 1 : SwiftThreads();
  if (effort == DecodeEffort::kSwift) codec->err_recognition |= AV_EF_EXPLODE;
  // Timestamps are our own ordinals: nothing may be derived from them.
  codec->pkt_timebase = {1, 1};
  if (effort == DecodeEffort::kOrderOnly) codec->skip_loop_filter = codec->skip_idct = AVDISCARD_ALL;
  const int failure = avcodec_open2(codec.get(), decoder, nullptr);
  if (failure < 0) {
    throw FrameError(FrameFault::kUnreadable,
                     shown + ": the " + name + " stream cannot be decoded: " + LibavText(failure) + "; copy it again");
  }
  return codec;
}

PacketList ListPackets(MovieInput& input) {
  PacketList list;
  const auto packet = NewPacket();
  for (;;) {
    const auto read = input.Next(*packet);
    list.broken = read == MovieInput::Read::kDamaged;
    if (read != MovieInput::Read::kPacket) return list;
    list.packets.push_back(Described(*packet));
    av_packet_unref(packet.get());
  }
}

std::vector<int> ShownOrder(MovieInput& input, const std::string& shown) {
  const auto codec = OpenCodec(input.stream(), shown, DecodeEffort::kOrderOnly);
  const auto packet = NewPacket();
  const auto frame = NewFrame();
  std::vector<int> order;
  std::set<int> seen;
  const auto receive = [&] {
    while (avcodec_receive_frame(codec.get(), frame.get()) >= 0) {
      const int ordinal = static_cast<int>(frame->pts);
      if (frame->pts != AV_NOPTS_VALUE && seen.insert(ordinal).second) order.push_back(ordinal);
    }
  };
  int ordinal = 0;
  while (input.Next(*packet) == MovieInput::Read::kPacket) {
    packet->pts = packet->dts = ordinal++;
    while (avcodec_send_packet(codec.get(), packet.get()) == AVERROR(EAGAIN)) receive();
    av_packet_unref(packet.get());
    receive();
  }
  avcodec_send_packet(codec.get(), nullptr);
  receive();
  return order;
}

}  // namespace interneg::frames
