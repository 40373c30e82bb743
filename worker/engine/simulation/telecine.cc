#include "worker/engine/simulation/telecine.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <opencv2/core.hpp>
#include <span>
#include <stdexcept>
#include <string>

#include "worker/engine/simulation/grain.h"

namespace interneg::simulation {
namespace {

double Lanczos3(double x) {
  constexpr double kLobes = 3.0;
  const double a = std::abs(x) * std::numbers::pi;
  if (a < 1e-9) return 1.0;
  return std::abs(x) >= kLobes ? 0.0 : kLobes * std::sin(a) * std::sin(a / kLobes) / (a * a);
}

// The film samples that one place draws from along one axis, mirrored at the edges, with weights that sum to 1.
struct Taps {
  std::vector<int> at;
  std::vector<double> weight;
};

void FindTaps(double place, double widening, int length, Taps& taps) {
  const double reach = 3.0 * widening;
  const int first = static_cast<int>(std::ceil(place - reach)), last = static_cast<int>(std::floor(place + reach));
  taps.at.clear();
  taps.weight.clear();
  double sum = 0.0;
  for (int i = first; i <= last; ++i) {
    taps.at.push_back(cv::borderInterpolate(i, length, cv::BORDER_REFLECT));
    taps.weight.push_back(Lanczos3((place - i) / widening));
    sum += taps.weight.back();
  }
  for (double& weight : taps.weight) weight /= sum;
}

double Weighted(std::span<const float> plane, int width, const Taps& across, const Taps& down) {
  double sum = 0.0;
  for (std::size_t j = 0; j < down.at.size(); ++j) {
    const float* const row = plane.data() + static_cast<std::size_t>(down.at[j]) * width;
    double line = 0.0;
    for (std::size_t i = 0; i < across.at.size(); ++i) line += across.weight[i] * row[across.at[i]];
    sum += down.weight[j] * line;
  }
  return sum;
}

cv::Matx33d Matrix(const Transform& t) {
  return {t[0][0], t[0][1], t[0][2], t[1][0], t[1][1], t[1][2], t[2][0], t[2][1], t[2][2]};
}

}  // namespace

std::vector<ShownFrame> ShownFrames(int film_frames, FrameRate film, FrameRate video, int offset) {
  for (const FrameRate& rate : {film, video}) {
    if (rate.numerator < 1 || rate.denominator < 1) throw std::invalid_argument("telecine: a rate is more than 0");
  }
  const std::int64_t up = std::int64_t{film.numerator} * video.denominator;
  const std::int64_t down = std::int64_t{film.denominator} * video.numerator;
  std::vector<ShownFrame> shown;
  for (std::int64_t index = 0;; ++index) {
    const std::int64_t source = index * up / down + offset;
    if (source >= film_frames) return shown;
    if (source < 0) continue;
    const bool repeat = !shown.empty() && shown.back().source_index == source;
    shown.push_back({static_cast<int>(index), static_cast<int>(source), repeat});
  }
}

Overscan DrawOverscan(image::Size film, OverscanRange range, std::uint64_t seed) {
  if (!(range.least >= 0.0 && range.least <= range.most && range.most < 0.5)) {
    throw std::invalid_argument("overscan: the share lies in [0, 0.5), the lesser one first");
  }
  cv::RNG random = Generator(seed, 402, 0);
  const double across = random.uniform(range.least, range.most), left = random.uniform(.35, .65);
  const double down = random.uniform(range.least, range.most), top = random.uniform(.35, .65);
  return {across * left * film.width_px, down * top * film.height_px, (1.0 - across) * film.width_px,
          (1.0 - down) * film.height_px};
}

Transform ScanTransform(image::Size film, const Overscan& overscan, const GatePosition& gate, image::Size raster) {
  const double cx = 0.5 * (film.width_px - 1), cy = 0.5 * (film.height_px - 1);
  const double angle = gate.degrees * std::numbers::pi / 180.0, c = std::cos(angle), s = std::sin(angle);
  // Counter-clockwise as seen, with y downward.
  const cv::Matx33d moved(c, s, cx - c * cx - s * cy + gate.right_px, -s, c, cy + s * cx - c * cy + gate.down_px, 0, 0,
                          1);
  const double kx = raster.width_px / overscan.width_px, ky = raster.height_px / overscan.height_px;
  const cv::Matx33d spread(kx, 0, kx * (0.5 - overscan.left_px) - 0.5, 0, ky, ky * (0.5 - overscan.top_px) - 0.5, 0, 0,
                           1);
  const cv::Matx33d m = spread * moved;
  return {{{m(0, 0), m(0, 1), m(0, 2)}, {m(1, 0), m(1, 1), m(1, 2)}, {m(2, 0), m(2, 1), m(2, 2)}}};
}

image::Image Scan(const image::Image& film, const Transform& transform, image::Size raster) {
  const cv::Matx33d back = Matrix(transform).inv();
  const double wide = std::max(1.0, std::abs(back(0, 0))), high = std::max(1.0, std::abs(back(1, 1)));
  image::Image out(raster, film.channels(), film.color_space());
  Taps across, down;
  for (int y = 0; y < raster.height_px; ++y) {
    for (int x = 0; x < raster.width_px; ++x) {
      const cv::Vec3d place = back * cv::Vec3d(x, y, 1.0);
      FindTaps(place[0] / place[2], wide, film.width_px(), across);
      FindTaps(place[1] / place[2], high, film.height_px(), down);
      const std::size_t i = static_cast<std::size_t>(y) * raster.width_px + x;
      for (int c = 0; c < film.channel_count(); ++c) {
        out.plane(c)[i] = static_cast<float>(Weighted(film.plane(c), film.width_px(), across, down));
      }
    }
  }
  return out;
}

}  // namespace interneg::simulation
