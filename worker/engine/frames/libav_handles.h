// libav's objects with owners; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_FRAMES_LIBAV_HANDLES_H_
#define INTERNEG_WORKER_ENGINE_FRAMES_LIBAV_HANDLES_H_

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
}

#include <memory>
#include <string>

namespace interneg::frames {

struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeCodec {
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
};
struct CloseFormat {
  void operator()(AVFormatContext* format) const { avformat_close_input(&format); }
};
struct FreeBytes {
  void operator()(AVIOContext* bytes) const {
    av_freep(&bytes->buffer);
    avio_context_free(&bytes);
  }
};
using FormatPointer = std::unique_ptr<AVFormatContext, CloseFormat>;
using BytesPointer = std::unique_ptr<AVIOContext, FreeBytes>;
using FramePointer = std::unique_ptr<AVFrame, FreeFrame>;
using PacketPointer = std::unique_ptr<AVPacket, FreePacket>;
using CodecPointer = std::unique_ptr<AVCodecContext, FreeCodec>;

// libav's words for one of its error numbers.
inline std::string LibavText(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error, text, sizeof text);
  return text;
}

}  // namespace interneg::frames

#endif  // INTERNEG_WORKER_ENGINE_FRAMES_LIBAV_HANDLES_H_
