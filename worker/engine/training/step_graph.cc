#include <exception>
#include <utility>

// Of CUDA's headers wheels may hold a part only.
#if defined(INTERNEG_TORCH_CUDA) && __has_include(<ATen/cuda/CUDAGraph.h>) && \
    __has_include(<cuda_runtime_api.h>) && __has_include(<crt/host_defines.h>)
#define INTERNEG_CUDA_GRAPHS 1
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

#include "worker/engine/training/step_graph_torch.h"

namespace interneg::training {
namespace {

bool SameShape(const at::Tensor& a, const at::Tensor& b) {
  return a.defined() == b.defined() && (!a.defined() || (a.sizes() == b.sizes() && a.dtype() == b.dtype()));
}

at::Tensor Kept(const at::Tensor& values) {
  return values.defined() ? values.detach().clone(at::MemoryFormat::Contiguous) : at::Tensor();
}

void Replace(at::Tensor& kept, const at::Tensor& values) {
  if (kept.defined()) kept.copy_(values);
}

}  // namespace

#if defined(INTERNEG_CUDA_GRAPHS)

struct StepGraph::Recording {
  at::cuda::CUDAGraph graph;

  // On a stream of its own: the default one cannot be recorded. What libraries set up on their first calls must have
  // happened before.
  void Record(const at::Device& device, const std::function<void()>& work) {
    constexpr int kWarmUp = 3;
    torch::cuda::synchronize(device.index());
    const c10::cuda::CUDAStream own = c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index());
    const c10::cuda::CUDAStreamGuard current(own);
    for (int i = 0; i < kWarmUp; ++i) work();
    own.synchronize();
    graph.capture_begin();
    try {
      work();
    } catch (...) {
      EndQuietly();
      throw;
    }
    graph.capture_end();
  }

 private:
  // The stream must not stay in recording; that what it has is of no use is known already.
  void EndQuietly() {
    try {
      graph.capture_end();
    } catch (const std::exception&) {
    }
  }
};

bool StepGraph::CanRecord(const at::Device& device) {
  return device.is_cuda();
}

StepGraph::StepGraph(const at::Device& device, std::function<void()> work) : work_(std::move(work)) {
  if (!device.is_cuda()) {
    work_();
    return;
  }
  recording_ = std::make_unique<Recording>();
  recording_->Record(device, work_);
}

void StepGraph::Repeat() {
  if (recording_) return recording_->graph.replay();
  work_();
}

#else

struct StepGraph::Recording {};

bool StepGraph::CanRecord(const at::Device&) {
  return false;
}

StepGraph::StepGraph(const at::Device&, std::function<void()> work) : work_(std::move(work)) {
  work_();
}

void StepGraph::Repeat() {
  work_();
}

#endif

StepGraph::~StepGraph() = default;

RecordedStep::RecordedStep(const Batch& first, Differentiate differentiate)
    : batch_{Kept(first.input), Kept(first.truth), Kept(first.weight), Kept(first.places)},
      differentiate_(std::move(differentiate)),
      graph_(first.input.device(), [this] { outcome_ = differentiate_(batch_); }) {}

bool RecordedStep::Fits(const Batch& batch) const {
  return SameShape(batch_.input, batch.input) && SameShape(batch_.truth, batch.truth) &&
         SameShape(batch_.weight, batch.weight) && SameShape(batch_.places, batch.places);
}

RecordedStep::Outcome RecordedStep::Run(const Batch& batch) {
  {
    const at::NoGradGuard no_gradients;
    Replace(batch_.input, batch.input);
    Replace(batch_.truth, batch.truth);
    Replace(batch_.weight, batch.weight);
    Replace(batch_.places, batch.places);
  }
  graph_.Repeat();
  return {outcome_.output.detach(), outcome_.loss.detach()};
}

}  // namespace interneg::training
