// The one place where pictures become tensors and back.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_IMAGE_TENSOR_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_IMAGE_TENSOR_TORCH_H_

#include <string>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/image/image.h"

namespace interneg::model {

// All planes → float32 [1, channels, height, width] on the CPU; the values are copied.
at::Tensor ToTensor(const image::Image& image);

// [1, c, h, w] or [c, h, w], any device and floating type → planes named `channels` (c of them). Throws
// std::invalid_argument when the number of planes differs.
image::Image ToImage(const at::Tensor& tensor, std::vector<std::string> channels, std::string color_space);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_IMAGE_TENSOR_TORCH_H_
