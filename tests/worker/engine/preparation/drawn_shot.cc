#include "tests/worker/engine/preparation/drawn_shot.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace interneg::preparation {
namespace {

constexpr double kRadius_px = 24.0;

// Sums of waves: smooth enough to be sampled anywhere, busy enough to be a texture.
double Texture(double x, double y, double scale) {
  return 0.35 * std::sin(x * scale + 1.3 * std::sin(0.7 * y * scale)) +
         0.35 * std::sin(1.31 * y * scale - 0.6 * x * scale) + 0.3 * std::sin(2.3 * x * scale + 1.7 * y * scale);
}

void BallCentre(double time, double& x, double& y) {
  x = 60.0 + 3.5 * time;
  y = 90.0 - 1.0 * time;
}

float Shot(double time, int channel, double px, double py) {
  const double gx = px + 1.5 * time, gy = py + 0.25 * time;
  double v = 0.42 + 0.10 * Texture(gx + 7 * channel, gy, 0.21) + 0.05 * Texture(gx, gy + 3 * channel, 0.9) +
             (channel - 1) * 0.06;
  const double bar = std::clamp(3.5 - std::abs(px - 170.0 - 2.0 * time), 0.0, 1.0);
  v += bar * (0.85 - v);
  double bx = 0.0, by = 0.0;
  BallCentre(time, bx, by);
  const double inside = std::clamp(kRadius_px + 0.5 - std::hypot(px - bx, py - by), 0.0, 1.0);
  const double ball = 0.62 + 0.16 * Texture(px - bx + 40, py - by, 0.45) - 0.14 * channel;
  return static_cast<float>(v + inside * (ball - v));
}

}  // namespace

image::Image Drawn(image::Size size, const std::function<float(int, int, int)>& value) {
  image::Image out(size, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int c = 0; c < 3; ++c) {
    auto plane = out.plane(c);
    for (int y = 0; y < size.height_px; ++y) {
      for (int x = 0; x < size.width_px; ++x) plane[static_cast<std::size_t>(y) * size.width_px + x] = value(c, x, y);
    }
  }
  return out;
}

image::Image DrawShot(double time, image::Size size) {
  return Drawn(size, [&](int c, int x, int y) { return Shot(time, c, x, y); });
}

image::Image Grained(const image::Image& clean, double sigma, std::uint64_t seed, int frame) {
  image::Image out = clean;
  // Neighbouring seeds of cv::RNG begin alike: neighbouring frames would share their grain.
  cv::RNG random((seed * 7919 + static_cast<std::uint64_t>(frame) + 1) * 0x9E3779B97F4A7C15ULL);
  for (int i = 0; i < 16; ++i) random.next();
  for (int c = 0; c < 3; ++c) {
    cv::Mat1f noise(clean.height_px(), clean.width_px());
    random.fill(noise, cv::RNG::NORMAL, 0.0, 1.0);
    cv::GaussianBlur(noise, noise, cv::Size(7, 7), 0.7);
    const cv::Mat1d kernel = cv::getGaussianKernel(7, 0.7, CV_64F);
    cv::Mat1f plane(clean.height_px(), clean.width_px(), out.plane(c).data());
    plane += static_cast<float>(sigma / kernel.dot(kernel)) * noise;
  }
  return out;
}

double Psnr_db(const image::Image& a, const image::Image& b) {
  return Psnr_db(a, b, [](int, int) { return true; });
}

double Psnr_db(const image::Image& a, const image::Image& b, const std::function<bool(int, int)>& inside) {
  double sum = 0.0, count = 0.0;
  for (int y = 0; y < a.height_px(); ++y) {
    for (int x = 0; x < a.width_px(); ++x) {
      if (!inside(x, y)) continue;
      const auto i = static_cast<std::size_t>(y) * a.width_px() + x;
      for (int c = 0; c < 3; ++c) {
        const double d = static_cast<double>(a.plane(c)[i]) - b.plane(c)[i];
        sum += d * d;
        count += 1.0;
      }
    }
  }
  return -10.0 * std::log10(sum / count + 1e-20);
}

bool InBall(double time, int x, int y, double margin_px) {
  double bx = 0.0, by = 0.0;
  BallCentre(time, bx, by);
  return std::hypot(x - bx, y - by) <= kRadius_px + margin_px;
}

double ChangedShare(const image::Image& a, const image::Image& b, const std::function<bool(int, int)>& among) {
  double changed = 0.0, count = 0.0;
  for (int y = 0; y < a.height_px(); ++y) {
    for (int x = 0; x < a.width_px(); ++x) {
      if (!among(x, y)) continue;
      const auto i = static_cast<std::size_t>(y) * a.width_px() + x;
      bool differs = false;
      for (int c = 0; c < 3; ++c) differs = differs || std::abs(a.plane(c)[i] - b.plane(c)[i]) > 1.0F / 255.0F;
      changed += differs;
      count += 1.0;
    }
  }
  return changed / count;
}

bool SameBits(const image::Image& a, const image::Image& b) {
  return a.size() == b.size() && a.channels() == b.channels() && a.color_space() == b.color_space() &&
         std::memcmp(a.values().data(), b.values().data(), a.values().size_bytes()) == 0;
}

}  // namespace interneg::preparation
