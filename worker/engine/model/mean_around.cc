#include <algorithm>
#include <vector>

#include <ATen/Parallel.h>

#include "worker/engine/model/mean_around_torch.h"

namespace interneg::model {
namespace {

constexpr std::int64_t kBand_px = 16;  // rows a task

__attribute__((target_clones("avx512f", "avx2", "default"))) void Add(const float* from, std::int64_t count,
                                                                          float* to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] += from[i];
}

// Adds the rows around y first, then the columns around each x.
class RowMeans {
 public:
  RowMeans(std::int64_t height_px, std::int64_t width_px, int radius_px)
      : h_(height_px), w_(width_px), radius_(radius_px), columns_(static_cast<std::size_t>(w_ + 2 * radius_)) {}

  void Row(const float* plane, std::int64_t y, float* out) {
    float* inside = columns_.data() + radius_;
    std::fill_n(inside, w_, 0.0F);
    for (std::int64_t d = -radius_; d <= radius_; ++d) {
      Add(plane + std::clamp<std::int64_t>(y + d, 0, h_ - 1) * w_, w_, inside);
    }
    std::fill_n(columns_.data(), radius_, inside[0]);
    std::fill_n(inside + w_, radius_, inside[w_ - 1]);
    std::fill_n(out, w_, 0.0F);
    for (std::int64_t d = 0; d <= 2 * radius_; ++d) Add(columns_.data() + d, w_, out);
    const auto side = static_cast<float>(2 * radius_ + 1);
    for (std::int64_t x = 0; x < w_; ++x) out[x] /= side * side;
  }

 private:
  const std::int64_t h_, w_, radius_;
  std::vector<float> columns_;  // sums down each column, and beyond the edges
};

}  // namespace

at::Tensor MeanAround(const at::Tensor& planes, int radius_px) {
  const at::Tensor whole = planes.contiguous();
  const std::int64_t h = whole.size(2), w = whole.size(3), rows = whole.size(1) * h;
  at::Tensor out = at::empty_like(whole);
  const float* from = whole.data_ptr<float>();
  float* to = out.data_ptr<float>();
  at::parallel_for(0, rows, kBand_px, [&](std::int64_t begin, std::int64_t end) {
    RowMeans means(h, w, radius_px);
    for (std::int64_t row = begin; row < end; ++row) means.Row(from + row / h * h * w, row % h, to + row * w);
  });
  return out;
}

}  // namespace interneg::model
