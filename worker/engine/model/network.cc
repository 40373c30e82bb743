#include <algorithm>
#include <cstddef>
#include <utility>

#include <ATen/Parallel.h>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/bilateral_slice_torch.h"
#include "worker/engine/model/first_guess_torch.h"
#include "worker/engine/model/image_tensor_torch.h"
#include "worker/engine/model/mean_around_torch.h"
#include "worker/engine/model/network_torch.h"

namespace interneg::model {

Place PlaceOf(const Window& window) {
  const double w = window.frame.width_px, h = window.frame.height_px;
  return {(2.0 * window.x_px + 1.0) / w - 1.0, 2.0 / w, (2.0 * window.y_px + 1.0) / h - 1.0, 2.0 / h};
}

at::Tensor PlacesOf(const std::vector<Place>& places) {
  at::Tensor rows = at::empty({static_cast<std::int64_t>(places.size()), 4}, at::kFloat);
  auto row = rows.accessor<float, 2>();
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& [x_first, x_step, y_first, y_step] = places[i];
    int column = 0;
    for (const double value : {x_first, x_step, y_first, y_step})
      row[static_cast<std::int64_t>(i)][column++] = static_cast<float>(value);
  }
  return rows;
}

Network::Network(const NetworkDescription& description, std::uint64_t seed)
    : correction_planes_(BasePlanes(description).count) {
  if (!Learns(description.kind)) return;
  graph_ = CorrectionGraph(description);
  parameters_ = FreshParameters(graph_, seed);
}

at::Tensor Network::Correct(const at::Tensor& z_nchw, const std::vector<Place>& places, at::ScalarType compute) const {
  if (!graph_.nodes.empty()) return Compute(graph_, parameters_, z_nchw, places, compute);
  return at::zeros({z_nchw.size(0), correction_planes_, z_nchw.size(2), z_nchw.size(3)}, z_nchw.options());
}

at::Tensor Network::Correct(const at::Tensor& z_nchw, const at::Tensor& places, at::ScalarType compute) const {
  if (!graph_.nodes.empty()) return Compute(graph_, parameters_, z_nchw, places, compute);
  return at::zeros({z_nchw.size(0), correction_planes_, z_nchw.size(2), z_nchw.size(3)}, z_nchw.options());
}

// The slice is the last node, and what it slices the one before it.
at::Tensor Network::Grid(const at::Tensor& z_nchw, const std::vector<Place>& places, at::ScalarType compute) const {
  NetworkGraph cells = graph_;
  TORCH_CHECK(!cells.nodes.empty() && cells.output().op == Op::kSlice, "Grid: not a grid network");
  TORCH_CHECK(cells.output().inputs[0] == static_cast<int>(cells.nodes.size()) - 2, "Grid: not what is sliced");
  cells.nodes.pop_back();
  return Compute(cells, parameters_, z_nchw, places, compute).permute({0, 2, 3, 1}).to(compute).contiguous();
}

at::Tensor Network::Slice(const at::Tensor& grid_nhwc, const at::Tensor& z_nchw) const {
  const Node& slice = graph_.output();
  const auto parameter = [&](int i) { return parameters_[slice.parameter + i]; };
  return BilateralSlice(grid_nhwc.to(at::kFloat).contiguous(), z_nchw,
                        {parameter(0), parameter(1), parameter(2), parameter(3)}, slice.size);
}

at::Tensor Network::Features(const at::Tensor& z_nchw, const std::vector<Place>& places, at::ScalarType compute) const {
  const auto last = std::find_if(graph_.nodes.begin(), graph_.nodes.end(), [&](const Node& node) {
    return node.op == Op::kConvolution && graph_.parameters[node.parameter].name.ends_with(".last.weight");
  });
  TORCH_CHECK(last != graph_.nodes.end() && graph_.output().op != Op::kSlice, "Features: not a network of that kind");
  NetworkGraph before = graph_;
  before.nodes.resize(static_cast<std::size_t>(last->inputs[0]) + 1);
  const at::Tensor padded = Compute(before, parameters_, z_nchw, places, compute).to(at::kFloat);
  return padded.narrow(2, 0, z_nchw.size(2)).narrow(3, 0, z_nchw.size(3));
}

std::vector<NamedTensor> Network::Parameters() {
  std::vector<NamedTensor> out;
  for (std::size_t i = 0; i < parameters_.size(); ++i) out.push_back({graph_.parameters[i].name, &parameters_[i]});
  return out;
}

// In bands, for the LUT's own walk over a picture uses one thread.
at::Tensor ApplyLut(const ColorCube& lut, const at::Tensor& ycbcr, image::YCbCrMatrix matrix) {
  const std::int64_t rows = ycbcr.size(2);
  at::Tensor out = at::empty({1, 2, rows, ycbcr.size(3)}, at::kFloat);
  at::parallel_for(0, rows, 16, [&](std::int64_t begin, std::int64_t end) {
    const image::Image band = ToImage(ycbcr.narrow(2, begin, end - begin), {"Y", "Cb", "Cr"}, "");
    const image::Image mapped = image::RgbToYCbCr(Apply(lut, image::YCbCrToRgb(band, matrix)), matrix);
    out.narrow(2, begin, end - begin).copy_(ToTensor(mapped).narrow(1, 1, 2));
  });
  return out;
}

at::Tensor NetworkInput(const NetworkDescription& description, const FirstGuess& first_guess, const at::Tensor& ycbcr,
                        const Window& window) {
  if (description.free != FreePlanes::kChroma) return ycbcr;
  at::Tensor z = at::empty({1, kSliceInputs, ycbcr.size(2), ycbcr.size(3)}, at::kFloat);
  z.narrow(1, 0, 3).copy_(ycbcr);
  const at::Tensor guess = ApplyFirstGuess(first_guess, ycbcr, window);
  z.narrow(1, 3, 2).copy_(guess);
  z.narrow(1, 5, 2).copy_(MeanAround(guess, kAround_px));
  return z;
}

}  // namespace interneg::model
