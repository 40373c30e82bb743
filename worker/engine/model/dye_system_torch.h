// The normal equations of a fit of dyes about a map.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DYE_SYSTEM_TORCH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DYE_SYSTEM_TORCH_H_

#include <span>

#include <torch/torch.h>

#include "worker/engine/model/dye_map.h"
#include "worker/engine/model/dye_tiles_torch.h"

namespace interneg::model {

// A map's parameters as one vector: gain, then ConstantsOf it. float64 [parameters]
at::Tensor ParametersOf(const DyeMap& map);
// `map` with those; they are limited to what RequireUsable asks for (but for K's inverse).
DyeMap WithParameters(DyeMap map, const at::Tensor& parameters);

// What the fit holds on to beside the samples: ½ (θ − θ₀)ᵀ R (θ − θ₀), R growing with the samples' weight.
struct HeldParameters {
  at::Tensor origin;   // θ₀
  at::Tensor penalty;  // R
};
// `roughness` weighs the squared second differences of neighbouring control values.
HeldParameters HoldParameters(const DyeMap& origin, double roughness, double weight);

// Σ w √(r² + tolerance²) over the samples.
double MissOf(const DyeMap& map, std::span<const DyeTile> tiles, double tolerance);
double WeightOf(std::span<const DyeTile> tiles);

// The normal equations of that sum about `map`, its root taken by reweighting: H δ = −g.
struct DyeSystem {
  at::Tensor hessian;   // float64 [parameters, parameters]
  at::Tensor gradient;  // float64 [parameters]
};
DyeSystem SystemOf(const DyeMap& map, std::span<const DyeTile> tiles, double tolerance);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_DYE_SYSTEM_TORCH_H_
