#include "worker/engine/curation/planes.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace interneg::curation {

cv::Mat1f PlaneView(const image::Image& image, int plane) {
  return {image.height_px(), image.width_px(), const_cast<float*>(image.plane(plane).data())};
}

image::Image Reduced(const image::Image& image, image::Size size) {
  if (size == image.size()) return image;
  image::Image out(size, image.channels(), image.color_space());
  for (int c = 0; c < image.channel_count(); ++c) {
    cv::Mat1f into(size.height_px, size.width_px, out.plane(c).data());
    // INTER_AREA averages when it reduces, and is the nearest neighbour's when it enlarges.
    cv::resize(PlaneView(image, c), into, into.size(), 0, 0, cv::INTER_AREA);
  }
  return out;
}

image::Size Fitted(image::Size size, int edge_px) {
  const double scale = std::min(1.0, static_cast<double>(edge_px) / std::max(size.width_px, size.height_px));
  return {std::max(1, static_cast<int>(std::lround(size.width_px * scale))),
          std::max(1, static_cast<int>(std::lround(size.height_px * scale)))};
}

void RequirePlanes(const image::Image& image, int count, const std::string& what) {
  if (image.channel_count() == count) return;
  throw std::invalid_argument(what + " has " + std::to_string(image.channel_count()) + " planes; give " +
                              std::to_string(count));
}

}  // namespace interneg::curation
