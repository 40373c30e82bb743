#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "worker/engine/alignment/structure_cv.h"

namespace interneg::alignment {
namespace {

constexpr double kCoarsestSide_px = 192.0;

image::Size SizeOf(cv::Size size) {
  return {size.width, size.height};
}

std::array<double, 4> BoxAt(const image::Rectangle& a, const Level& level) {
  const Transform to_level = level.to_picture.Inverse();
  const Point low = to_level.Apply({a.x_px - .5, a.y_px - .5});
  const Point high = to_level.Apply({a.x_px + a.size.width_px - .5, a.y_px + a.size.height_px - .5});
  return {low.x + .5, low.y + .5, high.x - .5, high.y - .5};
}

double SmallerSide(const Element& element, const Level& level) {
  const auto box = AreaAt(element, level);
  return std::min(box[2] - box[0], box[3] - box[1]) + 1.0;
}

// Keys' cubic convolution, a = −½, for a place t in [0, 1) after the second of four samples.
std::array<float, 4> CubicWeights(float t) {
  const float t2 = t * t, t3 = t2 * t;
  return {-.5F * t3 + t2 - .5F * t, 1.5F * t3 - 2.5F * t2 + 1.F, -1.5F * t3 + 2.F * t2 + .5F * t, .5F * t3 - .5F * t2};
}

float CubicAt(const cv::Mat1f& plane, double x, double y) {
  const double cx = std::clamp(x, 0.0, plane.cols - 1.0), cy = std::clamp(y, 0.0, plane.rows - 1.0);
  const int x0 = static_cast<int>(cx), y0 = static_cast<int>(cy);
  const auto wx = CubicWeights(static_cast<float>(cx - x0)), wy = CubicWeights(static_cast<float>(cy - y0));
  float sum = 0.F;
  if (x0 >= 1 && y0 >= 1 && x0 + 2 < plane.cols && y0 + 2 < plane.rows) {
    for (int k = 0; k < 4; ++k) {
      const float* row = plane[y0 - 1 + k] + x0 - 1;
      sum += wy[k] * (wx[0] * row[0] + wx[1] * row[1] + wx[2] * row[2] + wx[3] * row[3]);
    }
    return sum;
  }
  for (int k = 0; k < 4; ++k) {
    const float* row = plane[std::clamp(y0 - 1 + k, 0, plane.rows - 1)];
    for (int i = 0; i < 4; ++i) sum += wy[k] * wx[i] * row[std::clamp(x0 - 1 + i, 0, plane.cols - 1)];
  }
  return sum;
}

}  // namespace

cv::Mat1f PlaneOf(image::Image& picture, int index) {
  return {picture.height_px(), picture.width_px(), picture.plane(index).data()};
}

const cv::Mat1f PlaneOf(const image::Image& picture, int index) {
  return {picture.height_px(), picture.width_px(), const_cast<float*>(picture.plane(index).data())};
}

Planes PlanesOf(const image::Image& picture) {
  Planes planes;
  for (int c = 0; c < picture.channel_count(); ++c) {
    cv::Mat1f plane = PlaneOf(picture, c).clone();
    // Written so that a NaN fails the first comparison and becomes 0.
    for (float& v : plane) v = v > -.5F ? std::min(v, 1.5F) : (v <= -.5F ? -.5F : 0.F);
    planes.push_back(plane);
  }
  return planes;
}

cv::Mat1f Resized(const cv::Mat1f& plane, cv::Size size) {
  if (plane.size() == size) return plane;
  cv::Mat1f out;
  const bool smaller = size.width <= plane.cols && size.height <= plane.rows;
  cv::resize(plane, out, size, 0, 0, smaller ? cv::INTER_AREA : cv::INTER_LINEAR);
  return out;
}

std::array<double, 4> AreaAt(const Element& element, const Level& level) {
  return BoxAt(element.area, level);
}

std::array<double, 4> WholeAt(const Element& element, const Level& level) {
  return BoxAt(element.whole, level);
}

Element MakeElement(const image::Image& picture, double pixel_aspect, const image::Rectangle& area, double fraction) {
  Element element{picture.size(), pixel_aspect, area, area, {}};
  Planes planes = PlanesOf(picture);
  const auto add = [&](cv::Size size) {
    for (auto& plane : planes) plane = Resized(plane, size);
    element.levels.push_back({planes, FrameToFrame(SizeOf(size), element.size)});
  };
  add({std::max(16, cvRound(picture.width_px() * fraction)), std::max(16, cvRound(picture.height_px() * fraction))});
  while (SmallerSide(element, element.levels.back()) >= kCoarsestSide_px) {
    const cv::Size size = element.levels.back().size();
    add({(size.width + 1) / 2, (size.height + 1) / 2});
  }
  return element;
}

cv::Mat1f Warped(const cv::Mat1f& plane, const Transform& transform, cv::Size size) {
  cv::Mat1f out(size);
  const auto& m = transform.matrix();
  const bool affine = m[6] == 0.0 && m[7] == 0.0;
  cv::parallel_for_(cv::Range(0, size.height), [&](const cv::Range& rows) {
    for (int y = rows.start; y < rows.end; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const double w = affine ? 1.0 : 1.0 / (m[6] * x + m[7] * y + m[8]);
        out(y, x) = CubicAt(plane, (m[0] * x + m[1] * y + m[2]) * w, (m[3] * x + m[4] * y + m[5]) * w);
      }
    }
  });
  return out;
}

cv::Mat1f OverlapMask(cv::Size size, const std::array<double, 4>& fixed_box, const Transform& transform,
                      const std::array<double, 4>& moving_box) {
  cv::Mat1f mask(size, 0.F);
  for (int y = 0; y < size.height; ++y) {
    if (y < fixed_box[1] || y > fixed_box[3]) continue;
    for (int x = 0; x < size.width; ++x) {
      if (x < fixed_box[0] || x > fixed_box[2]) continue;
      const Point q = transform.Apply({static_cast<double>(x), static_cast<double>(y)});
      if (q.x >= moving_box[0] && q.y >= moving_box[1] && q.x <= moving_box[2] && q.y <= moving_box[3])
        mask(y, x) = 1.F;
    }
  }
  return mask;
}

}  // namespace interneg::alignment
