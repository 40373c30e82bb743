// Slices a bilateral grid of affine maps at full resolution, guided by a small learned function of the colour.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_BILATERAL_SLICE_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_BILATERAL_SLICE_TORCH_H_

#include <torch/torch.h>

#include "worker/engine/model/correction_graph.h"

namespace interneg::model {

// guide(z) = tanh(w2 · relu(w1 z + b1) + b2 + 2Y − 1), in (−1, 1), spans the bins.
struct Guide {
  at::Tensor w1;  // [kGuideHidden, kSliceInputs]
  at::Tensor b1;  // [kGuideHidden]
  at::Tensor w2;  // [kGuideHidden]
  at::Tensor b2;  // [1]
};

// grid_nhwc: float32 [n, gh, gw, bins · 16], coefficient fastest; z_nchw: float32 [n, 7, h, w], which gets no gradient.
// Cell (i, j) is centred on pixel ((i + ½) shrink − ½, (j + ½) shrink − ½); beyond the outer centres the outer cell
// counts. Trilinear between cells and bins. Returns float32 [n, 2, h, w]. On CPUs a fused kernel whose sums do not
// depend on the number of threads; elsewhere composed of tensor operations.
at::Tensor BilateralSlice(const at::Tensor& grid_nhwc, const at::Tensor& z_nchw, const Guide& guide, int shrink);

// The composed form, on any device; the fused kernel is tested against it.
at::Tensor BilateralSliceComposed(const at::Tensor& grid_nhwc, const at::Tensor& z_nchw, const Guide& guide,
                                  int shrink);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_BILATERAL_SLICE_TORCH_H_
