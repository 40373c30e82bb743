#include <cmath>

#include "worker/engine/training/weights_torch.h"

namespace interneg::training {

FlatWeights::FlatWeights(model::Network& network, const at::Device& device) {
  const auto parameters = network.Parameters();
  std::vector<at::Tensor> flat;
  for (const auto& parameter : parameters) flat.push_back(parameter.slot->detach().reshape({-1}));
  values_ = at::cat(flat).to(device).contiguous();
  gradients_ = at::zeros_like(values_);
  std::int64_t begin = 0;
  for (const auto& parameter : parameters) {
    const auto shape = parameter.slot->sizes().vec();
    const std::int64_t count = parameter.slot->numel();
    at::Tensor view = values_.narrow(0, begin, count).view(shape).detach();
    view.set_requires_grad(true);
    view.mutable_grad() = gradients_.narrow(0, begin, count).view(shape);
    *parameter.slot = view;
    begin += count;
  }
}

void BindValues(model::Network& network, const at::Tensor& values) {
  std::int64_t begin = 0;
  for (const auto& parameter : network.Parameters()) {
    const auto shape = parameter.slot->sizes().vec();
    const std::int64_t count = parameter.slot->numel();
    *parameter.slot = values.narrow(0, begin, count).view(shape).detach();
    begin += count;
  }
}

Optimizer::Optimizer(const at::Tensor& values)
    : first_moment(at::zeros_like(values)), second_moment(at::zeros_like(values)), average(values.clone()) {}

void Optimizer::Step(at::Tensor& values, const at::Tensor& gradients, const StepSettings& settings) {
  constexpr double kBeta1 = 0.9, kBeta2 = 0.99, kEpsilon = 1e-8;
  const at::NoGradGuard no_gradients;
  ++updates;
  const auto n = static_cast<double>(updates);
  first_moment.mul_(kBeta1).add_(gradients, 1.0 - kBeta1);
  second_moment.mul_(kBeta2).addcmul_(gradients, gradients, 1.0 - kBeta2);
  const at::Tensor scale = (second_moment / (1.0 - std::pow(kBeta2, n))).sqrt_().add_(kEpsilon);
  values.mul_(1.0 - settings.learning_rate * settings.weight_decay);
  values.addcdiv_(first_moment, scale, -settings.learning_rate / (1.0 - std::pow(kBeta1, n)));
  average.lerp_(values, 1.0 - settings.average_decay);
}

double ClipNorm(at::Tensor& gradients, double limit) {
  const at::NoGradGuard no_gradients;
  const double norm = gradients.norm().item<double>();
  if (std::isfinite(norm) && norm > limit) gradients.mul_(limit / norm);
  return norm;
}

}  // namespace interneg::training
