#include <cstring>
#include <stdexcept>
#include <utility>

#include "worker/engine/model/image_tensor_torch.h"

namespace interneg::model {

at::Tensor ToTensor(const image::Image& image) {
  at::Tensor tensor = at::empty({1, image.channel_count(), image.height_px(), image.width_px()}, at::kFloat);
  std::memcpy(tensor.data_ptr<float>(), image.values().data(), image.values().size_bytes());
  return tensor;
}

image::Image ToImage(const at::Tensor& tensor, std::vector<std::string> channels, std::string color_space) {
  const at::Tensor planes = tensor.dim() == 4 ? tensor.squeeze(0) : tensor;
  if (planes.dim() != 3 || planes.size(0) != static_cast<std::int64_t>(channels.size())) {
    throw std::invalid_argument("ToImage: the tensor has not " + std::to_string(channels.size()) + " planes");
  }
  const at::Tensor whole = planes.detach().to(at::kCPU, at::kFloat).contiguous();
  image::Image image({static_cast<int>(whole.size(2)), static_cast<int>(whole.size(1))}, std::move(channels),
                     std::move(color_space));
  std::memcpy(image.values().data(), whole.data_ptr<float>(), image.values().size_bytes());
  return image;
}

}  // namespace interneg::model
