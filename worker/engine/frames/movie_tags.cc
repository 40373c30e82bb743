#include "worker/engine/frames/movie_tags.h"

#include <cmath>
#include <cstdlib>
#include <optional>

extern "C" {
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
#include <libavutil/timecode.h>
}

namespace interneg::frames {
namespace {

using image::YCbCrMatrix;

constexpr int kLastSdLines = 576;

std::string Text(const char* name) {
  return name == nullptr ? "" : name;
}

std::string FieldOrderText(AVFieldOrder order) {
  switch (order) {
    case AV_FIELD_PROGRESSIVE:
      return "progressive";
    case AV_FIELD_TT:
    case AV_FIELD_BT:
      return "top field first";  // the second letter is what is shown first in libav's pairs
    case AV_FIELD_BB:
    case AV_FIELD_TB:
      return "bottom field first";
    default:
      return "";
  }
}

MovieTags TagsOf(const AVCodecParameters& stream) {
  MovieTags tags;
  if (stream.color_space != AVCOL_SPC_UNSPECIFIED) tags.matrix = Text(av_color_space_name(stream.color_space));
  if (stream.color_range != AVCOL_RANGE_UNSPECIFIED) tags.range = Text(av_color_range_name(stream.color_range));
  if (stream.color_primaries != AVCOL_PRI_UNSPECIFIED)
    tags.primaries = Text(av_color_primaries_name(stream.color_primaries));
  if (stream.color_trc != AVCOL_TRC_UNSPECIFIED) tags.transfer = Text(av_color_transfer_name(stream.color_trc));
  if (stream.chroma_location != AVCHROMA_LOC_UNSPECIFIED) {
    tags.chroma_location = Text(av_chroma_location_name(stream.chroma_location));
  }
  tags.field_order = FieldOrderText(stream.field_order);
  return tags;
}

// ITU-T H.273 tables 2 and 4: the primaries whose white is D65.
std::optional<color::Chromaticities> ChromaticitiesOf(AVColorPrimaries primaries) {
  switch (primaries) {
    case AVCOL_PRI_BT709:
      return color::kRec709;
    case AVCOL_PRI_BT470BG:
      return color::Chromaticities{.64F, .33F, .29F, .60F, .15F, .06F, .3127F, .329F};
    case AVCOL_PRI_SMPTE170M:
    case AVCOL_PRI_SMPTE240M:
      return color::Chromaticities{.63F, .34F, .31F, .595F, .155F, .07F, .3127F, .329F};
    case AVCOL_PRI_BT2020:
      return color::Chromaticities{.708F, .292F, .17F, .797F, .131F, .046F, .3127F, .329F};
    case AVCOL_PRI_SMPTE432:
      return color::Chromaticities{.68F, .32F, .265F, .69F, .15F, .06F, .3127F, .329F};
    default:
      return std::nullopt;
  }
}

YCbCrMatrix MatrixOf(const AVCodecParameters& stream, const std::string& shown, std::string& note) {
  switch (stream.color_space) {
    case AVCOL_SPC_BT709:
      return YCbCrMatrix::kBt709;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return YCbCrMatrix::kBt601;
    case AVCOL_SPC_BT2020_NCL:
      return YCbCrMatrix::kBt2020;
    case AVCOL_SPC_UNSPECIFIED:
    case AVCOL_SPC_RESERVED:
    case AVCOL_SPC_RGB:
      break;
    default:
      throw FrameError(FrameFault::kUnsupported,
                       shown + ": the matrix '" + Text(av_color_space_name(stream.color_space)) +
                           "' is not read; BT.601, BT.709 and BT.2020 (non-constant luminance) are; set the override "
                           "when the tag is wrong, or convert the movie");
  }
  const bool sd = stream.height <= kLastSdLines;
  note = std::string("the movie does not state its matrix: ") + (sd ? "BT.601" : "BT.709") + " is assumed for " +
         std::to_string(stream.height) + " lines; override it when the colours are wrong";
  return sd ? YCbCrMatrix::kBt601 : YCbCrMatrix::kBt709;
}

bool IsJpegFormat(int format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
      return true;
    default:
      return false;
  }
}

SampleRange RangeOf(const AVCodecParameters& stream, bool is_rgb, std::string& note) {
  if (stream.color_range == AVCOL_RANGE_JPEG || IsJpegFormat(stream.format)) return SampleRange::kFull;
  if (stream.color_range == AVCOL_RANGE_MPEG) return SampleRange::kLimited;
  if (is_rgb) return SampleRange::kFull;
  note =
      "the movie does not state its range: limited (16–235 of 8 bits) is assumed; override it when blacks or whites "
      "are wrong";
  return SampleRange::kLimited;
}

SampleEncoding EncodingOf(const AVPixFmtDescriptor& format) {
  if ((format.flags & AV_PIX_FMT_FLAG_FLOAT) != 0) return SampleEncoding::kFloat;
  const int depth = format.comp[0].depth;
  if (depth <= 8) return SampleEncoding::kUint8;
  if (depth <= 10) return SampleEncoding::kUint10;
  return depth <= 12 ? SampleEncoding::kUint12 : SampleEncoding::kUint16;
}

const AVPixFmtDescriptor& FormatOf(const AVCodecParameters& stream, const std::string& shown) {
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(stream.format));
  constexpr std::uint64_t kOdd =
      AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER;
  const bool is_xyz = stream.format == AV_PIX_FMT_XYZ12LE || stream.format == AV_PIX_FMT_XYZ12BE;
  if (format != nullptr && (format->flags & kOdd) == 0 && !is_xyz) return *format;
  throw FrameError(FrameFault::kUnsupported,
                   shown + ": pictures of the kind '" + (format == nullptr ? "unknown" : format->name) +
                       "' are not read; convert the movie to ProRes, H.264 or an image sequence");
}

