#include "worker/engine/frames/movie_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <vector>

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

#include "worker/engine/frames/chroma_upsampling.h"
#include "worker/engine/frames/whole_file.h"

namespace interneg::frames {
namespace {

// value = code * scale + offset
struct Scale {
  float scale = 1;
  float offset = 0;
};

enum class Sample { kLuma, kColorDifference };

Scale ScaleOf(const AVPixFmtDescriptor& format, int depth, SampleRange range, Sample sample) {
  if ((format.flags & AV_PIX_FMT_FLAG_FLOAT) != 0) return {};
  const double unit = std::ldexp(1.0, depth - 8);
  const double full = std::ldexp(1.0, depth) - 1.0;
  const double middle = std::ldexp(1.0, depth - 1);
  const double black = sample == Sample::kColorDifference ? middle : range == SampleRange::kFull ? 0.0 : 16.0 * unit;
  const double span = range == SampleRange::kFull ? full : (sample == Sample::kLuma ? 219.0 : 224.0) * unit;
  return {static_cast<float>(1.0 / span), static_cast<float>(-black / span)};
}

// The innermost loops exist twice, and the machine takes what it has. AVX2 without FMA rounds as SSE2 does: a frame is
// the same on every machine. The pointers promise that nothing overlaps, without which no vectors are used.
constexpr int kByteMask = 0xFF;

__attribute__((target_clones("avx2", "default"))) void ScaleBytes(const std::uint8_t* __restrict from, Scale s,
                                                                  float* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]) * s.scale + s.offset;
}

__attribute__((target_clones("avx2", "default"))) void ScaleWords(const std::uint16_t* __restrict from, int shift,
                                                                  int mask, Scale s, float* __restrict to,
                                                                  std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>((from[i] >> shift) & mask) * s.scale + s.offset;
}

template <typename Code, typename Decode>
void ScaleAny(const std::uint8_t* row, int step, Scale s, std::span<float> out, Decode decode) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    Code code;
    std::memcpy(&code, row + i * static_cast<std::size_t>(step), sizeof code);
    out[i] = static_cast<float>(decode(code)) * s.scale + s.offset;
  }
}

// One component of one picture, by rows.
class Component {
 public:
  Component(const AVFrame& picture, const AVPixFmtDescriptor& format, int index, Scale scale)
      : picture_(picture), at_(format.comp[index]), flags_(format.flags), scale_(scale) {}

  void Row(int y, std::span<float> out) const {
    const std::uint8_t* row =
        picture_.data[at_.plane] + static_cast<std::ptrdiff_t>(y) * picture_.linesize[at_.plane] + at_.offset;
    const int shift = at_.shift, mask = (1 << std::min(at_.depth, 16)) - 1;
    const bool is_narrow = at_.depth + shift <= 8, is_swapped = (flags_ & AV_PIX_FMT_FLAG_BE) != 0;
    if ((flags_ & AV_PIX_FMT_FLAG_FLOAT) != 0) {
      ScaleAny<float>(row, at_.step, scale_, out, [](float v) { return v; });
    } else if (is_narrow && at_.step == 1 && shift == 0 && mask == kByteMask) {
      ScaleBytes(row, scale_, out.data(), out.size());
    } else if (is_narrow) {
      ScaleAny<std::uint8_t>(row, at_.step, scale_, out, [=](std::uint8_t v) { return (v >> shift) & mask; });
    } else if (is_swapped) {
      ScaleAny<std::uint16_t>(row, at_.step, scale_, out,
                              [=](std::uint16_t v) { return (__builtin_bswap16(v) >> shift) & mask; });
    } else if (at_.step == 2 && reinterpret_cast<std::uintptr_t>(row) % alignof(std::uint16_t) == 0) {
      ScaleWords(reinterpret_cast<const std::uint16_t*>(row), shift, mask, scale_, out.data(), out.size());
    } else {
      ScaleAny<std::uint16_t>(row, at_.step, scale_, out, [=](std::uint16_t v) { return (v >> shift) & mask; });
    }
  }

 private:
  const AVFrame& picture_;
  AVComponentDescriptor at_;
  std::uint64_t flags_;
  Scale scale_;
};

struct Siting {
  double x = 0, y = 0;  // 0 co-sited, 1 in the middle
};

