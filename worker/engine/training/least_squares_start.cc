#include <cstdint>
#include <string>
#include <vector>

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
struct NormalEquations {
  at::Tensor matrix, right;

  // Without the outermost pixels, whose neighbourhoods leave the patch.
  void Add(const at::Tensor& features, const at::Tensor& wanted, const at::Tensor& weight) {
    const auto rows = [](const at::Tensor& planes) { return planes.transpose(0, 1).flatten(1).t(); };
    const auto inside = [](const at::Tensor& planes) {
      return planes.narrow(2, 1, planes.size(2) - 2).narrow(3, 1, planes.size(3) - 2);
    };
    const at::Tensor taps = at::im2col(features, {3, 3}, {1, 1}, {0, 0}, {1, 1}).transpose(0, 1).flatten(1).t();
    at::Tensor a = at::cat({taps, at::ones({taps.size(0), 1}, taps.options())}, 1), b = rows(inside(wanted));
    if (weight.defined()) {
      const at::Tensor root = rows(inside(weight)).sqrt();
      a = a * root;
      b = b * root;
    }
    a = a.to(at::kDouble);
    const at::Tensor own = a.t().matmul(a), with = a.t().matmul(b.to(at::kDouble));
    matrix = matrix.defined() ? matrix + own : own;
    right = right.defined() ? right + with : with;
  }

  at::Tensor Solution() const {
    constexpr double kRidge = 1e-5;
    const at::Tensor scale = matrix.diagonal().clamp_min(1e-12).rsqrt();
    const at::Tensor scaled = matrix * scale.view({-1, 1}) * scale.view({1, -1});
    const at::Tensor ridged = scaled + kRidge * at::eye(scaled.size(0), scaled.options());
    return std::get<0>(at::linalg_solve_ex(ridged, right * scale.view({-1, 1}))) * scale.view({-1, 1});
  }
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
