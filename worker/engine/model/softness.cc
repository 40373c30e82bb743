#include <cmath>
#include <cstdint>

#include "worker/engine/model/softness_torch.h"

namespace interneg::model {
namespace {

// Three σ hold 99.7 % of it.
at::Tensor Kernel(double sigma_px, const at::TensorOptions& options) {
  const auto reach = static_cast<std::int64_t>(std::ceil(3.0 * sigma_px));
  const at::Tensor x = at::arange(-reach, reach + 1, options);
  const at::Tensor g = at::exp(-x.square() / (2.0 * sigma_px * sigma_px));
  return g / g.sum();
}

enum class Axis { kX, kY };

// [n, k, h, w]; each plane by itself. From the first pixel along the axis every step-th.
at::Tensor SoftenedAlong(Axis axis, const at::Tensor& planes, double sigma_px, std::int64_t first = 0,
                         std::int64_t step = 1) {
  if (sigma_px <= 0.0) return planes.slice(axis == Axis::kX ? 3 : 2, first, {}, step);
  const at::Tensor kernel = Kernel(sigma_px, planes.options().requires_grad(false));
  const std::int64_t taps = kernel.size(0), reach = taps / 2, count = planes.size(1);
  const auto filtered = [&](at::IntArrayRef padding, at::IntArrayRef shape, at::IntArrayRef stride) {
    const at::Tensor weight = kernel.view(shape).expand({count, 1, shape[2], shape[3]}).contiguous();
    const at::Tensor padded = at::replication_pad2d(planes, padding).slice(axis == Axis::kX ? 3 : 2, first);
    return at::conv2d(padded, weight, {}, stride, at::IntArrayRef{0}, 1, count);
  };
  return axis == Axis::kX ? filtered({reach, reach, 0, 0}, {1, 1, 1, taps}, {1, step})
                          : filtered({0, 0, reach, reach}, {1, 1, taps, 1}, {step, 1});
}

}  // namespace

double SigmaOfBandwidth(double share) {
  return share >= 1.0 ? 0.0 : std::sqrt(std::log(2.0)) / (3.14159265358979323846 * share);
}

at::Tensor Softened(const at::Tensor& planes, const Softness& softness) {
  if (softness.is_sharp()) return planes;
  return SoftenedAlong(Axis::kY, SoftenedAlong(Axis::kX, planes, softness.x_px), softness.y_px);
}

// Down first: with that all but every step-th row is done with.
at::Tensor SoftenedEvery(const at::Tensor& planes, const Softness& softness, const Every& every) {
  const at::Tensor rows = SoftenedAlong(Axis::kY, planes, softness.y_px, every.first_y, every.step);
  return SoftenedAlong(Axis::kX, rows, softness.x_px, every.first_x, every.step);
}

}  // namespace interneg::model
