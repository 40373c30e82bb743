#include "tests/worker/engine/frames/movie_fixtures.h"

#include <array>
#include <cmath>
#include <stdexcept>

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace interneg::frames {
namespace {

constexpr int kBits = 10;
constexpr std::array<std::array<double, 3>, 8> kBars{
    {{.75, .75, .75}, {.75, .75, 0}, {0, .75, .75}, {0, .75, 0}, {.75, 0, .75}, {.75, 0, 0}, {0, 0, .75}, {0, 0, 0}}};

void Check(int result, const char* what) {
  if (result >= 0) return;
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(result, text, sizeof text);
  throw std::runtime_error(std::string(what) + ": " + text);
}

class Encoding {
 public:
  Encoding(const std::filesystem::path& path, const MovieSpec& spec) : spec_(spec) {
    Check(avformat_alloc_output_context2(&format_, nullptr, nullptr, path.c_str()), "container");
    OpenEncoder();
    stream_ = avformat_new_stream(format_, nullptr);
    Check(avcodec_parameters_from_context(stream_->codecpar, codec_), "parameters");
    stream_->time_base = codec_->time_base;
    stream_->avg_frame_rate = spec.rate;
    stream_->sample_aspect_ratio = spec.pixel_aspect;
    for (const auto& [key, value] : spec.metadata) av_dict_set(&stream_->metadata, key.c_str(), value.c_str(), 0);
    Check(avio_open(&format_->pb, path.c_str(), AVIO_FLAG_WRITE), "file");
    AVDictionary* options = nullptr;
    for (const auto& [key, value] : spec.container_options) av_dict_set(&options, key.c_str(), value.c_str(), 0);
    Check(avformat_write_header(format_, &options), "header");
    av_dict_free(&options);
  }
  ~Encoding() {
    avcodec_free_context(&codec_);
    if (format_ != nullptr) avio_closep(&format_->pb);
    avformat_free_context(format_);
  }
  Encoding(const Encoding&) = delete;
  Encoding& operator=(const Encoding&) = delete;

  void Write(const DrawPicture& draw) {
    for (int number = 0; number < spec_.frames; ++number) {
      AVFrame* picture = av_frame_alloc();
      picture->format = spec_.format;
      picture->width = spec_.size.width_px;
      picture->height = spec_.size.height_px;
      Check(av_frame_get_buffer(picture, 0), "picture");
      picture->pts = spec_.time ? spec_.time(number) : number;
      picture->colorspace = spec_.matrix, picture->color_range = spec_.range;
      picture->color_primaries = spec_.primaries, picture->color_trc = spec_.transfer;
      picture->interlaced_frame = picture->top_field_first = spec_.is_interlaced ? 1 : 0;
      draw(*picture, number);
      Check(avcodec_send_frame(codec_, picture), "encode");
      av_frame_free(&picture);
      WritePackets();
    }
    Check(avcodec_send_frame(codec_, nullptr), "end");
    WritePackets();
    Check(av_write_trailer(format_), "trailer");
  }

 private:
  void OpenEncoder() {
    const AVCodec* encoder = avcodec_find_encoder_by_name(spec_.encoder.c_str());
    if (encoder == nullptr) throw std::runtime_error("no encoder " + spec_.encoder);
    codec_ = avcodec_alloc_context3(encoder);
    codec_->width = spec_.size.width_px;
    codec_->height = spec_.size.height_px;
    codec_->pix_fmt = spec_.format;
    codec_->time_base = av_inv_q(spec_.rate);
    codec_->framerate = spec_.rate;
    codec_->gop_size = spec_.group;
    codec_->max_b_frames = spec_.b_frames;
    codec_->colorspace = spec_.matrix;
    codec_->color_range = spec_.range;
    codec_->color_primaries = spec_.primaries;
    codec_->color_trc = spec_.transfer;
    codec_->sample_aspect_ratio = spec_.pixel_aspect;
    codec_->thread_count = 1;
    codec_->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
    if (spec_.is_interlaced) codec_->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    if ((format_->oformat->flags & AVFMT_GLOBALHEADER) != 0) codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    AVDictionary* options = nullptr;
    for (const auto& [key, value] : spec_.options) av_dict_set(&options, key.c_str(), value.c_str(), 0);
    Check(avcodec_open2(codec_, encoder, &options), "encoder");
    av_dict_free(&options);
  }

  void WritePackets() {
    AVPacket* packet = av_packet_alloc();
    while (avcodec_receive_packet(codec_, packet) >= 0) {
      if (packet->duration == 0) packet->duration = 1;
      av_packet_rescale_ts(packet, codec_->time_base, stream_->time_base);
      packet->stream_index = 0;
      Check(av_interleaved_write_frame(format_, packet), "packet");
    }
    av_packet_free(&packet);
  }

  const MovieSpec& spec_;
  AVFormatContext* format_ = nullptr;
  AVCodecContext* codec_ = nullptr;
  AVStream* stream_ = nullptr;
};

void Put(AVFrame& picture, int component, int x, int y, int code) {
  const auto& at = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format))->comp[component];
  std::uint8_t* const to =
      picture.data[at.plane] + static_cast<std::ptrdiff_t>(y) * picture.linesize[at.plane] + x * at.step + at.offset;
  if (at.depth <= 8) {
    *to = static_cast<std::uint8_t>(code);
  } else {
    const auto wide = static_cast<std::uint16_t>(code << at.shift);
    to[0] = static_cast<std::uint8_t>(wide & 255);
    to[1] = static_cast<std::uint8_t>(wide >> 8);
  }
}

