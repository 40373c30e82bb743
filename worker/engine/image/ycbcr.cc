#include "worker/engine/image/ycbcr.h"

#include <cstddef>
#include <stdexcept>
#include <string>

namespace interneg::image {
namespace {

void RequireThreePlanes(const Image& image, const char* function) {
  if (image.channel_count() != 3) {
    throw std::invalid_argument(std::string(function) + ": three planes are needed, got " +
                                std::to_string(image.channel_count()));
  }
}

}  // namespace

LumaWeights WeightsOf(YCbCrMatrix matrix) {
  switch (matrix) {
    case YCbCrMatrix::kBt601: return {0.299, 0.587, 0.114};
    case YCbCrMatrix::kBt709: return {0.2126, 0.7152, 0.0722};
    case YCbCrMatrix::kBt2020: return {0.2627, 0.6780, 0.0593};
  }
  throw std::invalid_argument("WeightsOf: not a YCbCr matrix");
}

std::string_view NameOf(YCbCrMatrix matrix) {
  switch (matrix) {
    case YCbCrMatrix::kBt601: return "bt601";
    case YCbCrMatrix::kBt709: return "bt709";
    case YCbCrMatrix::kBt2020: return "bt2020";
  }
  throw std::invalid_argument("NameOf: not a YCbCr matrix");
}

YCbCrMatrix ParseYCbCrMatrix(std::string_view name) {
  for (const auto matrix : {YCbCrMatrix::kBt601, YCbCrMatrix::kBt709, YCbCrMatrix::kBt2020}) {
    if (name == NameOf(matrix)) return matrix;
  }
  throw std::invalid_argument("unknown YCbCr matrix '" + std::string(name) + "': use bt601, bt709 or bt2020");
}

Image RgbToYCbCr(const Image& rgb, YCbCrMatrix matrix) {
  RequireThreePlanes(rgb, "RgbToYCbCr");
  const auto [kr, kg, kb] = WeightsOf(matrix);
  Image out(rgb.size(), {"Y", "Cb", "Cr"}, rgb.color_space());
  const auto r = rgb.plane(0), g = rgb.plane(1), b = rgb.plane(2);
  auto y = out.plane(0), cb = out.plane(1), cr = out.plane(2);
  for (std::size_t i = 0; i < r.size(); ++i) {
    const double luma = kr * r[i] + kg * g[i] + kb * b[i];
    y[i] = static_cast<float>(luma);
    cb[i] = static_cast<float>((b[i] - luma) / (2.0 * (1.0 - kb)));
    cr[i] = static_cast<float>((r[i] - luma) / (2.0 * (1.0 - kr)));
  }
  return out;
}

Image YCbCrToRgb(const Image& ycbcr, YCbCrMatrix matrix) {
  RequireThreePlanes(ycbcr, "YCbCrToRgb");
  const auto [kr, kg, kb] = WeightsOf(matrix);
  Image out(ycbcr.size(), {"R", "G", "B"}, ycbcr.color_space());
  const auto y = ycbcr.plane(0), cb = ycbcr.plane(1), cr = ycbcr.plane(2);
  auto r = out.plane(0), g = out.plane(1), b = out.plane(2);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double red = y[i] + 2.0 * (1.0 - kr) * cr[i];
    const double blue = y[i] + 2.0 * (1.0 - kb) * cb[i];
    r[i] = static_cast<float>(red);
    b[i] = static_cast<float>(blue);
    g[i] = static_cast<float>((y[i] - kr * red - kb * blue) / kg);
  }
  return out;
}

}  // namespace interneg::image
