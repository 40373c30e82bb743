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

template <typename Code, typename Decode>
void Scaled(const std::uint8_t* row, int step, Scale s, std::span<float> out, Decode decode) {
  if (step == static_cast<int>(sizeof(Code))) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      Code code;
      std::memcpy(&code, row + i * sizeof(Code), sizeof code);
      out[i] = static_cast<float>(decode(code)) * s.scale + s.offset;
    }
    return;
  }
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
    if ((flags_ & AV_PIX_FMT_FLAG_FLOAT) != 0) {
      Scaled<float>(row, at_.step, scale_, out, [](float v) { return v; });
    } else if (at_.depth + at_.shift <= 8) {
      const int shift = at_.shift, mask = (1 << at_.depth) - 1;
      Scaled<std::uint8_t>(row, at_.step, scale_, out, [=](std::uint8_t v) { return (v >> shift) & mask; });
    } else {
      const int shift = at_.shift, mask = (1 << at_.depth) - 1;
      if ((flags_ & AV_PIX_FMT_FLAG_BE) != 0) {
        Scaled<std::uint16_t>(row, at_.step, scale_, out,
                              [=](std::uint16_t v) { return (__builtin_bswap16(v) >> shift) & mask; });
      } else {
        Scaled<std::uint16_t>(row, at_.step, scale_, out, [=](std::uint16_t v) { return (v >> shift) & mask; });
      }
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
    case AVCHROMA_LOC_CENTER: return {1, 1};
    case AVCHROMA_LOC_TOPLEFT: return {0, 0};
    case AVCHROMA_LOC_TOP: return {1, 0};
    case AVCHROMA_LOC_BOTTOMLEFT: return {0, 2};
    case AVCHROMA_LOC_BOTTOM: return {1, 2};
    case AVCHROMA_LOC_LEFT: return {0, 1};
    default: return centred ? Siting{1, 1} : Siting{0, 1};
  }
}

ChromaAxis AxisOf(int log2, double siting) {
  const int factor = 1 << log2;
  return {factor, siting * (factor - 1) / 2.0};
}

// One colour-difference component at luma resolution, row by row. Stretched rows are kept while rows near need them.
class Chroma {
 public:
  Chroma(const AVFrame& picture, const AVPixFmtDescriptor& format, int index, Scale scale, Siting siting)
      : component_(picture, format, index, scale),
        columns_(static_cast<std::size_t>(AV_CEIL_RSHIFT(picture.width, format.log2_chroma_w))),
        is_stretched_x_(format.log2_chroma_w > 0),
        is_stretched_y_(format.log2_chroma_h > 0),
        row_(columns_),
        out_(static_cast<std::size_t>(picture.width)) {
    const int rows = AV_CEIL_RSHIFT(picture.height, format.log2_chroma_h);
    across_ = TapsAlong(AxisOf(format.log2_chroma_w, siting.x), static_cast<int>(columns_), picture.width);
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
    for (std::size_t x = 0; x < out_.size(); ++x) {
      out_[x] = taps.weight[0] * rows[0][x] + taps.weight[1] * rows[1][x] + taps.weight[2] * rows[2][x] +
                taps.weight[3] * rows[3][x];
    }
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
      component_.Row(row, row_);
      Stretch(row_, across_, kept.values);
    } else {
      component_.Row(row, kept.values);
    }
    return kept.values;
  }

  Component component_;
  std::size_t columns_;
  bool is_stretched_x_, is_stretched_y_;
  std::vector<float> row_, out_;
  std::vector<ChromaTaps> across_, down_;
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

std::span<float> RowOf(image::Image& image, int plane, int y) {
  const auto width = static_cast<std::size_t>(image.width_px());
  return image.plane(plane).subspan(static_cast<std::size_t>(y) * width, width);
}

void ConvertYCbCr(const AVFrame& picture, const AVPixFmtDescriptor& format, const PictureCoding& coding, AVCodecID codec,
                  image::Image& rgb) {
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
    const float* const cb = blue_difference.Row(y).data();
    const float* const cr = red_difference.Row(y).data();
    const auto r = RowOf(rgb, 0, y), g = RowOf(rgb, 1, y), b = RowOf(rgb, 2, y);
    for (std::size_t x = 0; x < luma_row.size(); ++x) {
      r[x] = luma_row[x] + m.red_cr * cr[x];
      g[x] = luma_row[x] + m.green_cb * cb[x] + m.green_cr * cr[x];
      b[x] = luma_row[x] + m.blue_cb * cb[x];
    }
  }
}

void ConvertPlain(const AVFrame& picture, const AVPixFmtDescriptor& format, SampleRange range, image::Image& rgb) {
  const bool is_grey = format.nb_components < 3;
  for (int plane = 0; plane < 3; ++plane) {
    const int index = is_grey ? 0 : plane;
    const Component component(picture, format, index,
                              ScaleOf(format, format.comp[index].depth, range, Sample::kLuma));
    for (int y = 0; y < picture.height; ++y) component.Row(y, RowOf(rgb, plane, y));
  }
}

const AVPixFmtDescriptor& FormatOf(const AVFrame& picture) {
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format));
  if (format == nullptr || (format->flags & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL)) != 0) {
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
