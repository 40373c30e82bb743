#include "tests/benchmarks/movie_reading/swscale_precision.h"

extern "C" {
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "worker/engine/frames/movie_picture.h"

namespace interneg::benchmarks {
namespace {

constexpr int kWidth = 640, kHeight = 480;

// Within gamut and smooth, so that subsampling itself loses next to nothing.
double Value(int channel, double x, double y) {
  return 0.5 + 0.35 * std::sin(0.021 * x + 1.7 * channel) * std::cos(0.017 * y - 0.9 * channel);
}

double Component(int component, double x, double y) {
  const auto [kr, kg, kb] = image::WeightsOf(image::YCbCrMatrix::kBt709);
  const double r = Value(0, x, y), g = Value(1, x, y), b = Value(2, x, y);
  const double luma = kr * r + kg * g + kb * b;
  return component == 0 ? luma : component == 1 ? (b - luma) / (2 * (1 - kb)) : (r - luma) / (2 * (1 - kr));
}

frames::FramePointer Draw(AVPixelFormat format) {
  frames::FramePointer picture(av_frame_alloc());
  picture->format = format;
  picture->width = kWidth;
  picture->height = kHeight;
  av_frame_get_buffer(picture.get(), 0);
  const int depth = av_pix_fmt_desc_get(format)->comp[0].depth;
  const double unit = 1 << (depth - 8);
  for (int c = 0; c < 3; ++c) {
    const int step = c == 0 ? 1 : 2;
    for (int y = 0; y < kHeight / step; ++y) {
      for (int x = 0; x < kWidth / step; ++x) {
        const double value = c == 0 ? Component(0, x, y) : Component(c, 2 * x, 2 * y + 0.5);  // left, between two lines
        const auto code =
            static_cast<int>(std::lround(c == 0 ? (16 + 219 * value) * unit : (128 + 224 * value) * unit));
        std::uint8_t* const row = picture->data[c] + static_cast<std::ptrdiff_t>(y) * picture->linesize[c];
        if (depth == 8) {
          row[x] = static_cast<std::uint8_t>(code);
        } else {
          reinterpret_cast<std::uint16_t*>(row)[x] = static_cast<std::uint16_t>(code);
        }
      }
    }
  }
  return picture;
}

void PrintError(const char* name, int bits, const image::Image& rgb) {
  double sum = 0, worst = 0;
  for (int c = 0; c < 3; ++c) {
    for (int y = 8; y < kHeight - 8; ++y) {
      for (int x = 8; x < kWidth - 8; ++x) {
        const auto at = static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x);
        const double error = std::abs(rgb.plane(c)[at] - Value(c, x, y)) * 255;
        sum += error;
        worst = std::max(worst, error);
      }
    }
  }
  std::printf("  %2d bits  %-10s mean %.4f  worst %.4f  (of 255)\n", bits, name,
              sum / (3.0 * (kWidth - 16) * (kHeight - 16)), worst);
}

}  // namespace

image::Image BySwscale(const AVFrame& picture) {
  SwsContext* const scaler = sws_getContext(picture.width, picture.height, static_cast<AVPixelFormat>(picture.format),
                                            picture.width, picture.height, AV_PIX_FMT_GBRPF32LE,
                                            SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP,
                                            nullptr, nullptr, nullptr);
  sws_setColorspaceDetails(scaler, sws_getCoefficients(SWS_CS_ITU709), 0, sws_getCoefficients(SWS_CS_ITU709), 1, 0,
                           1 << 16, 1 << 16);
  image::Image rgb({picture.width, picture.height}, {"R", "G", "B"}, "s");
  std::array<std::uint8_t*, 4> planes{reinterpret_cast<std::uint8_t*>(rgb.plane(1).data()),
                                      reinterpret_cast<std::uint8_t*>(rgb.plane(2).data()),
                                      reinterpret_cast<std::uint8_t*>(rgb.plane(0).data()), nullptr};
  const std::array<int, 4> strides{picture.width * 4, picture.width * 4, picture.width * 4, 0};
  sws_scale(scaler, picture.data, picture.linesize, 0, picture.height, planes.data(), strides.data());
  sws_freeContext(scaler);
  return rgb;
}

void PrintPrecision() {
  std::puts("precision of the way to R'G'B', 4:2:0 gradients, BT.709 limited");
  for (const auto& [format, bits] : {std::pair{AV_PIX_FMT_YUV420P, 8}, std::pair{AV_PIX_FMT_YUV420P10, 10}}) {
    const auto picture = Draw(format);
    PrintError("interneg", bits, frames::PictureOf(*picture, {}, AV_CODEC_ID_H264, "s"));
    PrintError("swscale", bits, BySwscale(*picture));
  }
}

}  // namespace interneg::benchmarks
