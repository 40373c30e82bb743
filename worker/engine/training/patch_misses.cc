#include <algorithm>
#include <cstdint>

#include "worker/engine/training/patch_misses_torch.h"

namespace interneg::training {

std::vector<dataset::SeenMiss> MissesOf(const at::Tensor& output, const dataset::Patches& patches, MissKind kind) {
  constexpr std::int64_t kBlock_px = 8;
  const std::int64_t inner_px = kind == MissKind::kSmooth ? 4 : 1;
  if (std::min(output.size(2), output.size(3)) < kBlock_px) return {};
  const at::NoGradGuard no_gradients;
  at::Tensor miss = at::avg_pool2d(output.detach() - patches.truth, inner_px).abs().mean(1, /*keepdim=*/true);
  if (patches.weight.defined()) miss = miss * at::avg_pool2d(patches.weight, inner_px);
  const at::Tensor blocks = at::avg_pool2d(miss, kBlock_px / inner_px).to(at::kCPU).contiguous();
  const auto values = blocks.accessor<float, 4>();
  std::vector<dataset::SeenMiss> seen;
  seen.reserve(static_cast<std::size_t>(blocks.numel()));
  const auto middle = [](std::int64_t block) {
    return static_cast<double>(block * kBlock_px) + 0.5 * static_cast<double>(kBlock_px - 1);
  };
  for (std::int64_t n = 0; n < blocks.size(0); ++n) {
    const dataset::PatchPlace& place = patches.places[static_cast<std::size_t>(n)];
    for (std::int64_t j = 0; j < blocks.size(2); ++j) {
      for (std::int64_t i = 0; i < blocks.size(3); ++i) {
        seen.push_back({patches.pairs[static_cast<std::size_t>(n)], place.x_first + middle(i) * place.x_step,
                        place.y_first + middle(j) * place.y_step, values[n][0][j][i]});
      }
    }
  }
  return seen;
}

}  // namespace interneg::training
