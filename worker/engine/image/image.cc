#include "worker/engine/image/image.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace interneg::image {

Image::Image(Size size, std::vector<std::string> channels, std::string color_space)
    : size_(size), channels_(std::move(channels)), color_space_(std::move(color_space)) {
  if (size_.width_px <= 0 || size_.height_px <= 0) {
    throw std::invalid_argument("Image: width and height must be positive, got " + std::to_string(size_.width_px) +
                                "x" + std::to_string(size_.height_px));
  }
  if (channels_.empty()) throw std::invalid_argument("Image: at least one channel is needed");
  values_.assign(pixel_count() * channels_.size(), 0.0F);
}

std::span<float> Image::plane(int index) {
  if (index < 0 || index >= channel_count()) throw std::out_of_range("Image::plane: no plane " + std::to_string(index));
  return std::span<float>(values_).subspan(pixel_count() * index, pixel_count());
}

std::span<const float> Image::plane(int index) const {
  if (index < 0 || index >= channel_count()) throw std::out_of_range("Image::plane: no plane " + std::to_string(index));
  return std::span<const float>(values_).subspan(pixel_count() * index, pixel_count());
}

Image Crop(const Image& image, const Rectangle& area) {
  if (area.x_px < 0 || area.y_px < 0 || area.size.width_px <= 0 || area.size.height_px <= 0 ||
      area.x_px + area.size.width_px > image.width_px() || area.y_px + area.size.height_px > image.height_px()) {
    throw std::invalid_argument("Crop: the rectangle leaves the frame");
  }
  Image out(area.size, image.channels(), image.color_space());
  for (int c = 0; c < image.channel_count(); ++c) {
    const auto from = image.plane(c);
    auto to = out.plane(c);
    for (int y = 0; y < area.size.height_px; ++y) {
      const auto row = from.subspan(static_cast<std::size_t>(area.y_px + y) * image.width_px() + area.x_px,
                                    area.size.width_px);
      std::copy(row.begin(), row.end(), to.begin() + static_cast<std::ptrdiff_t>(y) * area.size.width_px);
    }
  }
  return out;
}

Image ClampedToUnit(const Image& image) {
  Image out = image;
  // Written so that a NaN fails the first comparison and becomes 0.
  for (float& v : out.values()) v = v > 0.0F ? std::min(v, 1.0F) : 0.0F;
  return out;
}

}  // namespace interneg::image