image::Size SizeOf(const AVFrame& picture, int component) {
  const auto& format = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format));
  if (component == 0) return {picture.width, picture.height};
  return {AV_CEIL_RSHIFT(picture.width, format.log2_chroma_w), AV_CEIL_RSHIFT(picture.height, format.log2_chroma_h)};
}

}  // namespace

bool HasEncoder(const std::string& name) {
  return avcodec_find_encoder_by_name(name.c_str()) != nullptr;
}

void EncodeMovie(const std::filesystem::path& folder, const MovieSpec& spec, const DrawPicture& draw) {
  av_log_set_level(AV_LOG_QUIET);
  Encoding(folder / spec.file, spec).Write(draw);
}

void DrawNumber(AVFrame& picture, int number) {
  const int depth = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format))->comp[0].depth;
  const int unit = 1 << (depth - 8);
  const int components = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format))->nb_components;
  for (int c = 0; c < std::min(components, 3); ++c) {
    const auto size = SizeOf(picture, c);
    for (int y = 0; y < size.height_px; ++y) {
      for (int x = 0; x < size.width_px; ++x) {
        const bool in_blocks = c == 0 && y < size.height_px / 2;
        const int bit = kBits - 1 - x * kBits / size.width_px;
        const double wave = 40.0 * std::sin(0.3 * (x + 2 * number)) * std::cos(0.2 * (y - number));
        const int texture = 128 + static_cast<int>(c == 0 ? wave : wave / 2);
        Put(picture, c, x, y, unit * (in_blocks ? ((number >> bit) & 1) != 0 ? 210 : 40 : texture));
      }
    }
  }
}

int SeenNumber(const image::Image& rgb) {
  int number = 0;
  for (int bit = kBits - 1; bit >= 0; --bit) {
    const int x = static_cast<int>((kBits - 1 - bit + 0.5) * rgb.width_px() / kBits);
    const auto at = static_cast<std::size_t>(rgb.height_px() / 4) * rgb.width_px() + static_cast<std::size_t>(x);
    number = 2 * number + (rgb.plane(1)[at] > 0.5F ? 1 : 0);
  }
  return number;
}

DrawPicture DrawBars(image::YCbCrMatrix matrix, SampleRange range) {
  return [=](AVFrame& picture, int) {
    const int depth = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format))->comp[0].depth;
    const double unit = 1 << (depth - 8), full = (1 << depth) - 1;
    const auto [kr, kg, kb] = image::WeightsOf(matrix);
    for (int c = 0; c < 3; ++c) {
      const auto size = SizeOf(picture, c);
      for (int x = 0; x < size.width_px; ++x) {
        const auto& [r, g, b] = kBars[static_cast<std::size_t>(x * 8 / size.width_px)];
        const double luma = kr * r + kg * g + kb * b;
        const double value = c == 0 ? luma : c == 1 ? (b - luma) / (2 * (1 - kb)) : (r - luma) / (2 * (1 - kr));
        const double span = range == SampleRange::kFull ? full : (c == 0 ? 219 : 224) * unit;
        const double black = c > 0 ? 128 * unit : range == SampleRange::kFull ? 0 : 16 * unit;
        for (int y = 0; y < size.height_px; ++y)
          Put(picture, c, x, y, static_cast<int>(std::lround(black + span * value)));
      }
    }
  };
}

double WorstBar(const image::Image& rgb) {
  double worst = 0;
  for (std::size_t bar = 0; bar < kBars.size(); ++bar) {
    const auto x = static_cast<std::size_t>((static_cast<double>(bar) + 0.5) * rgb.width_px() / 8);
    const auto at = static_cast<std::size_t>(rgb.height_px() / 2) * rgb.width_px() + x;
    for (int c = 0; c < 3; ++c) {
      worst = std::max(worst, std::abs(rgb.plane(c)[at] - kBars[bar][static_cast<std::size_t>(c)]));
    }
  }
  return worst;
}

}  // namespace interneg::frames
