#include <algorithm>
#include <cstddef>
#include <vector>

#include <ATen/Parallel.h>

#include "worker/engine/model/dye_graph.h"
#include "worker/engine/model/first_guess_torch.h"
#include "worker/engine/model/network_torch.h"

namespace interneg::model {
namespace {

constexpr std::int64_t kStripe_px = 16;  // rows at a time, so that what is computed on the way stays in the cache

// The graph of the dyes with their gain as planes 3 to 5 of its input.
struct DyeGraph {
  explicit DyeGraph(const DyeMap& map) {
    GraphBuilder builder;
    const int input = builder.Input(6);
    AddDyes(builder, builder.Take(input, 0, 3), builder.Take(input, 3, 3), map);
    graph = builder.Finish();
    parameters = FreshParameters(graph, 0);
  }
  NetworkGraph graph;
  std::vector<at::Tensor> parameters;
};

}  // namespace

at::Tensor SplineWeights(std::int64_t first_px, std::int64_t count, int extent_px, int controls) {
  at::Tensor weights = at::empty({count, controls}, at::kDouble);
  double* to = weights.data_ptr<double>();
  for (std::int64_t i = 0; i < count; ++i) {
    const double share = std::clamp((static_cast<double>(first_px + i) + 0.5) / extent_px, 0.0, 1.0);
    for (int control = 0; control < controls; ++control) *to++ = SplineWeight(share * (controls - 3) - control + 1);
  }
  return weights;
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

at::Tensor ApplyDyes(const DyeMap& map, const at::Tensor& ycbcr, const Window& window) {
  const at::NoGradGuard no_gradients;
  const DyeGraph dyes(map);
  const at::Tensor controls = at::tensor(at::ArrayRef<double>(map.gain)).view({3, map.rows, map.columns});
  const at::Tensor across =
      SplineWeights(window.x_px, window.size.width_px, window.frame.width_px, map.columns).t().contiguous();
  const at::Tensor down = SplineWeights(window.y_px, window.size.height_px, window.frame.height_px, map.rows);
  at::Tensor out = at::empty({1, 2, ycbcr.size(2), ycbcr.size(3)}, at::kFloat);
  const std::int64_t rows = ycbcr.size(2), stripes = (rows + kStripe_px - 1) / kStripe_px;
  at::parallel_for(0, stripes, 1, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard none;  // a thread's own
    for (std::int64_t stripe = begin; stripe < end; ++stripe) {
      const std::int64_t first = stripe * kStripe_px, count = std::min(kStripe_px, rows - first);
      const at::Tensor gain = down.narrow(0, first, count).matmul(controls).matmul(across).to(at::kFloat).unsqueeze(0);
      const at::Tensor input = at::cat({ycbcr.narrow(2, first, count), gain}, 1);
      out.narrow(2, first, count).copy_(Compute(dyes.graph, dyes.parameters, input, std::vector<Place>{}, at::kFloat));
    }
  });
  return out;
}

at::Tensor ApplyFirstGuess(const FirstGuess& guess, const at::Tensor& ycbcr, const Window& window) {
  if (const auto* dyes = std::get_if<DyeMap>(&guess)) return ApplyDyes(*dyes, ycbcr, window);
  return ApplyPolynomial(std::get<PolynomialMap>(guess), ycbcr, window);
}

}  // namespace interneg::model
