#include <cstddef>
#include <cstring>
#include <vector>

#include <ATen/Parallel.h>

#include "worker/engine/model/bilateral_slice_torch.h"
#include "worker/engine/model/slice_kernel.h"

namespace interneg::model {
namespace {

GuideValues ValuesOf(const Guide& guide) {
  GuideValues out;
  const auto copy = [](const at::Tensor& from, float* to) {
    const auto whole = from.detach().contiguous();
    std::memcpy(to, whole.data_ptr<float>(), static_cast<std::size_t>(whole.numel()) * sizeof(float));
  };
  copy(guide.w1, &out.w1[0][0]);
  copy(guide.b1, out.b1);
  copy(guide.w2, out.w2);
  copy(guide.b2, &out.b2);
  return out;
}

SliceGeometry GeometryOf(const at::Tensor& grid, const at::Tensor& z, int shrink) {
  TORCH_CHECK(grid.dim() == 4 && z.dim() == 4 && z.size(1) == kSliceInputs && grid.size(0) == z.size(0) &&
                  grid.size(3) % kSliceCoefficients == 0 && grid.size(3) >= 2 * kSliceCoefficients,
              "BilateralSlice: grid [n, gh, gw, bins * 16] and z [n, 7, h, w] are needed");
  SliceGeometry g{static_cast<int>(z.size(0)),
                  static_cast<int>(z.size(2)),
                  static_cast<int>(z.size(3)),
                  static_cast<int>(grid.size(1)),
                  static_cast<int>(grid.size(2)),
                  static_cast<int>(grid.size(3)) / kSliceCoefficients,
                  shrink,
                  {}};
  for (int x = 0; x < g.w; ++x) g.columns.push_back(BetweenCells(x, shrink, g.gw));
  return g;
}

at::Tensor FusedForward(const at::Tensor& grid, const at::Tensor& z, const Guide& guide, int shrink) {
  const SliceGeometry geometry = GeometryOf(grid, z, shrink);
  const GuideValues values = ValuesOf(guide);
  at::Tensor out = at::empty({geometry.n, 2, geometry.h, geometry.w}, z.options());
  const SliceKernel kernel(geometry, grid.data_ptr<float>(), z.data_ptr<float>(), values);
  float* to = out.data_ptr<float>();
  at::parallel_for(
      0, static_cast<std::int64_t>(geometry.n) * geometry.stripes(), 1, [&](std::int64_t begin, std::int64_t end) {
        for (auto i = begin; i < end; ++i) {
          kernel.Forward(static_cast<int>(i / geometry.stripes()), static_cast<int>(i % geometry.stripes()), to);
        }
      });
  return out;
}

struct Gradients {
  at::Tensor grid;
  GuideValues guide = {};
};

Gradients FusedBackward(const at::Tensor& grid, const at::Tensor& z, const Guide& guide, int shrink,
                        const at::Tensor& out_gradient) {
  const SliceGeometry geometry = GeometryOf(grid, z, shrink);
  const GuideValues values = ValuesOf(guide);
  const SliceKernel kernel(geometry, grid.data_ptr<float>(), z.data_ptr<float>(), values);
  const int tasks = geometry.n * geometry.stripes();
  std::vector<std::vector<float>> grids(tasks);
  std::vector<GuideValues> guides(tasks, GuideValues{});
  const float* from = out_gradient.data_ptr<float>();
  at::parallel_for(0, tasks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = begin; i < end; ++i) {
      const int stripe = static_cast<int>(i % geometry.stripes());
      grids[i].assign(kernel.CellRows(stripe) * geometry.row_floats(), 0.0F);
      kernel.Backward(static_cast<int>(i / geometry.stripes()), stripe, from, grids[i].data(), guides[i]);
    }
  });
  Gradients out{at::zeros_like(grid)};
  float* sums = out.grid.data_ptr<float>();
  for (int i = 0; i < tasks; ++i) {
    const int first = kernel.FirstCellRow(i % geometry.stripes());
    const std::size_t at =
        (static_cast<std::size_t>(i / geometry.stripes()) * geometry.gh + first) * geometry.row_floats();
    for (std::size_t k = 0; k < grids[i].size(); ++k) sums[at + k] += grids[i][k];
    Add(guides[i], out.guide);
  }
  return out;
}

