// Products of all rows with all rows, summed: what normal equations are made of.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_GRAM_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_GRAM_TORCH_H_

#include <torch/torch.h>

namespace interneg::model {

// sums += rows · diag(weight) · rowsᵀ. rows: float64 [k, n], weight: [n], sums: [k, k]; all contiguous, on the CPU. In
// double, since the equations are nearly singular; by a kernel of its own, since LibTorch hands double products to whatever
// BLAS is installed: three quarters of a fit's time went into Debian's reference BLAS. The order of a sum depends on n alone.
void AddGram(const at::Tensor& rows, const at::Tensor& weight, at::Tensor& sums);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_GRAM_TORCH_H_