Siting SitingOf(const AVFrame& picture, AVCodecID codec) {
  const bool centred = codec == AV_CODEC_ID_MPEG1VIDEO || codec == AV_CODEC_ID_MJPEG || codec == AV_CODEC_ID_H263;
  switch (picture.chroma_location) {
    case AVCHROMA_LOC_CENTER:
      return {1, 1};
    case AVCHROMA_LOC_TOPLEFT:
      return {0, 0};
    case AVCHROMA_LOC_TOP:
      return {1, 0};
    case AVCHROMA_LOC_BOTTOMLEFT:
      return {0, 2};
    case AVCHROMA_LOC_BOTTOM:
      return {1, 2};
    case AVCHROMA_LOC_LEFT:
      return {0, 1};
    default:
      return centred ? Siting{1, 1} : Siting{0, 1};
  }
}

ChromaAxis AxisOf(int log2, double siting) {
  const int factor = 1 << log2;
  return {factor, siting * (factor - 1) / 2.0};
}

__attribute__((target_clones("avx2", "default"))) void Blend(const std::array<float, 4>& weight,
                                                             const std::array<const float*, 4>& rows,
                                                             std::span<float> out) {
  const float* __restrict const a = rows[0];
  const float* __restrict const b = rows[1];
  const float* __restrict const c = rows[2];
  const float* __restrict const d = rows[3];
  float* __restrict const to = out.data();
  const float wa = weight[0], wb = weight[1], wc = weight[2], wd = weight[3];
  for (std::size_t x = 0; x < out.size(); ++x) to[x] = wa * a[x] + wb * b[x] + wc * c[x] + wd * d[x];
}

// One colour-difference component at luma resolution, row by row. Stretched rows are kept while rows near need them.
class Chroma {
 public:
  Chroma(const AVFrame& picture, const AVPixFmtDescriptor& format, int index, Scale scale, Siting siting)
      : component_(picture, format, index, scale),
        across_(AxisOf(format.log2_chroma_w, siting.x), AV_CEIL_RSHIFT(picture.width, format.log2_chroma_w)),
        is_stretched_x_(format.log2_chroma_w > 0),
        is_stretched_y_(format.log2_chroma_h > 0),
        out_(static_cast<std::size_t>(picture.width)) {
    const int rows = AV_CEIL_RSHIFT(picture.height, format.log2_chroma_h);
    const ChromaAxis down = AxisOf(format.log2_chroma_h, siting.y);
    const bool by_field = picture.interlaced_frame != 0 && format.log2_chroma_h == 1 && rows >= 2;
    down_ = by_field ? TapsWithinFields(down, rows, picture.height) : TapsAlong(down, rows, picture.height);
    for (auto& kept : kept_) kept.values.resize(out_.size());
  }

  std::span<const float> Row(int y) {
    if (!is_stretched_y_) return Stretched(y);
    const ChromaTaps& taps = down_[static_cast<std::size_t>(y)];
    std::array<const float*, 4> rows{};
    for (std::size_t t = 0; t < 4; ++t) rows[t] = Stretched(taps.at[t]).data();
    Blend(taps.weight, rows, out_);
    return out_;
  }

 private:
  struct Kept {
    int row = -1;
    std::vector<float> values;
  };

  std::span<const float> Stretched(int row) {
    Kept& kept = kept_[static_cast<std::size_t>(row) % kept_.size()];
    if (kept.row == row) return kept.values;
    kept.row = row;
    if (is_stretched_x_) {
      component_.Row(row, across_.row());
      across_.StretchTo(kept.values);
    } else {
      component_.Row(row, kept.values);
    }
    return kept.values;
  }

  Component component_;
  RowStretcher across_;
  bool is_stretched_x_, is_stretched_y_;
  std::vector<float> out_;
  std::vector<ChromaTaps> down_;
  std::array<Kept, 16> kept_;  // four rows of either field span eight
};

struct Coefficients {
  float red_cr, green_cb, green_cr, blue_cb;
};

Coefficients CoefficientsOf(image::YCbCrMatrix matrix) {
  const auto [kr, kg, kb] = image::WeightsOf(matrix);
  const double red = 2.0 * (1.0 - kr), blue = 2.0 * (1.0 - kb);
  return {static_cast<float>(red), static_cast<float>(-kb * blue / kg), static_cast<float>(-kr * red / kg),
          static_cast<float>(blue)};
}

