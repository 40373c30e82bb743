#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "worker/engine/simulation/libav_handles.h"
#include "worker/engine/simulation/mpeg2_codec.h"

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/mem.h>
}

namespace interneg::simulation {
namespace {

int Append(void* text, std::uint8_t* bytes, int count) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
  return count;
}

struct FreeOutput {
  void operator()(AVFormatContext* context) const {
    av_freep(&context->pb->buffer);
    avio_context_free(&context->pb);
    avformat_free_context(context);
  }
};
using OutputHandle = std::unique_ptr<AVFormatContext, FreeOutput>;

OutputHandle OpenOutput(std::string& bytes) {
  constexpr int kBuffer_bytes = 65536;
  AVFormatContext* context = nullptr;
  Checked(avformat_alloc_output_context2(&context, nullptr, "vob", nullptr), "no program stream can be written");
  auto* const buffer = static_cast<std::uint8_t*>(av_malloc(kBuffer_bytes));
  context->pb = avio_alloc_context(buffer, kBuffer_bytes, 1, &bytes, nullptr, &Append, nullptr);
  OutputHandle output(context);
  output->flags |= AVFMT_FLAG_BITEXACT;
  return output;
}

AVStream* AddStream(AVFormatContext& output, const Mpeg2Settings& settings) {
  AVStream* const stream = avformat_new_stream(&output, nullptr);
  if (stream == nullptr) throw std::bad_alloc();
  AVCodecParameters& codec = *stream->codecpar;
  codec.codec_type = AVMEDIA_TYPE_VIDEO;
  codec.codec_id = AV_CODEC_ID_MPEG2VIDEO;
  codec.width = settings.size.width_px;
  codec.height = settings.size.height_px;
  codec.bit_rate = settings.bit_rate;
  stream->time_base = {settings.rate.denominator, settings.rate.numerator};
  std::size_t size = 0;
  AVCPBProperties* const buffer = av_cpb_properties_alloc(&size);
  if (buffer == nullptr) throw std::bad_alloc();
  buffer->buffer_size = 1835008;
  buffer->avg_bitrate = settings.bit_rate;
  Checked(av_stream_add_side_data(stream, AV_PKT_DATA_CPB_PROPERTIES, reinterpret_cast<std::uint8_t*>(buffer), size),
          "the stream's buffer is refused");
  return stream;
}

}  // namespace

std::string ProgramStream(const Mpeg2Settings& settings, const std::vector<Mpeg2Packet>& packets) {
  std::string bytes;
  const OutputHandle output = OpenOutput(bytes);
  const AVStream* const stream = AddStream(*output, settings);
  Checked(avformat_write_header(output.get(), nullptr), "the program stream does not begin");
  const AVRational frames{settings.rate.denominator, settings.rate.numerator};
  for (const auto& packet : packets) {
    const PacketHandle handed(av_packet_alloc());
    Checked(av_new_packet(handed.get(), static_cast<int>(packet.bytes.size())), "no memory for a packet");
    std::copy(packet.bytes.begin(), packet.bytes.end(), handed->data);
    handed->pts = packet.pts;
    handed->dts = packet.dts;
    handed->duration = 1;
    if (packet.is_key) handed->flags |= AV_PKT_FLAG_KEY;
    av_packet_rescale_ts(handed.get(), frames, stream->time_base);
    Checked(av_interleaved_write_frame(output.get(), handed.get()), "a packet is not written");
  }
  Checked(av_write_trailer(output.get()), "the program stream does not end");
  avio_flush(output->pb);
  return bytes;
}

}  // namespace interneg::simulation
