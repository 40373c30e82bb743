// The processes of one data-parallel training, over LibTorch's c10d: Gloo on CPU, NCCL on CUDA where it is there.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_PROCESS_GROUP_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_PROCESS_GROUP_TORCH_H_

#include <memory>

#include <torch/torch.h>

#include "worker/engine/model/compute.h"
#include "worker/engine/training/group_place.h"

namespace interneg::training {

// Every process calls the same functions in the same order; each call waits for all. Not synchronised.
class ProcessGroup {
 public:
  // Waits for all processes to come, as long as the place's patience lasts. Throws ProcessLost, std::invalid_argument
  // for a place that cannot be (CheckPlace) and for a device whose transport this LibTorch was built without.
  ProcessGroup(const GroupPlace& place, const model::Device& device);
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  bool leads() const { return place_.rank == 0; }
  int rank() const { return place_.rank; }
  int ranks() const { return place_.ranks; }

  // The sum over all processes takes the place of each one's `values`: contiguous, of one shape and type, on the group's
  // device. The same bits everywhere. Throws ProcessLost.
  void Sum(at::Tensor& values);
  // The leader's `values` take the place of all others'. Throws ProcessLost.
  void TakeLeaders(at::Tensor& values);

 private:
  struct Transport;

  const GroupPlace place_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_PROCESS_GROUP_TORCH_H_