__attribute__((target_clones("avx2", "default"))) void Multiply(const Coefficients& m, std::span<const float> luma,
                                                                std::span<const float> blue_difference,
                                                                std::span<const float> red_difference,
                                                                const std::array<std::span<float>, 3>& rgb) {
  const float* __restrict const y = luma.data();
  const float* __restrict const cb = blue_difference.data();
  const float* __restrict const cr = red_difference.data();
  float* __restrict const r = rgb[0].data();
  float* __restrict const g = rgb[1].data();
  float* __restrict const b = rgb[2].data();
  for (std::size_t x = 0; x < luma.size(); ++x) {
    r[x] = y[x] + m.red_cr * cr[x];
    g[x] = y[x] + m.green_cb * cb[x] + m.green_cr * cr[x];
    b[x] = y[x] + m.blue_cb * cb[x];
  }
}

std::span<float> RowOf(image::Image& image, int plane, int y) {
  const auto width = static_cast<std::size_t>(image.width_px());
  return image.plane(plane).subspan(static_cast<std::size_t>(y) * width, width);
}

void ConvertYCbCr(const AVFrame& picture, const AVPixFmtDescriptor& format, const PictureCoding& coding,
                  AVCodecID codec, image::Image& rgb) {
  const int depth = format.comp[0].depth;
  const Component luma(picture, format, 0, ScaleOf(format, depth, coding.range, Sample::kLuma));
  const Scale difference = ScaleOf(format, depth, coding.range, Sample::kColorDifference);
  const Siting siting = SitingOf(picture, codec);
  Chroma blue_difference(picture, format, 1, difference, siting);
  Chroma red_difference(picture, format, 2, difference, siting);
  const Coefficients m = CoefficientsOf(coding.matrix);
  std::vector<float> luma_row(static_cast<std::size_t>(picture.width));
  for (int y = 0; y < picture.height; ++y) {
    luma.Row(y, luma_row);
    Multiply(m, luma_row, blue_difference.Row(y), red_difference.Row(y),
             {RowOf(rgb, 0, y), RowOf(rgb, 1, y), RowOf(rgb, 2, y)});
  }
}

void ConvertPlain(const AVFrame& picture, const AVPixFmtDescriptor& format, SampleRange range, image::Image& rgb) {
  const bool is_grey = format.nb_components < 3;
  for (int plane = 0; plane < 3; ++plane) {
    const int index = is_grey ? 0 : plane;
    const Component component(picture, format, index, ScaleOf(format, format.comp[index].depth, range, Sample::kLuma));
    for (int y = 0; y < picture.height; ++y) component.Row(y, RowOf(rgb, plane, y));
  }
}

const AVPixFmtDescriptor& FormatOf(const AVFrame& picture) {
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format));
  if (format == nullptr ||
      (format->flags & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL)) != 0) {
    throw std::invalid_argument(std::string("pictures of the kind '") + (format == nullptr ? "unknown" : format->name) +
                                "' are not read");
  }
  return *format;
}

}  // namespace

image::Image PictureOf(const AVFrame& picture, const PictureCoding& coding, AVCodecID codec,
                       const std::string& color_space) {
  const auto& format = FormatOf(picture);
  image::Image rgb({picture.width, picture.height}, {"R", "G", "B"}, color_space);
  if ((format.flags & AV_PIX_FMT_FLAG_RGB) == 0 && format.nb_components >= 3) {
    ConvertYCbCr(picture, format, coding, codec, rgb);
  } else {
    ConvertPlain(picture, format, coding.range, rgb);
  }
  return rgb;
}

std::string HashOf(const AVFrame& picture) {
  const auto& format = FormatOf(picture);
  const auto pixel_format = static_cast<AVPixelFormat>(picture.format);
  const int size = av_image_get_buffer_size(pixel_format, picture.width, picture.height, 1);
  const std::string head =
      std::to_string(picture.width) + "x" + std::to_string(picture.height) + " " + format.name + "\n";
  std::vector<char> bytes(head.begin(), head.end());
  bytes.resize(head.size() + static_cast<std::size_t>(size));
  av_image_copy_to_buffer(reinterpret_cast<std::uint8_t*>(bytes.data() + head.size()), size, picture.data,
                          picture.linesize, pixel_format, picture.width, picture.height, 1);
  return Sha256(bytes);
}

}  // namespace interneg::frames
