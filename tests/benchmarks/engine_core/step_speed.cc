#include <sys/resource.h>

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
#include "worker/engine/training/step_graph_torch.h"
#include "worker/engine/training/weights_torch.h"

namespace interneg::benchmarks {
namespace {

constexpr int kPatch_px = 256;
constexpr int kBatch = 3;
constexpr int kRuns = 7;

// Of `count` runs after two for warming up, in milliseconds.
std::vector<double> Times_ms(const at::Device& device, int count, const std::function<void()>& run) {
  std::vector<double> times;
  for (int i = -2; i < count; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    if (device.is_cuda()) torch::cuda::synchronize(device.index());
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (i >= 0) times.push_back(took.count());
  }
  return times;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::vector<double> Steps_ms(const model::NetworkDescription& description, const at::Device& device,
                             at::ScalarType compute, const StepSize& size) {
  model::Network network(description, 1);
  training::FlatWeights weights(network, device);
  training::Optimizer optimizer(weights.values());
  const at::Tensor z = at::rand({size.batch, model::InputPlanes(description), size.patch_px, size.patch_px}).to(device);
  const std::vector<model::Place> places(
      static_cast<std::size_t>(size.batch),
      model::PlaceOf({0, 0, {size.patch_px, size.patch_px}, {2 * size.patch_px, 2 * size.patch_px}}));
  const auto update = [&] {
    training::ClipNorm(weights.gradients(), 1.0);
    optimizer.Step(weights.values(), weights.gradients(), {1e-4, 1e-4, .9});
  };
  if (size.recording == training::StepRecording::kOn) {
    const at::Tensor places_n4 = model::PlacesOf(places).to(device);
    training::StepGraph graph(device, [&] {
      weights.gradients().zero_();
      network.Correct(z, places_n4, compute).abs().mean().backward();
    });
    return Times_ms(device, size.steps, [&] {
      graph.Repeat();
      update();
    });
  }
  return Times_ms(device, size.steps, [&] {
    weights.gradients().zero_();
    network.Correct(z, places, compute).abs().mean().backward();
    update();
  });
}

double Step_ms(const model::NetworkDescription& description, const at::Device& device, at::ScalarType compute,
               training::StepRecording recording = training::StepRecording::kOff) {
  return Median(Steps_ms(description, device, compute, {kPatch_px, kBatch, kRuns, recording}));
}

double Slice_ms(const at::Device& device, bool fused) {
  const auto leaf = [&](at::IntArrayRef shape) { return (at::randn(shape) * .3).to(device).set_requires_grad(true); };
  const at::Tensor grid = leaf({kBatch, kPatch_px / 4, kPatch_px / 4, 8 * model::kSliceCoefficients});
  const at::Tensor z = at::rand({kBatch, model::kSliceInputs, kPatch_px, kPatch_px}).to(device);
  const model::Guide guide{leaf({model::kGuideHidden, model::kSliceInputs}), leaf({model::kGuideHidden}),
                           leaf({model::kGuideHidden}), leaf({1})};
  return Median(Times_ms(device, kRuns, [&] {
    const auto out =
        fused ? model::BilateralSlice(grid, z, guide, 4) : model::BilateralSliceComposed(grid, z, guide, 4);
    out.abs().mean().backward();
  }));
}

model::NetworkDescription Described(const std::string& kind, const std::string& size) {
  return model::DescribeNetwork(model::ParseNetworkKind(kind), model::ParseNetworkSize(size), model::FreePlanes::kAll,
                                image::YCbCrMatrix::kBt709);
}

}  // namespace

void PrintNetwork(const std::string& kind, const std::string& size) {
  const auto network = Described(kind, size);
  std::printf("{\"width\": %d, \"levels\": %d, \"parameters\": %lld}\n", network.width, network.levels,
              static_cast<long long>(model::ParameterCount(network)));
}

void PrintSteps(const std::string& kind, const std::string& network_size, const StepSize& size,
                model::Precision precision, const model::Device& device, int threads) {
  model::PrepareToCompute(threads);
  const auto times = Steps_ms(Described(kind, network_size), model::ToTorch(device), model::ToTorch(precision), size);
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::printf("{\"peakRssKib\": %ld, \"stepsMs\": [", used.ru_maxrss);
  for (std::size_t i = 0; i < times.size(); ++i) std::printf("%s%.3f", i == 0 ? "" : ", ", times[i]);
  std::printf("]}\n");
}

void MeasureStepSpeed(const model::Device& device, int threads) {
  model::PrepareToCompute(threads);
  const at::Device where = model::ToTorch(device);
  for (const auto kind : {model::NetworkKind::kGrid, model::NetworkKind::kUNet}) {
    const auto d = model::DescribeNetwork(kind, model::NetworkSize::kMedium, model::FreePlanes::kChroma,
                                          image::YCbCrMatrix::kBt709);
    const double full = Step_ms(d, where, at::kFloat), half = Step_ms(d, where, at::kBFloat16);
    std::printf("step %-5s %7lld parameters %6.1f kMAC/px: fp32 %7.1f ms, bf16 %7.1f ms, fp32/bf16 %.2f\n",
                std::string(model::NameOf(kind)).c_str(), static_cast<long long>(model::ParameterCount(d)),
                model::KiloMacsPerPixel(d), full, half, full / half);
    if (!training::StepGraph::CanRecord(where)) continue;
    const double recorded = Step_ms(d, where, at::kBFloat16, training::StepRecording::kOn);
    std::printf("step %-5s recorded as a CUDA graph: bf16 %7.1f ms, launched one by one/recorded %.2f\n",
                std::string(model::NameOf(kind)).c_str(), recorded, half / recorded);
  }
  const double composed = Slice_ms(where, false), fused = Slice_ms(where, true);
  std::printf("slice: composed %.1f ms, fused %.1f ms, composed/fused %.2f\n", composed, fused, composed / fused);
}

}  // namespace interneg::benchmarks
