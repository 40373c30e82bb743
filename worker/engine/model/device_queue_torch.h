// What a DeviceQueue and a FrameOnDevice hold, for this module and its tests.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DEVICE_QUEUE_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DEVICE_QUEUE_TORCH_H_

#include <optional>
#include <string>
#include <vector>

#include <c10/core/StreamGuard.h>
#include <torch/torch.h>

#include "worker/engine/model/device_queue.h"
#include "worker/engine/model/model_torch.h"

namespace interneg::model {

class DeviceQueue::Implementation {
 public:
  explicit Implementation(const at::Device& device);

  // Calls `work` so that what it computes on the device is put on this queue.
  template <typename Work>
  auto On(const Work& work) const {
    if (!stream_) return work();
    const c10::StreamGuard current(*stream_);
    return work();
  }

  // All of these inside On. Staged: the tensor in pinned memory, where the device can fetch it from; on a CPU as it is.
  // To and Back return before the values have moved: what they are given must stay until Wait, and what Back returns
  // has its values after it. Back: float32, contiguous.
  at::Tensor Staged(const at::Tensor& host) const;
  at::Tensor To(const at::Tensor& staged) const;
  at::Tensor Back(const at::Tensor& computed) const;

  // Until all that was put on the queue so far is done.
  void Wait() const;

 private:
  const at::Device device_;
  std::optional<c10::Stream> stream_;  // none on a CPU
};

struct FrameOnDevice::Implementation {
  struct Part {
    at::Tensor input;       // of the network, staged
    at::Tensor correction;  // on its way back
  };
  const DeviceQueue::Implementation& queue;
  at::Tensor ycbcr;
  int tile_px = 0;
  std::vector<Part> parts = {};  // by tile
  at::Tensor whole = {};         // what is computed on the host in any case: the result
  std::string color_space = {};
};

// Predicts a frame's free planes in two steps on a queue of the model's device; together they equal PredictFrame.
FrameOnDevice::Implementation BeginFrame(const Model::Implementation& model, const at::Tensor& ycbcr, int tile_px,
                                         const DeviceQueue::Implementation& queue);
at::Tensor FinishFrame(const Model::Implementation& model, const FrameOnDevice::Implementation& frame);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_DEVICE_QUEUE_TORCH_H_
