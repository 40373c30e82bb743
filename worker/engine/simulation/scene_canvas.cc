#include "worker/engine/simulation/scene_canvas.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "worker/engine/simulation/grain.h"

namespace interneg::simulation {
namespace {

constexpr int kSupersampling = 2;
constexpr int kShift = 4;  // OpenCV draws at sixteenths of a sample

cv::Scalar ScalarOf(const Ink& ink) { return {ink.r, ink.g, ink.b}; }
cv::Vec3f PixelOf(const Ink& ink) {
  return {static_cast<float>(ink.r), static_cast<float>(ink.g), static_cast<float>(ink.b)};
}

}  // namespace

Ink Mix(const Ink& a, const Ink& b, double s) {
  s = std::clamp(s, 0.0, 1.0);
  return {a.r + s * (b.r - a.r), a.g + s * (b.g - a.g), a.b + s * (b.b - a.b)};
}

Ink Lit(const Ink& ink, double factor) { return {ink.r * factor, ink.g * factor, ink.b * factor}; }

SceneCanvas::SceneCanvas(image::Size size)
    : size_(size),
      width_(static_cast<double>(size.width_px) / size.height_px),
      scale_(static_cast<double>(size.height_px) * kSupersampling),
      samples_(size.height_px * kSupersampling, size.width_px * kSupersampling, cv::Vec3f(0, 0, 0)) {}

cv::Point SceneCanvas::ToSamples(Point p) const {
  return {static_cast<int>(std::lround(p.x * scale_ * (1 << kShift))),
          static_cast<int>(std::lround(p.y * scale_ * (1 << kShift)))};
}

void SceneCanvas::Polygon(const std::vector<Point>& corners, const Ink& ink) {
  std::vector<cv::Point> points;
  for (const Point& p : corners) points.push_back(ToSamples(p));
  cv::fillPoly(samples_, std::vector<std::vector<cv::Point>>{points}, ScalarOf(ink), cv::LINE_8, kShift);
}

void SceneCanvas::Ellipse(Point centre, double rx, double ry, double degrees, const Ink& ink) {
  const cv::Point axes = ToSamples({rx, ry});
  cv::ellipse(samples_, ToSamples(centre), cv::Size(axes.x, axes.y), degrees, 0, 360, ScalarOf(ink), cv::FILLED,
              cv::LINE_8, kShift);
}

void SceneCanvas::Stroke(Point from, Point to, double thickness, const Ink& ink) {
  const int wide = std::max(1, static_cast<int>(std::lround(thickness * scale_)));
  cv::line(samples_, ToSamples(from), ToSamples(to), ScalarOf(ink), wide, cv::LINE_8, kShift);
}

void SceneCanvas::Text(const std::string& text, Point lower_left, double height, double thickness, const Ink& ink) {
  const double factor = height * scale_ / 21.0;  // the font's capitals are 21 samples tall at factor 1
  cv::putText(samples_, text,
              {static_cast<int>(lower_left.x * scale_), static_cast<int>(lower_left.y * scale_)},
              cv::FONT_HERSHEY_TRIPLEX, factor, ScalarOf(ink), std::max(1, static_cast<int>(thickness * scale_)));
}

void SceneCanvas::ShadedEllipse(Point centre, double rx, double ry, const std::function<Ink(double, double)>& shade) {
  const int y0 = std::max(0, static_cast<int>((centre.y - ry) * scale_));
  const int y1 = std::min(samples_.rows - 1, static_cast<int>((centre.y + ry) * scale_));
  const int x0 = std::max(0, static_cast<int>((centre.x - rx) * scale_));
  const int x1 = std::min(samples_.cols - 1, static_cast<int>((centre.x + rx) * scale_));
  for (int y = y0; y <= y1; ++y) {
    for (int x = x0; x <= x1; ++x) {
      const double u = ((x + 0.5) / scale_ - centre.x) / rx, v = ((y + 0.5) / scale_ - centre.y) / ry;
      if (u * u + v * v <= 1.0) samples_(y, x) = PixelOf(shade(u, v));
    }
  }
}

void SceneCanvas::ShadedPolygon(const std::vector<Point>& corners, const std::function<Ink(Point)>& shade) {
  std::vector<cv::Point> points;
  for (const Point& p : corners) points.push_back(ToSamples(p));
  cv::Mat1b inside(samples_.size(), 0);
  cv::fillPoly(inside, std::vector<std::vector<cv::Point>>{points}, cv::Scalar(1), cv::LINE_8, kShift);
  for (int y = 0; y < inside.rows; ++y) {
    for (int x = 0; x < inside.cols; ++x) {
      if (inside(y, x) != 0) samples_(y, x) = PixelOf(shade({(x + 0.5) / scale_, (y + 0.5) / scale_}));
    }
  }
}

SceneCanvas::Texture::Texture(const SceneCanvas& canvas, std::uint64_t seed, double cell, int octaves, Point shift)
    : samples_per_height_(canvas.scale_), values_(canvas.samples_.size(), 0.0F) {
  double weight = 0.6;
  for (int octave = 0; octave < octaves; ++octave, weight *= 0.55, cell *= 0.5) {
    // One lattice that the drifting picture looks into, so that the texture moves and does not boil.
    const int across = static_cast<int>(canvas.width_ / cell) + 12, down = static_cast<int>(1.0 / cell) + 12;
    cv::Mat1f lattice(down, across);
    Generator(seed, 500 + static_cast<std::uint64_t>(octave), 0).fill(lattice, cv::RNG::UNIFORM, -1.0, 1.0);
    // Each octave is turned by another angle, or the lattice would show as upright edges.
    const double step = 1.0 / (canvas.scale_ * cell), turn = 0.5 + 1.1 * octave;
    const double cosine = std::cos(turn), sine = std::sin(turn), dx = shift.x / cell, dy = shift.y / cell;
    const cv::Matx23d look(step * cosine, -step * sine, 2.0 + cosine * dx - sine * dy,  //
                           step * sine, step * cosine, 2.0 + sine * dx + cosine * dy);
    cv::Mat1f octave_values;
    cv::warpAffine(lattice, octave_values, look, values_.size(), cv::INTER_CUBIC | cv::WARP_INVERSE_MAP, cv::BORDER_WRAP);
    values_ += static_cast<float>(weight) * octave_values;
  }
}

double SceneCanvas::Texture::At(Point p) const {
  const int x = std::clamp(static_cast<int>(p.x * samples_per_height_), 0, values_.cols - 1);
  const int y = std::clamp(static_cast<int>(p.y * samples_per_height_), 0, values_.rows - 1);
  return values_(y, x);
}

image::Image SceneCanvas::Finish() const {
  // A lens: neither supersampling nor a real camera leaves edges a pixel sharp.
  cv::Mat3f soft;
  cv::GaussianBlur(samples_, soft, cv::Size(7, 7), 0.45 * kSupersampling);
  cv::resize(soft, soft, cv::Size(size_.width_px, size_.height_px), 0, 0, cv::INTER_AREA);
  image::Image out(size_, {"R", "G", "B"}, image::kTrainingDisplay);
  std::size_t i = 0;
  for (const cv::Vec3f& pixel : soft) {
    for (int c = 0; c < 3; ++c) out.plane(c)[i] = std::clamp(pixel[c], 0.0F, 1.0F);
    ++i;
  }
  return out;
}

}  // namespace interneg::simulation
