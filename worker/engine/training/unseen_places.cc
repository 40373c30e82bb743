#include <algorithm>
#include <cmath>
#include <cstdint>

#include "worker/engine/model/softness_torch.h"
#include "worker/engine/training/unseen_places_torch.h"

namespace interneg::training {
namespace {

constexpr double kUnseenWeight = 0.1, kLeastSeen = 0.01;
constexpr double kReach = 1.0 / 24.0;
constexpr std::int64_t kCoarse_px = 96;

// The misses are smooth by construction, so that a picture of 96 pixels holds them. [1, k, h, w]
at::Tensor Spread(const at::Tensor& miss, const at::Tensor& weight) {
  const std::int64_t longer = std::max(miss.size(2), miss.size(3));
  const std::int64_t factor = std::max<std::int64_t>(1, longer / kCoarse_px);
  const auto coarse = [&](const at::Tensor& planes) {
    return at::avg_pool2d(planes, factor, factor, 0, /*ceil_mode=*/true, /*count_include_pad=*/false);
  };
  const double sigma_px = kReach * static_cast<double>(longer) / static_cast<double>(factor);
  const model::Softness wide{sigma_px, sigma_px};
  const at::Tensor seen = model::Softened(coarse(weight), wide);
  const at::Tensor mean = model::Softened(coarse(miss * weight), wide) / (seen + kLeastSeen);
  return at::upsample_bilinear2d(mean, {miss.size(2), miss.size(3)}, false);
}

}  // namespace

TaughtPlanes WithUnseenPlaces(const TaughtPlanes& taught, const at::Tensor& first_guess, const model::Softness& softness) {
  const at::NoGradGuard no_gradients;
  const at::Tensor truth = taught.truth.unsqueeze(0), weight = taught.weight.unsqueeze(0), guess = first_guess.unsqueeze(0);
  const at::Tensor unseen = kUnseenWeight * (1.0 - weight);
  const at::Tensor told = model::Softened(guess + Spread(truth - model::Softened(guess, softness), weight), softness);
  const at::Tensor sum = weight + unseen;
  return {((weight * truth + unseen * told) / sum).squeeze(0).contiguous(), sum.squeeze(0).contiguous()};
}

}  // namespace interneg::training
