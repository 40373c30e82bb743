#include "worker/engine/model/coefficient_grid.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "worker/engine/model/coefficient_grid_torch.h"

namespace interneg::model {
namespace {

CoefficientGrid Made(at::Tensor cells) {
  return CoefficientGrid(
      std::make_shared<const CoefficientGrid::Implementation>(CoefficientGrid::Implementation{std::move(cells)}));
}

// Each cell's values tell its column.
CoefficientGrid Columns(double plus, at::ScalarType type = at::kFloat) {
  const at::Tensor columns = at::arange(5, at::kFloat).view({1, 1, 5, 1}) + plus;
  return Made(columns.expand({1, 3, 5, 4}).to(type).contiguous());
}

image::MotionField Moved(float dx) {
  return {{5, 3}, std::vector<float>(15, dx), std::vector<float>(15, 0.0F)};
}

float At(const CoefficientGrid& grid, int x, int y) {
  return grid.implementation().cells_nhwc.to(at::kFloat)[0][y][x][2].item<float>();
}

TEST(CoefficientGrid, BlendIsTheWeightedMeanAlongTheMotion) {
  const auto middle = Columns(0), next = Columns(10);
  const auto motion = Moved(1.5F);
  const std::vector<float> weight(15, 0.5F);
  const MovedGrid moved[] = {{next, motion, weight}};
  const auto blended = Blended(middle, moved);
  EXPECT_EQ(blended.cells(), (image::Size{5, 3}));
  EXPECT_NEAR(At(blended, 1, 1), (1.0 + 0.5 * 12.5) / 1.5, 1e-5);
  EXPECT_NEAR(At(blended, 4, 2), (4.0 + 0.5 * 14.0) / 1.5, 1e-5) << "beyond the edge counts the edge";
}

TEST(CoefficientGrid, CellsWithoutWeightStayAsTheyAre) {
  for (const auto type : {at::kFloat, at::kBFloat16}) {
    const auto middle = Columns(0, type), next = Columns(10, type);
    const auto motion = Moved(0);
    std::vector<float> weight(15, 0.0F);
    weight[7] = 1.0F;
    const MovedGrid moved[] = {{next, motion, weight}};
    const auto blended = Blended(middle, moved);
    EXPECT_EQ(At(blended, 1, 1), 1.0F);
    EXPECT_EQ(At(blended, 2, 1), 7.0F);
  }
}

TEST(CoefficientGrid, DifferentSizesAreRefused) {
  const auto middle = Columns(0), other = Made(at::zeros({1, 2, 5, 4}));
  const auto motion = Moved(0);
  const std::vector<float> weight(15, 1.0F), few(3, 1.0F);
  const MovedGrid grid[] = {{other, motion, weight}}, weights[] = {{middle, motion, few}};
  EXPECT_THROW(Blended(middle, grid), std::invalid_argument);
  EXPECT_THROW(Blended(middle, weights), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::model
