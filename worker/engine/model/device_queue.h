// Frames on a device of its own: what goes there, is computed and comes back in order, while the host does other
// things.
//
// With two queues, taken in turn, the next frame's planes travel while one frame is computed and the last one's come
// back. On a CPU there is nothing to wait for: all is done when it is begun. Written against what LibTorch's devices
// have in common, compiled and tested on the CPU; it has not been run on CUDA yet.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DEVICE_QUEUE_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DEVICE_QUEUE_H_

#include <memory>

namespace interneg::model {

// A stream of its own of a model's device, and pinned memory for what passes through. Its device memory is kept for the
// next frame, so that frames take turns on few queues rather than each one of its own. Movable, not synchronised: one
// thread at a time. Outlives the frames begun on it.
class DeviceQueue {
 public:
  class Implementation;

  explicit DeviceQueue(std::unique_ptr<Implementation> implementation);
  DeviceQueue(DeviceQueue&&) noexcept;
  DeviceQueue& operator=(DeviceQueue&&) noexcept;
  ~DeviceQueue();
  const Implementation& implementation() const { return *implementation_; }

 private:
  std::unique_ptr<Implementation> implementation_;
};

// A frame that Model::Begin has put on a queue, for Model::Finish. Opaque, movable.
class FrameOnDevice {
 public:
  struct Implementation;

  explicit FrameOnDevice(std::unique_ptr<Implementation> implementation);
  FrameOnDevice(FrameOnDevice&&) noexcept;
  FrameOnDevice& operator=(FrameOnDevice&&) noexcept;
  ~FrameOnDevice();
  const Implementation& implementation() const { return *implementation_; }

 private:
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_DEVICE_QUEUE_H_
