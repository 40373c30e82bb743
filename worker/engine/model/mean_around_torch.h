// The mean of what lies around each pixel.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_MEAN_AROUND_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_MEAN_AROUND_TORCH_H_

#include <torch/torch.h>

namespace interneg::model {

// Over squares of 2 · radius_px + 1 pixels a side, the edges repeated. planes: float32 on the CPU, [1, k, h, w] → the
// same shape. A pixel's sum is always made in the same order, so that parts of a picture agree with the whole.
// LibTorch's avg_pool2d looks at every pixel of every square: at 4K that was a quarter of a frame's time.
at::Tensor MeanAround(const at::Tensor& planes, int radius_px);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_MEAN_AROUND_TORCH_H_
