#include "worker/engine/simulation/picture_420.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>

#include "worker/engine/image/ycbcr.h"

namespace interneg::simulation {
namespace {

constexpr double kLumaScale = 219.0, kLumaOffset = 16.0, kChromaScale = 224.0, kChromaOffset = 128.0;

std::uint8_t Code(double value, double scale, double offset) {
  return static_cast<std::uint8_t>(std::clamp(std::floor(offset + scale * value + 0.5), 1.0, 254.0));
}

std::vector<std::uint8_t> Halved(std::span<const float> plane, image::Size size) {
  const int width = size.width_px;
  std::vector<std::uint8_t> out;
  for (int y = 0; y < size.height_px; y += 2) {
    for (int x = 0; x < width; x += 2) {
      double sum = 0.0;
      for (int row = y; row < y + 2; ++row) {
        const auto line = plane.subspan(static_cast<std::size_t>(row) * width, width);
        sum += line[std::max(0, x - 1)] + 2.0 * line[x] + line[x + 1];
      }
      out.push_back(Code(sum / 8.0, kChromaScale, kChromaOffset));
    }
  }
  return out;
}

// The sample at a full-size place: on the chroma grid `x / 2` across and `(y − ½) / 2` down.
void Doubled(const std::vector<std::uint8_t>& codes, image::Size size, std::span<float> plane) {
  const int width = size.width_px / 2, height = size.height_px / 2;
  for (int y = 0; y < size.height_px; ++y) {
    const int nearest = y / 2, other = std::clamp(y % 2 == 0 ? nearest - 1 : nearest + 1, 0, height - 1);
    for (int x = 0; x < size.width_px; ++x) {
      const int left = x / 2, right = x % 2 == 0 ? left : std::min(left + 1, width - 1);
      const auto at = [&](int row) {
        const std::size_t start = static_cast<std::size_t>(row) * width;
        return 0.5 * (codes[start + left] + codes[start + right]);
      };
      const double code = 0.75 * at(nearest) + 0.25 * at(other);
      plane[static_cast<std::size_t>(y) * size.width_px + x] =
          static_cast<float>((code - kChromaOffset) / kChromaScale);
    }
  }
}

}  // namespace

Picture420 ToPicture420(const image::Image& rgb) {
  if (rgb.channel_count() != 3 || rgb.width_px() % 2 != 0 || rgb.height_px() % 2 != 0) {
    throw std::invalid_argument("4:2:0: R, G and B planes of even width and height are needed");
  }
  const auto ycc = image::RgbToYCbCr(image::ClampedToUnit(rgb), image::YCbCrMatrix::kBt601);
  Picture420 out{rgb.size(), {}, Halved(ycc.plane(1), rgb.size()), Halved(ycc.plane(2), rgb.size())};
  for (const float v : ycc.plane(0)) out.y.push_back(Code(v, kLumaScale, kLumaOffset));
  return out;
}

image::Image FromPicture420(const Picture420& picture, const std::string& color_space) {
  image::Image ycc(picture.size, {"Y", "Cb", "Cr"}, color_space);
  std::transform(picture.y.begin(), picture.y.end(), ycc.plane(0).begin(),
                 [](std::uint8_t code) { return static_cast<float>((code - kLumaOffset) / kLumaScale); });
  Doubled(picture.cb, picture.size, ycc.plane(1));
  Doubled(picture.cr, picture.size, ycc.plane(2));
  return image::ClampedToUnit(image::YCbCrToRgb(ycc, image::YCbCrMatrix::kBt601));
}

}  // namespace interneg::simulation
