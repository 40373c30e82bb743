#include "worker/engine/simulation/mpeg2_codec.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

#include "worker/engine/simulation/libav_handles.h"

namespace interneg::simulation {
namespace {

constexpr int kDvdBuffer_bits = 1835008;    // ISO/IEC 13818-2 table 8-13: the buffer of main profile at main level
constexpr int kDvdMostRate_bits = 9800000;  // what a DVD player reads

void RequireCodable(const Mpeg2Settings& settings) {
  const auto [width, height] = settings.size;
  if (width < 32 || height < 32 || width > 1920 || height > 1152 || width % 2 != 0 || height % 2 != 0) {
    throw std::invalid_argument("MPEG-2: " + std::to_string(width) + "x" + std::to_string(height) +
                                " cannot be coded; use an even size from 32x32 to 1920x1152, e.g. 720x576");
  }
  constexpr std::array<FrameRate, 8> kRates{
      {{24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {50, 1}, {60000, 1001}, {60, 1}}};
  if (std::find(kRates.begin(), kRates.end(), settings.rate) == kRates.end()) {
    throw std::invalid_argument("MPEG-2: " + std::to_string(settings.rate.numerator) + "/" +
                                std::to_string(settings.rate.denominator) +
                                " frames a second cannot be coded; use 24, 25, 30, 50, 60 or those over 1.001");
  }
  if (settings.bit_rate < 100'000 || settings.bit_rate > kDvdMostRate_bits) {
    throw std::invalid_argument("MPEG-2: use a bit rate from 100000 to " + std::to_string(kDvdMostRate_bits));
  }
}

CodecHandle Opened(CodecHandle context, const AVCodec* codec) {
  context->thread_count = 1;
  context->idct_algo = FF_IDCT_SIMPLE;
  context->flags |= AV_CODEC_FLAG_BITEXACT;
  Checked(avcodec_open2(context.get(), codec, nullptr), "the coder does not start");
  return context;
}

CodecHandle NewContext(const AVCodec* codec) {
  if (codec == nullptr) throw std::runtime_error("MPEG-2: this libavcodec was built without it");
  CodecHandle context(avcodec_alloc_context3(codec));
  if (!context) throw std::bad_alloc();
  return context;
}

CodecHandle OpenEncoder(const Mpeg2Settings& settings) {
  const AVCodec* const codec = avcodec_find_encoder(AV_CODEC_ID_MPEG2VIDEO);
  CodecHandle context = NewContext(codec);
  context->width = settings.size.width_px;
  context->height = settings.size.height_px;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  const bool wide = settings.aspect == DisplayAspect::k16To9;
  context->sample_aspect_ratio =
      av_mul_q({wide ? 16 : 4, wide ? 9 : 3}, {settings.size.height_px, settings.size.width_px});
  context->time_base = {settings.rate.denominator, settings.rate.numerator};
  context->framerate = {settings.rate.numerator, settings.rate.denominator};
  context->bit_rate = settings.bit_rate;
  context->bit_rate_tolerance = settings.bit_rate;  // over a second; the default of 4 Mb ignores small rates
  context->rc_max_rate = kDvdMostRate_bits;
  context->rc_buffer_size = kDvdBuffer_bits;
  context->gop_size = 12;
  context->max_b_frames = 2;
  context->dct_algo = FF_DCT_INT;
  context->color_range = AVCOL_RANGE_MPEG;
  context->colorspace = AVCOL_SPC_BT470BG;
  context->chroma_sample_location = AVCHROMA_LOC_LEFT;
  return Opened(std::move(context), codec);
}

void CopyIn(const std::vector<std::uint8_t>& plane, int width, std::uint8_t* to, int stride) {
  for (std::size_t row = 0; row * width < plane.size(); ++row) {
    std::copy_n(&plane[row * width], width, to + static_cast<std::ptrdiff_t>(row) * stride);
  }
}

std::vector<std::uint8_t> CopyOut(const std::uint8_t* from, int stride, int width, int height) {
  std::vector<std::uint8_t> plane;
  for (int row = 0; row < height; ++row) {
    const std::uint8_t* const line = from + static_cast<std::ptrdiff_t>(row) * stride;
    plane.insert(plane.end(), line, line + width);
  }
  return plane;
}

}  // namespace

struct Mpeg2Encoder::Coder {
  CodecHandle context;
  Mpeg2Settings settings;
  std::int64_t next = 0;

