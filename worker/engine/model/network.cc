#include <utility>

#include <ATen/Parallel.h>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/image_tensor_torch.h"
#include "worker/engine/model/network_torch.h"

namespace interneg::model {

Place PlaceOf(const Window& window) {
  const double w = window.frame.width_px, h = window.frame.height_px;
  return {(2.0 * window.x_px + 1.0) / w - 1.0, 2.0 / w, (2.0 * window.y_px + 1.0) / h - 1.0, 2.0 / h};
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

std::vector<NamedTensor> Network::Parameters() {
  std::vector<NamedTensor> out;
  for (std::size_t i = 0; i < parameters_.size(); ++i) out.push_back({graph_.parameters[i].name, &parameters_[i]});
  return out;
}

at::Tensor ApplyPolynomial(const PolynomialMap& map, const at::Tensor& ycbcr, const Window& window) {
  const at::Tensor whole = ycbcr.contiguous();
  const auto pixels = static_cast<std::size_t>(whole.size(2) * whole.size(3));
  at::Tensor out = at::empty({1, 2, whole.size(2), whole.size(3)}, at::kFloat);
  const float* in = whole.data_ptr<float>();
  float* to = out.data_ptr<float>();
  Apply(map, {in, pixels}, {in + pixels, pixels}, {in + 2 * pixels, pixels}, window,
        {{to, pixels}, {to + pixels, pixels}});
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

at::Tensor NetworkInput(const NetworkDescription& description, const PolynomialMap& first_guess,
                        const at::Tensor& ycbcr, const Window& window) {
  if (description.free != FreePlanes::kChroma) return ycbcr;
  const at::Tensor guess = ApplyPolynomial(first_guess, ycbcr, window);
  const at::Tensor around = at::avg_pool2d(
      at::replication_pad2d(guess, {kAround_px, kAround_px, kAround_px, kAround_px}), 2 * kAround_px + 1, 1);
  return at::cat({ycbcr, guess, around}, 1);
}

}  // namespace interneg::model
