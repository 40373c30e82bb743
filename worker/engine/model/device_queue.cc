#include "worker/engine/model/device_queue.h"

#include <stdexcept>
#include <utility>

#include <c10/core/impl/VirtualGuardImpl.h>

#include "worker/engine/model/device_queue_torch.h"

namespace interneg::model {

DeviceQueue::Implementation::Implementation(const at::Device& device) : device_(device) {
  if (!device.is_cpu()) stream_ = c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device);
}

at::Tensor DeviceQueue::Implementation::Staged(const at::Tensor& host) const {
  return stream_ ? host.contiguous().pin_memory() : host;
}

at::Tensor DeviceQueue::Implementation::To(const at::Tensor& staged) const {
  return stream_ ? staged.to(device_, /*non_blocking=*/true) : staged;
}

at::Tensor DeviceQueue::Implementation::Back(const at::Tensor& computed) const {
  const at::Tensor whole = computed.to(at::kFloat).contiguous();
  if (!stream_) return whole;
  at::Tensor host = at::empty(whole.sizes(), at::TensorOptions().dtype(at::kFloat).pinned_memory(true));
  return host.copy_(whole, /*non_blocking=*/true);
}

void DeviceQueue::Implementation::Wait() const {
  if (stream_) stream_->synchronize();
}

DeviceQueue::DeviceQueue(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
DeviceQueue::DeviceQueue(DeviceQueue&&) noexcept = default;
DeviceQueue& DeviceQueue::operator=(DeviceQueue&&) noexcept = default;
DeviceQueue::~DeviceQueue() = default;

FrameOnDevice::FrameOnDevice(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
FrameOnDevice::FrameOnDevice(FrameOnDevice&&) noexcept = default;
FrameOnDevice& FrameOnDevice::operator=(FrameOnDevice&&) noexcept = default;
FrameOnDevice::~FrameOnDevice() = default;

FrameOnDevice::Implementation BeginFrame(const Model::Implementation& model, const at::Tensor& ycbcr, int tile_px,
                                         const DeviceQueue::Implementation& queue) {
  const at::NoGradGuard no_gradients;
  FrameOnDevice::Implementation frame{queue, ycbcr, tile_px};
  if (model.shares.correction == 0.0 || !Learns(model.description.kind)) {
    frame.whole = PredictFrame(model, ycbcr, tile_px);
    return frame;
  }
  const image::Size size{static_cast<int>(ycbcr.size(3)), static_cast<int>(ycbcr.size(2))};
  queue.On([&] {
    for (const auto& [inside, window] : TilesOf(model.description, size, tile_px)) {
      const at::Tensor input =
          queue.Staged(NetworkInput(model.description, model.fits.first_guess, CutWindow(ycbcr, window), window));
      const at::Tensor correction = model.network.Correct(queue.To(input), {PlaceOf(window)}, ToTorch(model.precision));
      frame.parts.push_back({input, queue.Back(correction)});
    }
  });
  return frame;
}

at::Tensor FinishFrame(const Model::Implementation& model, const FrameOnDevice::Implementation& frame) {
  const at::NoGradGuard no_gradients;
  if (frame.whole.defined()) return frame.whole;
  frame.queue.Wait();
  auto part = frame.parts.begin();
  return InTiles(model.description, frame.ycbcr, frame.tile_px, [&](const at::Tensor& tile, const Window& window) {
    const auto& [input, correction] = *part++;
    return Corrected(model, tile, input, correction, window);
  });
}

DeviceQueue Model::MakeQueue() const {
  return DeviceQueue(std::make_unique<DeviceQueue::Implementation>(implementation_->device));
}

FrameOnDevice Model::Begin(const image::Image& source, const DeviceQueue& queue, const RecoverOptions& options) const {
  const at::Tensor ycbcr = SeenPlanes(description(), source, "Begin");
  return TellingOutOfMemory([&] {
    auto frame = BeginFrame(*implementation_, ycbcr, options.tile_px, queue.implementation());
    frame.color_space = source.color_space();
    return FrameOnDevice(std::make_unique<FrameOnDevice::Implementation>(std::move(frame)));
  });
}

image::Image Model::Finish(const FrameOnDevice& frame) const {
  return TellingOutOfMemory([&] {
    const auto& begun = frame.implementation();
    return FreePlanesImage(description(), FinishFrame(*implementation_, begun), begun.color_space);
  });
}

}  // namespace interneg::model
