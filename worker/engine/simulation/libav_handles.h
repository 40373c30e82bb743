// Owners of libav's objects; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_SIMULATION_LIBAV_HANDLES_H_
#define INTERNEG_WORKER_ENGINE_SIMULATION_LIBAV_HANDLES_H_

#include <memory>
#include <stdexcept>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
}

namespace interneg::simulation {

struct FreeCodec {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
using CodecHandle = std::unique_ptr<AVCodecContext, FreeCodec>;
using FrameHandle = std::unique_ptr<AVFrame, FreeFrame>;
using PacketHandle = std::unique_ptr<AVPacket, FreePacket>;

// Throws std::runtime_error with libav's own words when `result` is negative; else returns it.
inline int Checked(int result, const std::string& what) {
  if (result >= 0) return result;
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(result, text, sizeof(text));
  throw std::runtime_error("MPEG-2: " + what + ": " + text);
}

}  // namespace interneg::simulation

#endif  // INTERNEG_WORKER_ENGINE_SIMULATION_LIBAV_HANDLES_H_
