// A movie's stream as a whole: its packets, and the codec for them; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_STREAM_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_STREAM_H_

#include <string>
#include <vector>

#include "worker/engine/frames/movie_input.h"

namespace interneg::frames {

// kSwift: several threads; tells that something was wrong, but not reliably which picture (see DecoderComplaints).
// kCareful: one thread; damaged pictures come out marked.
// kOrderOnly: pixels may be wrong, the pictures' order is not.
enum class DecodeEffort { kSwift, kCareful, kOrderOnly };

// A codec opened for the stream, that gives every picture the pts of the packet it came from. Throws FrameError
// kUnsupported when this libavcodec has no decoder for it, kUnreadable when it refuses the stream.
CodecPointer OpenCodec(const AVStream& stream, const std::string& shown, DecodeEffort effort);

// Every packet of the input to its end, which moves there; `broken` tells whether the file breaks off.
struct PacketList {
  std::vector<MoviePacket> packets;
  bool broken = false;
};
PacketList ListPackets(MovieInput& input);

// The ordinals of the packets in the order in which a decoder gives their pictures: a pass over the whole movie, for
// streams whose times do not tell. The input must stand at its beginning.
std::vector<int> ShownOrder(MovieInput& input, const std::string& shown);

// libav's objects, empty. Throw std::bad_alloc.
FramePointer NewFrame();
PacketPointer NewPacket();

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_MOVIE_STREAM_H_
