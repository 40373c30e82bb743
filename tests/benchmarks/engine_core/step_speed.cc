#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "tests/benchmarks/engine_core/measures.h"
#include "worker/engine/model/bilateral_slice_torch.h"
#include "worker/engine/model/model_torch.h"
#include "worker/engine/model/network_torch.h"
#include "worker/engine/training/weights_torch.h"

namespace interneg::benchmarks {
namespace {

constexpr int kPatch_px = 256;
constexpr int kBatch = 3;

// The median of several runs after two for warming up, in milliseconds.
double Median_ms(const at::Device& device, const std::function<void()>& run) {
  std::vector<double> times;
  for (int i = 0; i < 9; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    if (device.is_cuda()) torch::cuda::synchronize(device.index());
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(times.begin() + 2, times.end());
  return times[2 + (times.size() - 2) / 2];
}

double Step_ms(const model::NetworkDescription& description, const at::Device& device, at::ScalarType compute) {
  model::Network network(description, 1);
  training::FlatWeights weights(network, device);
  training::Optimizer optimizer(weights.values());
  const at::Tensor z = at::rand({kBatch, model::InputPlanes(description), kPatch_px, kPatch_px}).to(device);
  const std::vector<model::Place> places(kBatch, model::PlaceOf({0, 0, {kPatch_px, kPatch_px}, {640, 360}}));
  return Median_ms(device, [&] {
    weights.gradients().zero_();
    network.Correct(z, places, compute).abs().mean().backward();
    training::ClipNorm(weights.gradients(), 1.0);
    optimizer.Step(weights.values(), weights.gradients(), {1e-4, 1e-4, .9});
  });
}

double Slice_ms(const at::Device& device, bool fused) {
  const auto leaf = [&](at::IntArrayRef shape) { return (at::randn(shape) * .3).to(device).set_requires_grad(true); };
  const at::Tensor grid = leaf({kBatch, kPatch_px / 4, kPatch_px / 4, 8 * model::kSliceCoefficients});
  const at::Tensor z = at::rand({kBatch, model::kSliceInputs, kPatch_px, kPatch_px}).to(device);
  const model::Guide guide{leaf({model::kGuideHidden, model::kSliceInputs}), leaf({model::kGuideHidden}),
                           leaf({model::kGuideHidden}), leaf({1})};
  return Median_ms(device, [&] {
    const auto out =
        fused ? model::BilateralSlice(grid, z, guide, 4) : model::BilateralSliceComposed(grid, z, guide, 4);
    out.abs().mean().backward();
  });
}

}  // namespace

void MeasureStepSpeed(const model::Device& device, int threads) {
  model::SetComputeThreads(threads);
  const at::Device where = model::ToTorch(device);
  for (const auto kind : {model::NetworkKind::kGrid, model::NetworkKind::kUNet}) {
    const auto d = model::DescribeNetwork(kind, model::NetworkSize::kMedium, model::FreePlanes::kChroma,
                                          image::YCbCrMatrix::kBt709);
    const double full = Step_ms(d, where, at::kFloat), half = Step_ms(d, where, at::kBFloat16);
    std::printf("step %-5s %7lld parameters %6.1f kMAC/px: fp32 %7.1f ms, bf16 %7.1f ms, fp32/bf16 %.2f\n",
                std::string(model::NameOf(kind)).c_str(), static_cast<long long>(model::ParameterCount(d)),
                model::KiloMacsPerPixel(d), full, half, full / half);
  }
  const double composed = Slice_ms(where, false), fused = Slice_ms(where, true);
  std::printf("slice: composed %.1f ms, fused %.1f ms, composed/fused %.2f\n", composed, fused, composed / fused);
}

}  // namespace interneg::benchmarks
