#include "worker/engine/simulation/video_reference.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/simulation/grain.h"

namespace interneg::simulation {
namespace {

using image::YCbCrMatrix;

cv::Mat1f PlaneOf(image::Image& picture, int index) {
  return {picture.height_px(), picture.width_px(), picture.plane(index).data()};
}

// A Gaussian whose response is −3 dB at `bandwidth` of Nyquist: exp(−½ (2π f σ)²) = 1/√2 at f = bandwidth / 2.
double SigmaFor(double bandwidth) { return std::sqrt(std::log(2.0)) / (3.14159265358979323846 * bandwidth); }

void LowPass(cv::Mat1f plane, double bandwidth) {
  if (bandwidth >= 1.0) return;
  const double sigma = SigmaFor(std::max(bandwidth, 0.01));
  const int reach = static_cast<int>(std::ceil(4.0 * sigma));
  cv::Mat1f blurred;
  cv::GaussianBlur(plane, blurred, cv::Size(2 * reach + 1, 2 * reach + 1), sigma, sigma, cv::BORDER_REFLECT);
  blurred.copyTo(plane);
}

// Studio range, ITU-R BT.601-7 §2.5.3: Y 16–235, Cb and Cr 16–240 about 128.
void Quantise(cv::Mat1f plane, double scale, double offset) {
  for (float& v : plane) {
    const double code = std::clamp(std::floor(offset + scale * v + 0.5), 1.0, 254.0);
    v = static_cast<float>((code - offset) / scale);
  }
}

// Averaged 2×2 (samples between two lines and two columns), quantised there, and interpolated back.
void Subsample420(cv::Mat1f plane) {
  const cv::Size full = plane.size();
  cv::Mat1f small, back;
  cv::resize(plane, small, cv::Size((full.width + 1) / 2, (full.height + 1) / 2), 0, 0, cv::INTER_AREA);
  Quantise(small, 224.0, 128.0);
  cv::resize(small, back, full, 0, 0, cv::INTER_LINEAR);
  back.copyTo(plane);
}

// What a coder's quantiser does to the detail of 8×8 blocks; partial blocks at the far edges are left.
void Block(cv::Mat1f plane, double step) {
  if (step <= 0.0) return;
  for (int y = 0; y + 8 <= plane.rows; y += 8) {
    for (int x = 0; x + 8 <= plane.cols; x += 8) {
      cv::Mat1f block = plane(cv::Rect(x, y, 8, 8)).clone();
      cv::dct(block, block);
      for (int v = 0; v < 8; ++v) {
        for (int u = v == 0 ? 1 : 0; u < 8; ++u) {
          const float q = static_cast<float>(step * (1.0 + 0.5 * (u + v)));
          block(v, u) = q * std::round(block(v, u) / q);
        }
      }
      cv::idct(block, block);
      block.copyTo(plane(cv::Rect(x, y, 8, 8)));
    }
  }
}

}  // namespace

GradeShift DrawGradeShift(std::uint64_t seed) {
  cv::RNG random = Generator(seed, 400, 0);
  const double saturation = random.uniform(.9, 1.1);
  return {saturation, random.uniform(.95, 1.05)};
}

image::Image Graded(const image::Image& clean, const GradeShift& grade) {
  if (clean.channel_count() != 3) throw std::invalid_argument("Graded: R, G and B planes are needed");
  image::Image ycc = image::RgbToYCbCr(clean, YCbCrMatrix::kBt709);
  for (int c = 1; c < 3; ++c) {
    for (float& v : ycc.plane(c)) v = static_cast<float>(v * grade.saturation);
  }
  image::Image out = image::YCbCrToRgb(ycc, YCbCrMatrix::kBt709);
  for (float& v : out.values()) {
    v = static_cast<float>(std::pow(std::clamp(static_cast<double>(v), 0.0, 1.0), grade.gamma));
  }
  return out;
}

image::Image VideoReference(const image::Image& clean, const VideoOptions& o, int frame) {
  if (clean.channel_count() != 3) throw std::invalid_argument("VideoReference: R, G and B planes are needed");
  image::Image ycc = image::RgbToYCbCr(Graded(clean, o.grade), YCbCrMatrix::kBt601);
  cv::Mat1f luma = PlaneOf(ycc, 0);
  LowPass(luma, o.luma_bandwidth);
  if (o.noise > 0.0) {
    cv::RNG random = Generator(o.seed, 401, static_cast<std::uint64_t>(frame));
    luma += static_cast<float>(o.noise) * GrainField(clean.size(), random);
  }
  Block(luma, o.block_step);
  Quantise(luma, 219.0, 16.0);
  for (int c = 1; c < 3; ++c) {
    LowPass(PlaneOf(ycc, c), o.chroma_bandwidth);
    Subsample420(PlaneOf(ycc, c));
  }
  image::Image out = image::ClampedToUnit(image::YCbCrToRgb(ycc, YCbCrMatrix::kBt601));
  out.set_color_space(clean.color_space());
  return out;
}

}  // namespace interneg::simulation