std::string MetadataText(const MovieInput& input, const char* key) {
  if (const auto* found = av_dict_get(input.stream().metadata, key, nullptr, 0)) return found->value;
  if (const auto* found = av_dict_get(input.format().metadata, key, nullptr, 0)) return found->value;
  for (unsigned i = 0; i < input.format().nb_streams; ++i) {  // QuickTime keeps it on a track of its own
    if (const auto* found = av_dict_get(input.format().streams[i]->metadata, key, nullptr, 0)) return found->value;
  }
  return "";
}

// SMPTE ST 12-1's word as libav packs it has hours in the lowest byte, as OpenEXR packs it frames.
std::optional<std::array<std::uint32_t, 2>> TimecodeOf(const std::string& text, AVRational rate) {
  AVTimecode timecode;
  if (text.empty() || av_timecode_init_from_string(&timecode, rate, text.c_str(), nullptr) < 0) return std::nullopt;
  const std::uint32_t word = av_timecode_get_smpte_from_framenum(&timecode, 0);
  return std::array<std::uint32_t, 2>{__builtin_bswap32(word), 0};
}

AVRational RateOf(const MovieInput& input, const MovieIndex& index) {
  const AVRational stated = av_guess_frame_rate(&input.format(), &input.stream(), nullptr);
  if (stated.num > 0 && stated.den > 0) return stated;
  if (!index.timing().is_known) return {0, 1};
  return av_inv_q(av_mul_q(av_d2q(index.timing().interval, 1 << 20), input.stream().time_base));
}

std::string RotationNote(const AVStream& stream) {
  const auto* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
  if (matrix == nullptr) return "";
  const double angle = av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix));
  if (std::isnan(angle) || std::abs(angle) < 0.5) return "";
  return "the movie asks players to turn it by " + std::to_string(std::lround(angle)) +
         " degrees; its pixels are read as they are stored";
}

