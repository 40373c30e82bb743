#include "worker/engine/alignment/resample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <stdexcept>
#include <utility>

#include <opencv2/core.hpp>

namespace interneg::alignment {
namespace {

constexpr int kSteps = 2048;  // a unit of the kernel's argument

double Sinc(double x) {
  return x == 0.0 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

double Lanczos3(double x) {
  if (x >= 3.0 || (x > 0.0 && x == std::floor(x))) return 0.0;  // sin(πk) is not exactly 0 in floating point
  return Sinc(x) * Sinc(x / 3.0);
}

double Bicubic(double x) {
  constexpr double a = -0.5;
  if (x >= 2.0) return 0.0;
  if (x >= 1.0) return a * (x * x * x - 5.0 * x * x + 8.0 * x - 4.0);
  return (a + 2.0) * x * x * x - (a + 3.0) * x * x + 1.0;
}

// One side of an even kernel as a table, read by linear interpolation: within 3e-7 of the formula.
class Kernel {
 public:
  explicit Kernel(ResampleFilter filter) : reach_(filter == ResampleFilter::kLanczos3 ? 3 : 2) {
    for (int i = 0; i <= reach_ * kSteps + 1; ++i) {
      const double x = static_cast<double>(i) / kSteps;
      values_.push_back(filter == ResampleFilter::kLanczos3 ? Lanczos3(x) : Bicubic(x));
    }
  }
  int reach() const { return reach_; }
  double At(double x) const {
    const double at = std::abs(x) * kSteps;
    const auto index = static_cast<std::size_t>(at);
    if (index >= static_cast<std::size_t>(reach_) * kSteps) return 0.0;
    return values_[index] + (at - static_cast<double>(index)) * (values_[index + 1] - values_[index]);
  }

 private:
  int reach_;
  std::vector<double> values_;
};

// The taps along one axis of the reference for one place.
struct Taps {
  int first = 0;
  std::vector<float> weights;

  void Set(const Kernel& kernel, double at, double stretch) {
    const double reach = kernel.reach() * stretch;
    first = static_cast<int>(std::ceil(at - reach));
    const int last = static_cast<int>(std::floor(at + reach));
    weights.resize(static_cast<std::size_t>(last - first + 1));
    double sum = 0.0;
    for (int i = first; i <= last; ++i) sum += weights[i - first] = static_cast<float>(kernel.At((i - at) / stretch));
    for (float& w : weights) w = static_cast<float>(w / sum);
  }
};

double CoveredShare(double at, double width, int pixels) {
  const double low = std::max(at - .5 * width, -.5), high = std::min(at + .5 * width, pixels - .5);
  return std::max(0.0, high - low) / width;
}

class Rows : public cv::ParallelLoopBody {
 public:
  Rows(const image::Image& reference, const Transform& transform, const DisplacementField* field, const Kernel& kernel,
       Resampled& out)
      : reference_(reference), transform_(transform), field_(field), kernel_(kernel), out_(out) {}

  void operator()(const cv::Range& rows) const override {
    Taps across, down;
    for (int y = rows.start; y < rows.end; ++y) {
      for (int x = 0; x < out_.picture.width_px(); ++x) Pixel(x, y, across, down);
    }
  }

 private:
  void Pixel(int x, int y, Taps& across, Taps& down) const {
    const std::size_t at = static_cast<std::size_t>(y) * out_.picture.width_px() + x;
    Point p{static_cast<double>(x), static_cast<double>(y)};
    if (field_ != nullptr) p = {p.x + field_->dx_px[at], p.y + field_->dy_px[at]};
    const Point q = transform_.Apply(p);
    const auto j = JacobianAt(transform_, p);
    const double sx = std::max(1.0, std::hypot(j[0], j[1])), sy = std::max(1.0, std::hypot(j[2], j[3]));
    if (!std::isfinite(q.x) || !std::isfinite(q.y) || !std::isfinite(sx) || !std::isfinite(sy)) return;
    const double covered = CoveredShare(q.x, sx, reference_.width_px()) * CoveredShare(q.y, sy, reference_.height_px());
    out_.coverage.plane(0)[at] = static_cast<float>(covered);
    if (covered <= 0.0) return;
    across.Set(kernel_, q.x, sx);
    down.Set(kernel_, q.y, sy);
    for (int c = 0; c < reference_.channel_count(); ++c) out_.picture.plane(c)[at] = Sum(c, across, down);
  }

  float Sum(int channel, const Taps& across, const Taps& down) const {
    const auto plane = reference_.plane(channel);
    const int width = reference_.width_px(), height = reference_.height_px();
    const int taps = static_cast<int>(across.weights.size());
    const bool inside = across.first >= 0 && across.first + taps <= width;
    double sum = 0.0;
    for (std::size_t k = 0; k < down.weights.size(); ++k) {
      if (down.weights[k] == 0.0F) continue;
      const int row = std::clamp(down.first + static_cast<int>(k), 0, height - 1);
      const float* values = plane.data() + static_cast<std::size_t>(row) * width;
      float line = 0.0F;
      if (inside) {
        for (int i = 0; i < taps; ++i) line += across.weights[i] * values[across.first + i];
      } else {
        for (int i = 0; i < taps; ++i) line += across.weights[i] * values[std::clamp(across.first + i, 0, width - 1)];
      }
      sum += static_cast<double>(down.weights[k]) * line;
    }
    return static_cast<float>(sum);
  }

  const image::Image& reference_;
  const Transform& transform_;
  const DisplacementField* field_;
  const Kernel& kernel_;
  Resampled& out_;
};

Resampled Run(const image::Image& reference, const Transform& transform, const DisplacementField* field,
              image::Size size, ResampleFilter filter) {
  if (reference.empty()) throw std::invalid_argument("Resample: the reference has no pixels");
  Resampled out{image::Image(size, reference.channels(), reference.color_space()),
                image::Image(size, {"coverage"}, reference.color_space())};
  const Kernel kernel(filter);
  cv::parallel_for_(cv::Range(0, size.height_px), Rows(reference, transform, field, kernel, out));
  return out;
}

}  // namespace

Resampled Resample(const image::Image& reference, const Transform& transform, image::Size size, ResampleFilter filter) {
  return Run(reference, transform, nullptr, size, filter);
}

Resampled ResampleWithField(const image::Image& reference, const Transform& transform, const DisplacementField& field,
                            ResampleFilter filter) {
  const std::size_t count =
      static_cast<std::size_t>(std::max(0, field.size.width_px)) * std::max(0, field.size.height_px);
  if (field.dx_px.size() != count || field.dy_px.size() != count) {
    throw std::invalid_argument(
        "ResampleWithField: the displacement field does not hold one shift a pixel of its size");
  }
  return Run(reference, transform, &field, field.size, filter);
}

}  // namespace interneg::alignment
