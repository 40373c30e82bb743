#include "worker/engine/simulation/fade.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "worker/engine/color/composition.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/simulation/grain.h"
#include "worker/engine/simulation/weave.h"

namespace interneg::simulation {
namespace {

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

// Densities on R, G, B (rows) of one unit of cyan, magenta and yellow (columns): each dye's unwanted absorptions.
constexpr Matrix kDyes{{{1.0, .093, .014}, {.107, 1.0, .087}, {.096, .106, 1.0}}};
constexpr Triple kStain{0.0, .015, .03};
constexpr double kGamma = 2.4;
constexpr double kMostDensity = 2.4;  // T0 = 10^−2.4: the black of the print

Triple Times(const Matrix& m, const Triple& v) {
  Triple out{};
  for (int r = 0; r < 3; ++r) out[r] = m[r][0] * v[0] + m[r][1] * v[1] + m[r][2] * v[2];
  return out;
}

Matrix Inverse(const Matrix& m) {
  const auto cofactor = [&](int r, int c) {
    const int r1 = (r + 1) % 3, r2 = (r + 2) % 3, c1 = (c + 1) % 3, c2 = (c + 2) % 3;
    return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
  };
  const double determinant = m[0][0] * cofactor(0, 0) + m[0][1] * cofactor(0, 1) + m[0][2] * cofactor(0, 2);
  Matrix out{};
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 3; ++c) out[r][c] = cofactor(c, r) / determinant;
  }
  return out;
}

struct Layers {
  Triple retention;
  std::array<cv::Mat1f, 3> unevenness;  // empty: even
  std::array<cv::Mat1f, 3> grain;       // empty: none
  double sigma = 0.0;
  bool stain = true;
};

Layers LayersFor(image::Size size, const FadeOptions& o, int frame) {
  Layers layers{{o.retention.cyan, o.retention.magenta, o.retention.yellow}, {}, {}, DensitySigma(o.grain), o.stain};
  if (o.evenness == Evenness::kUneven) layers.unevenness = SmoothFields(size, o.seed);
  if (layers.sigma > 0.0) {
    for (int k = 0; k < 3; ++k) {
      cv::RNG random = Generator(o.seed, 200 + static_cast<std::uint64_t>(k), static_cast<std::uint64_t>(frame));
      layers.grain[k] = GrainField(size, random);
    }
  }
  return layers;
}

// Density per layer is a count of dye clouds: its variance follows p (1 − p), p the share of the largest density.
double Grain(const Layers& layers, int k, int pixel, double amount) {
  if (layers.sigma <= 0.0) return 0.0;
  const double p = std::clamp(amount / kMostDensity, 0.0, 1.0);
  return layers.sigma * 2.0 * std::sqrt(p * (1.0 - p)) * layers.grain[k](pixel);
}

Triple FadePixel(const Triple& display, const Layers& layers, const Matrix& to_dyes, int pixel) {
  const double t0 = std::pow(10.0, -kMostDensity);
  Triple density{};
  for (int c = 0; c < 3; ++c) {
    const double linear = std::pow(std::clamp(display[c], 0.0, 1.0), kGamma);
    density[c] = -std::log10(t0 + (1.0 - t0) * linear);
  }
  Triple dyes = Times(to_dyes, density);
  for (int k = 0; k < 3; ++k) {
    const double uneven = layers.unevenness[k].empty() ? 1.0 : layers.unevenness[k](pixel);
    dyes[k] = std::max(0.0, dyes[k]) * std::min(1.0, layers.retention[k] * uneven);
    dyes[k] = std::max(0.0, dyes[k] + Grain(layers, k, pixel, dyes[k]));
  }
  Triple faded = Times(kDyes, dyes);
  for (int c = 0; c < 3; ++c) {
    const double t = std::pow(10.0, -(faded[c] + (layers.stain ? kStain[c] : 0.0)));
    faded[c] = std::pow(std::clamp((t - t0) / (1.0 - t0), 0.0, 1.0), 1.0 / kGamma);
  }
  return faded;
}