  std::vector<Mpeg2Packet> Packets() const {
    std::vector<Mpeg2Packet> packets;
    const PacketHandle packet(av_packet_alloc());
    for (;;) {
      const int result = avcodec_receive_packet(context.get(), packet.get());
      if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return packets;
      Checked(result, "a picture is not coded");
      packets.push_back({{packet->data, packet->data + packet->size},
                         packet->pts,
                         packet->dts,
                         (packet->flags & AV_PKT_FLAG_KEY) != 0});
      av_packet_unref(packet.get());
    }
  }
};

Mpeg2Encoder::Mpeg2Encoder(const Mpeg2Settings& settings) {
  RequireCodable(settings);
  coder_ = std::make_unique<Coder>(Coder{OpenEncoder(settings), settings});
}
Mpeg2Encoder::~Mpeg2Encoder() = default;

std::vector<Mpeg2Packet> Mpeg2Encoder::Encode(const Picture420& picture) {
  if (picture.size != coder_->settings.size) throw std::invalid_argument("MPEG-2: a picture of another size");
  const FrameHandle frame(av_frame_alloc());
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = picture.size.width_px;
  frame->height = picture.size.height_px;
  frame->pts = coder_->next++;
  Checked(av_frame_get_buffer(frame.get(), 0), "no memory for a picture");
  CopyIn(picture.y, picture.size.width_px, frame->data[0], frame->linesize[0]);
  CopyIn(picture.cb, picture.size.width_px / 2, frame->data[1], frame->linesize[1]);
  CopyIn(picture.cr, picture.size.width_px / 2, frame->data[2], frame->linesize[2]);
  Checked(avcodec_send_frame(coder_->context.get(), frame.get()), "a picture is refused");
  return coder_->Packets();
}

std::vector<Mpeg2Packet> Mpeg2Encoder::Finish() {
  Checked(avcodec_send_frame(coder_->context.get(), nullptr), "the stream does not end");
  return coder_->Packets();
}

struct Mpeg2Decoder::Coder {
  CodecHandle context;

  std::vector<Picture420> Pictures() const {
    std::vector<Picture420> pictures;
    const FrameHandle frame(av_frame_alloc());
    for (;;) {
      const int result = avcodec_receive_frame(context.get(), frame.get());
      if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return pictures;
      Checked(result, "a picture is not decoded");
      const int width = frame->width, height = frame->height;
      pictures.push_back({{width, height},
                          CopyOut(frame->data[0], frame->linesize[0], width, height),
                          CopyOut(frame->data[1], frame->linesize[1], width / 2, height / 2),
                          CopyOut(frame->data[2], frame->linesize[2], width / 2, height / 2)});
    }
  }
};

Mpeg2Decoder::Mpeg2Decoder() {
  const AVCodec* const codec = avcodec_find_decoder(AV_CODEC_ID_MPEG2VIDEO);
  coder_ = std::make_unique<Coder>(Coder{Opened(NewContext(codec), codec)});
}
Mpeg2Decoder::~Mpeg2Decoder() = default;

std::vector<Picture420> Mpeg2Decoder::Decode(const Mpeg2Packet& packet) {
  const PacketHandle handed(av_packet_alloc());
  Checked(av_new_packet(handed.get(), static_cast<int>(packet.bytes.size())), "no memory for a packet");
  std::copy(packet.bytes.begin(), packet.bytes.end(), handed->data);
  handed->pts = packet.pts;
  handed->dts = packet.dts;
  Checked(avcodec_send_packet(coder_->context.get(), handed.get()), "a packet is refused");
  return coder_->Pictures();
}

std::vector<Picture420> Mpeg2Decoder::Finish() {
  Checked(avcodec_send_packet(coder_->context.get(), nullptr), "the stream does not end");
  return coder_->Pictures();
}

}  // namespace interneg::simulation