FrameFacts FrameFactsOf(const MovieInput& input, const MovieIndex& index, const AVPixFmtDescriptor& format) {
  const auto& stream = *input.stream().codecpar;
  const bool is_rgb = (format.flags & AV_PIX_FMT_FLAG_RGB) != 0;
  FrameFacts facts;
  facts.format = kMovieFormat;
  facts.size = {stream.width, stream.height};
  facts.data_window = {0, 0, facts.size};
  const AVRational aspect = av_guess_sample_aspect_ratio(&input.format(), &input.stream(), nullptr);
  if (aspect.num > 0 && aspect.den > 0) facts.pixel_aspect = av_q2d(aspect);
  const int colors = format.nb_components - ((format.flags & AV_PIX_FMT_FLAG_ALPHA) != 0 ? 1 : 0);
  facts.channels = colors == 1 ? std::vector<std::string>{"Y"}
                   : is_rgb    ? std::vector<std::string>{"R", "G", "B"}
                               : std::vector<std::string>{"Y", "Cb", "Cr"};
  if ((format.flags & AV_PIX_FMT_FLAG_ALPHA) != 0) facts.channels.emplace_back("A");
  facts.encoding = EncodingOf(format);
  facts.bit_depth = format.comp[0].depth;
  facts.compression = avcodec_get_name(stream.codec_id);
  facts.chromaticities = ChromaticitiesOf(stream.color_primaries);
  if (stream.color_trc != AVCOL_TRC_UNSPECIFIED) facts.transfer = Text(av_color_transfer_name(stream.color_trc));
  const AVRational rate = RateOf(input, index);
  if (rate.num > 0) facts.metadata.frame_rate = Rational{rate.num, rate.den};
  facts.metadata.timecode = TimecodeOf(MetadataText(input, "timecode"), rate);
  facts.metadata.reel = MetadataText(input, "reel_name");
  return facts;
}

void PutTiming(const MovieInput& input, const MovieIndex& index, MovieFacts& facts) {
  const auto& timing = index.timing();
  if (!timing.is_known) return;
  const double tick = av_q2d(input.stream().time_base);
  facts.shortest_interval_seconds = timing.shortest * tick;
  facts.longest_interval_seconds = timing.longest * tick;
  facts.variable_rate = timing.is_variable;
  if (!facts.variable_rate) return;
  const auto milliseconds = [](double seconds) { return std::to_string(std::lround(seconds * 1000.0)); };
  facts.notes.push_back(
      "the movie's frame rate varies (frames last " + milliseconds(facts.shortest_interval_seconds) + " to " +
      milliseconds(facts.longest_interval_seconds) +
      " ms), or pictures are missing: frames are counted as they come, a number does not stand for a time");
}

}  // namespace

MovieFacts FactsOf(const MovieInput& input, const MovieIndex& index, const MovieOverrides& overrides,
                   const std::string& shown) {
  const auto& stream = *input.stream().codecpar;
  const auto& format = FormatOf(stream, shown);
  const bool is_rgb = (format.flags & AV_PIX_FMT_FLAG_RGB) != 0;
  MovieFacts facts;
  facts.container = input.format().iformat->name;
  facts.codec = avcodec_get_name(stream.codec_id);
  facts.pixel_format = format.name;
  facts.chroma = {1 << format.log2_chroma_w, 1 << format.log2_chroma_h};
  facts.frame_count = facts.stated_frames = index.frame_count();
  facts.tags = TagsOf(stream);
  std::string matrix_note, range_note;
  const bool needs_matrix = !is_rgb && format.nb_components >= 3;
  if (overrides.matrix) {
    facts.matrix = *overrides.matrix;
  } else if (needs_matrix) {
    facts.matrix = MatrixOf(stream, shown, matrix_note);
  }
  facts.range = overrides.range ? *overrides.range : RangeOf(stream, is_rgb, range_note);
  facts.frame = FrameFactsOf(input, index, format);
  for (auto& note : {matrix_note, range_note, RotationNote(input.stream())}) {
    if (!note.empty()) facts.notes.push_back(note);
  }
  PutTiming(input, index, facts);
  return facts;
}

FrameMetadata MetadataAfter(const FrameMetadata& first, int frames) {
  FrameMetadata moved = first;
  if (!first.timecode || !first.frame_rate) return moved;
  const AVRational rate{first.frame_rate->numerator, first.frame_rate->denominator};
  AVTimecode timecode;
  if (av_timecode_init_from_string(&timecode, rate, TimecodeText(*first.timecode).c_str(), nullptr) < 0) return moved;
  const std::uint32_t word = av_timecode_get_smpte_from_framenum(&timecode, frames);
  moved.timecode = std::array<std::uint32_t, 2>{__builtin_bswap32(word), (*first.timecode)[1]};
  return moved;
}

}  // namespace interneg::frames