void ApplyWeave(image::Image& picture, std::uint64_t seed, int frame) {
  const GatePosition gate = WeaveAt(picture.size(), GatePass::kFilm, seed, frame);
  cv::Mat turn = cv::getRotationMatrix2D(
      cv::Point2f(0.5F * static_cast<float>(picture.width_px()), 0.5F * static_cast<float>(picture.height_px())),
      gate.degrees, 1.0);
  turn.at<double>(0, 2) += gate.right_px;
  turn.at<double>(1, 2) += gate.down_px;
  for (int c = 0; c < 3; ++c) {
    cv::Mat1f plane(picture.height_px(), picture.width_px(), picture.plane(c).data());
    cv::Mat1f moved;
    cv::warpAffine(plane, moved, turn, plane.size(), cv::INTER_CUBIC, cv::BORDER_REFLECT);
    moved = cv::max(cv::min(moved, 1.0F), 0.0F);
    moved.copyTo(plane);
  }
}

void RequireRgb(const image::Image& picture, const char* what) {
  if (picture.channel_count() != 3) throw std::invalid_argument(std::string(what) + ": R, G and B planes are needed");
}

Retention ParseThree(std::string_view text) {
  std::array<double, 3> values{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (int k = 0; k < 3; ++k) {
    const auto [next, failure] = std::from_chars(at, end, values[k]);
    const bool separated = k == 2 ? next == end : next != end && *next == ',';
    if (failure != std::errc() || !separated || !(values[k] >= 0.0 && values[k] <= 1.0)) {
      throw std::invalid_argument("retention '" + std::string(text) +
                                  "': use mild, moderate, severe, nearly-dead or what is left of cyan, magenta and "
                                  "yellow as in .3,1,.8 (each 0 to 1)");
    }
    at = next + 1;
  }
  return {values[0], values[1], values[2]};
}

}  // namespace

Retention ParseRetention(std::string_view text) {
  if (text == "mild") return {.62, 1.0, .89};
  if (text == "moderate") return {.45, 1.0, .87};
  if (text == "severe") return {.12, 1.0, .74};
  if (text == "nearly-dead") return {.03, .95, .5};
  return ParseThree(text);
}

GrainGauge ParseGrainGauge(std::string_view text) {
  if (text == "none") return GrainGauge::kNone;
  if (text == "35mm") return GrainGauge::k35mm;
  if (text == "16mm") return GrainGauge::k16mm;
  throw std::invalid_argument("grain '" + std::string(text) + "': use none, 35mm or 16mm");
}

image::Image FadeFrame(const image::Image& clean, const FadeOptions& options, int frame) {
  RequireRgb(clean, "FadeFrame");
  const Layers layers = LayersFor(clean.size(), options, frame);
  const Matrix to_dyes = Inverse(kDyes);
  image::Image out(clean.size(), {"R", "G", "B"}, clean.color_space());
  const auto r = clean.plane(0), g = clean.plane(1), b = clean.plane(2);
  for (std::size_t i = 0; i < clean.pixel_count(); ++i) {
    const Triple faded = FadePixel({r[i], g[i], b[i]}, layers, to_dyes, static_cast<int>(i));
    for (int c = 0; c < 3; ++c) out.plane(c)[i] = static_cast<float>(faded[c]);
  }
  if (options.weave == Weave::kSlow) ApplyWeave(out, options.seed, frame);
  return out;
}

image::Image ExactTruth(const image::Image& faded, const image::Image& clean) {
  if (faded.size() != clean.size()) throw std::invalid_argument("truth: the two pictures differ in size");
  image::Image ycc = image::RgbToYCbCr(clean, image::YCbCrMatrix::kBt709);
  const image::Image luma = image::RgbToYCbCr(faded, image::YCbCrMatrix::kBt709);
  std::copy(luma.plane(0).begin(), luma.plane(0).end(), ycc.plane(0).begin());
  return image::YCbCrToRgb(ycc, image::YCbCrMatrix::kBt709);
}

image::Image TruthForFile(const image::Image& faded, const image::Image& clean) {
  if (faded.size() != clean.size()) throw std::invalid_argument("truth: the two pictures differ in size");
  const image::Image held = image::RgbToYCbCr(faded, image::YCbCrMatrix::kBt709);
  const image::Image chroma = image::RgbToYCbCr(clean, image::YCbCrMatrix::kBt709);
  return color::ComposeChroma(clean.size(), held.plane(0), chroma.plane(1), chroma.plane(2),
                              image::YCbCrMatrix::kBt709, clean.color_space()).rgb;
}

}  // namespace interneg::simulation
