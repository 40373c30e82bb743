#include <cstdint>
#include <string>
#include <vector>

#include "worker/engine/model/gram_torch.h"
#include "worker/engine/training/least_squares_start_torch.h"

namespace interneg::training {
namespace {

constexpr int kDraws = 8, kBatch = 3, kPatch_px = 128;
constexpr std::int64_t kTaps = 9;

struct LastLayer {
  at::Tensor* weight = nullptr;  // [planes, features, 3, 3]
  at::Tensor* bias = nullptr;    // [planes]
};

LastLayer LastLayerOf(const std::vector<model::NamedTensor>& parameters) {
  LastLayer out;
  for (const auto& parameter : parameters) {
    if (parameter.name.ends_with(".last.weight")) out.weight = parameter.slot;
    if (parameter.name.ends_with(".last.bias")) out.bias = parameter.slot;
  }
  return out;
}

// The normal equations of the fit: features' neighbourhoods and a constant against what the truth has beyond the input.
class NormalEquations {
 public:
  // Without the outermost pixels, whose neighbourhoods leave the patch.
  void Add(const at::Tensor& features, const at::Tensor& wanted, const at::Tensor& weight) {
    const auto inside = [](const at::Tensor& planes) {
      return planes.narrow(2, 1, planes.size(2) - 2).narrow(3, 1, planes.size(3) - 2);
    };
    const at::Tensor taps = Rows(at::im2col(features, {3, 3}, {1, 1}, {0, 0}, {1, 1}));
    const at::Tensor all = at::cat({taps, at::ones_like(taps.narrow(0, 0, 1)), Rows(inside(wanted))});
    const at::Tensor weights =
        weight.defined() ? Rows(inside(weight)).squeeze(0) : at::ones({all.size(1)}, at::kDouble);
    unknowns_ = taps.size(0) + 1;
    if (!products_.defined()) products_ = at::zeros({all.size(0), all.size(0)}, at::kDouble);
    model::AddGram(all, weights, products_);
  }

  // [unknowns, planes]
  at::Tensor Solution() const {
    constexpr double kRidge = 1e-5;
    const at::Tensor matrix = products_.narrow(0, 0, unknowns_).narrow(1, 0, unknowns_);
    const at::Tensor right = products_.narrow(0, 0, unknowns_).narrow(1, unknowns_, products_.size(1) - unknowns_);
    const at::Tensor scale = matrix.diagonal().clamp_min(1e-12).rsqrt();
    const at::Tensor scaled = matrix * scale.view({-1, 1}) * scale.view({1, -1});
    const at::Tensor ridged = scaled + kRidge * at::eye(scaled.size(0), scaled.options());
    return std::get<0>(at::linalg_solve_ex(ridged, right * scale.view({-1, 1}))) * scale.view({-1, 1});
  }

 private:
  // [n, k, ...] → [k, all the rest], double, on the CPU.
  static at::Tensor Rows(const at::Tensor& planes) {
    return planes.transpose(0, 1).flatten(1).to(at::TensorOptions().device(at::kCPU).dtype(at::kDouble)).contiguous();
  }

  std::int64_t unknowns_ = 0;
  at::Tensor products_;  // of all rows with all rows: taps, the constant, what is wanted
};

}  // namespace

void StartByLeastSquares(model::Network& network, dataset::PairStore& store, const model::PlaneRange& base,
                         double exposure) {
  const at::NoGradGuard no_gradients;
  const LastLayer last = LastLayerOf(network.Parameters());
  if (last.weight == nullptr || last.weight->size(2) != 3 || last.weight->any().item<bool>()) return;
  const dataset::DrawState drawn = store.state();
  NormalEquations equations;
  for (int i = 0; i < kDraws; ++i) {
    const auto patches = store.Draw({kBatch, kPatch_px, {0.0, exposure, false}});
    const at::Tensor wanted = patches.truth - patches.input.narrow(1, base.first, base.count);
    const auto here = [&](const at::Tensor& t) { return t.defined() ? t.to(last.weight->device()) : t; };
    const std::vector<model::Place> places(static_cast<std::size_t>(patches.input.size(0)));
    equations.Add(network.Features(here(patches.input), places, at::kFloat), here(wanted), here(patches.weight));
  }
  store.Restore(drawn);
  const at::Tensor solution = equations.Solution().to(last.weight->options());
  if (!at::isfinite(solution).all().item<bool>()) return;
  const std::int64_t rows = last.weight->size(1) * kTaps;
  last.weight->copy_(solution.narrow(0, 0, rows).t().reshape(last.weight->sizes()));
  if (last.bias != nullptr) last.bias->copy_(solution[rows]);
}

}  // namespace interneg::training
