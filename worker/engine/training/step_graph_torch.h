// A training step's work on the device, recorded once as a CUDA graph and repeated, so that hundreds of small kernels
// are launched by one call.
//
// Compiled where LibTorch was built for CUDA and the toolkit's headers are there; elsewhere, and on a CPU, what is
// repeated is simply done again, which is how it is tested. It has not been run on CUDA yet.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_STEP_GRAPH_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_STEP_GRAPH_TORCH_H_

#include <functional>
#include <memory>

#include <torch/torch.h>

namespace interneg::training {

class StepGraph {
 public:
  // Whether this build can record what is computed on that device.
  static bool CanRecord(const at::Device& device);

  // Does `work` a few times and records it. It must read and write the same tensors each time, make no decision by
  // their values, and fetch nothing from the host. Throws what `work` throws and c10::Error where it cannot be
  // recorded.
  StepGraph(const at::Device& device, std::function<void()> work);
  ~StepGraph();
  StepGraph(const StepGraph&) = delete;
  StepGraph& operator=(const StepGraph&) = delete;

  // The work once more, on the current stream.
  void Repeat();

 private:
  struct Recording;

  const std::function<void()> work_;
  std::unique_ptr<Recording> recording_;  // null: the work is done again
};

// Forward, loss and backward of batches of one shape.
class RecordedStep {
 public:
  // [n, …] float32 on the device; `weight` may be undefined. Places: [n, 4], model::PlacesOf.
  struct Batch {
    at::Tensor input;
    at::Tensor truth;
    at::Tensor weight;
    at::Tensor places;
  };
  // Valid until the next step.
  struct Outcome {
    at::Tensor output;
    at::Tensor loss;  // a scalar
  };
  // Leaves the gradients where they belong.
  using Differentiate = std::function<Outcome(const Batch&)>;

  // Recorded on `first`. Throws as StepGraph does.
  RecordedStep(const Batch& first, Differentiate differentiate);

  // Whether the batch is of the shape that was recorded.
  bool Fits(const Batch& batch) const;
  Outcome Run(const Batch& batch);

 private:
  Batch batch_;
  const Differentiate differentiate_;
  Outcome outcome_;
  StepGraph graph_;
};

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_STEP_GRAPH_TORCH_H_
