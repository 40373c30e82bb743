#include "worker/engine/model/coefficient_grid.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>

#include "worker/engine/model/coefficient_grid_torch.h"

namespace interneg::model {
namespace {

// One grid's part in a row of the mean.
template <typename Value>
class Sampled {
 public:
  Sampled(const MovedGrid& moved, image::Size cells, std::size_t values)
      : moved_(moved),
        cells_(cells),
        values_(values),
        from_(moved.grid.implementation().cells_nhwc.template data_ptr<Value>()) {}

  // Adds weight · grid at cell (x, y), bilinear, and returns the weight.
  float Add(int x, int y, float* sums) const {
    const std::size_t i =
        static_cast<std::size_t>(y) * static_cast<std::size_t>(cells_.width_px) + static_cast<std::size_t>(x);
    const float weight = moved_.weight[i];
    if (!(weight > 0.0F)) return 0.0F;
    const float at_x = Inside(static_cast<float>(x) + moved_.motion.dx_px[i], cells_.width_px);
    const float at_y = Inside(static_cast<float>(y) + moved_.motion.dy_px[i], cells_.height_px);
    const int x0 = static_cast<int>(at_x), y0 = static_cast<int>(at_y);
    const float across = at_x - static_cast<float>(x0), down = at_y - static_cast<float>(y0);
    AddCell(x0, y0, weight * (1.0F - across) * (1.0F - down), sums);
    AddCell(x0 + 1, y0, weight * across * (1.0F - down), sums);
    AddCell(x0, y0 + 1, weight * (1.0F - across) * down, sums);
    AddCell(x0 + 1, y0 + 1, weight * across * down, sums);
    return weight;
  }

 private:
  static float Inside(float at, int cells) { return std::clamp(at, 0.0F, static_cast<float>(cells - 1)); }

  void AddCell(int x, int y, float share, float* sums) const {
    if (share == 0.0F) return;  // the only case in which a cell may lie outside
    const Value* cell = from_ + (static_cast<std::size_t>(y) * static_cast<std::size_t>(cells_.width_px) +
                                 static_cast<std::size_t>(x)) *
                                    values_;
    for (std::size_t k = 0; k < values_; ++k) sums[k] += share * static_cast<float>(cell[k]);
  }

  const MovedGrid& moved_;
  image::Size cells_;
  std::size_t values_;
  const Value* from_;
};

template <typename Value>
at::Tensor BlendedAs(const CoefficientGrid& middle, std::span<const MovedGrid> neighbours) {
  const at::Tensor& own = middle.implementation().cells_nhwc;
  const image::Size cells = middle.cells();
  const auto values = static_cast<std::size_t>(own.size(3));
  at::Tensor out = at::empty_like(own);
  const Value* from = own.data_ptr<Value>();
  Value* to = out.data_ptr<Value>();
  std::vector<Sampled<Value>> sampled;
  for (const MovedGrid& neighbour : neighbours) sampled.emplace_back(neighbour, cells, values);
  at::parallel_for(0, cells.height_px, 8, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sums(values);
    for (int y = static_cast<int>(begin); y < static_cast<int>(end); ++y) {
      for (int x = 0; x < cells.width_px; ++x) {
        const std::size_t at =
            (static_cast<std::size_t>(y) * static_cast<std::size_t>(cells.width_px) + static_cast<std::size_t>(x)) *
            values;
        for (std::size_t k = 0; k < values; ++k) sums[k] = static_cast<float>(from[at + k]);
        float total = 1.0F;
        for (const auto& neighbour : sampled) total += neighbour.Add(x, y, sums.data());
        for (std::size_t k = 0; k < values; ++k) to[at + k] = static_cast<Value>(sums[k] / total);
      }
    }
  });
  return out;
}

}  // namespace

CoefficientGrid::CoefficientGrid(std::shared_ptr<const Implementation> implementation)
    : implementation_(std::move(implementation)) {}

image::Size CoefficientGrid::cells() const {
  const at::Tensor& cells = implementation_->cells_nhwc;
  return {static_cast<int>(cells.size(2)), static_cast<int>(cells.size(1))};
}

std::int64_t CountNotFinite(const CoefficientGrid& grid) {
  const at::Tensor& cells = grid.implementation().cells_nhwc;
  return cells.numel() - at::isfinite(cells).sum().item<std::int64_t>();
}

CoefficientGrid Blended(const CoefficientGrid& middle, std::span<const MovedGrid> neighbours) {
  const at::Tensor& own = middle.implementation().cells_nhwc;
  for (const MovedGrid& neighbour : neighbours) {
    const at::Tensor& other = neighbour.grid.implementation().cells_nhwc;
    RequireFits(neighbour.motion, middle.cells(), "Blended");
    if (own.sizes() != other.sizes() || own.scalar_type() != other.scalar_type() ||
        neighbour.weight.size() != neighbour.motion.dx_px.size()) {
      throw std::invalid_argument("Blended: the grids and weights must have one size");
    }
  }
  at::Tensor cells = own.scalar_type() == at::kBFloat16 ? BlendedAs<at::BFloat16>(middle, neighbours)
                                                        : BlendedAs<float>(middle, neighbours);
  return CoefficientGrid(
      std::make_shared<const CoefficientGrid::Implementation>(CoefficientGrid::Implementation{std::move(cells)}));
}

}  // namespace interneg::model