at::Tensor TensorOf(const float* values, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(values), shape, at::kFloat).clone();
}

class SliceFunction : public torch::autograd::Function<SliceFunction> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& grid, const at::Tensor& z,
                            const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2, const at::Tensor& b2,
                            std::int64_t shrink) {
    const at::Tensor whole_grid = grid.contiguous(), whole_z = z.contiguous();
    context->save_for_backward({whole_grid, whole_z, w1, b1, w2, b2});
    context->saved_data["shrink"] = shrink;
    return FusedForward(whole_grid, whole_z, {w1, b1, w2, b2}, static_cast<int>(shrink));
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Gradients g =
        FusedBackward(saved[0], saved[1], {saved[2], saved[3], saved[4], saved[5]},
                      static_cast<int>(context->saved_data["shrink"].toInt()), gradients[0].contiguous());
    return {g.grid,
            at::Tensor(),
            TensorOf(&g.guide.w1[0][0], {kGuideHidden, kSliceInputs}),
            TensorOf(g.guide.b1, {kGuideHidden}),
            TensorOf(g.guide.w2, {kGuideHidden}),
            TensorOf(&g.guide.b2, {1}),
            at::Tensor()};
  }
};

}  // namespace

at::Tensor BilateralSliceComposed(const at::Tensor& grid_nhwc, const at::Tensor& z_nchw, const Guide& guide,
                                  int shrink) {
  const std::int64_t n = z_nchw.size(0), h = z_nchw.size(2), w = z_nchw.size(3);
  const std::int64_t gh = grid_nhwc.size(1), gw = grid_nhwc.size(2), bins = grid_nhwc.size(3) / kSliceCoefficients;
  const at::Tensor hidden =
      at::relu(at::einsum("ji,bihw->bjhw", {guide.w1, z_nchw}) + guide.b1.view({1, kGuideHidden, 1, 1}));
  const at::Tensor g = at::tanh(at::einsum("j,bjhw->bhw", {guide.w2, hidden}) + guide.b2 + 2 * z_nchw.select(1, 0) - 1);
  const auto place = [&](std::int64_t extent, std::int64_t cells) {
    const at::Tensor pixel = at::arange(extent, z_nchw.options()) + 0.5;
    return pixel / (static_cast<double>(shrink) * static_cast<double>(cells)) * 2 - 1;
  };
  const at::Tensor x = place(w, gw).view({1, 1, w}).expand({n, h, w}),
                   y = place(h, gh).view({1, h, 1}).expand({n, h, w});
  // Without aligned corners, bin centres lie at ±(bins − 1)/bins.
  const double inner = static_cast<double>(bins - 1) / static_cast<double>(bins);
  const at::Tensor at_places = at::stack({x, y, g * inner}, -1).unsqueeze(1);
  const at::Tensor volume = grid_nhwc.view({n, gh, gw, bins, kSliceCoefficients}).permute({0, 4, 3, 1, 2});
  const at::Tensor map = at::grid_sampler_3d(volume, at_places, /*bilinear*/ 0, /*border*/ 1, false).squeeze(2);
  const at::Tensor terms = at::cat({z_nchw, at::ones_like(z_nchw.narrow(1, 0, 1))}, 1);
  return at::stack(
      {(map.narrow(1, 0, kSliceTerms) * terms).sum(1), (map.narrow(1, kSliceTerms, kSliceTerms) * terms).sum(1)}, 1);
}

at::Tensor BilateralSlice(const at::Tensor& grid_nhwc, const at::Tensor& z_nchw, const Guide& guide, int shrink) {
  if (!grid_nhwc.is_cpu()) return BilateralSliceComposed(grid_nhwc, z_nchw, guide, shrink);
  return SliceFunction::apply(grid_nhwc, z_nchw, guide.w1, guide.b1, guide.w2, guide.b2,
                              static_cast<std::int64_t>(shrink));
}

}  // namespace interneg::model
