#include "worker/engine/alignment/displacement_grid.h"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include <gtest/gtest.h>

namespace interneg::alignment {
namespace {

constexpr image::Size kSize{240, 160};

// Waves as fast as a field that was smoothed by a Gaussian of 12 pixels still holds at half their height.
DisplacementField Waves() {
  DisplacementField field{kSize, {}, {}};
  for (int y = 0; y < kSize.height_px; ++y) {
    for (int x = 0; x < kSize.width_px; ++x) {
      field.dx_px.push_back(static_cast<float>(1.5 * std::sin(2 * std::numbers::pi * x / 64.0)));
      field.dy_px.push_back(static_cast<float>(-.8 * std::cos(2 * std::numbers::pi * y / 64.0)));
    }
  }
  return field;
}

TEST(DisplacementGrid, HoldsASmoothFieldWithinAThirtiethOfItsHeight) {
  const auto field = Waves();
  const auto grid = ToGrid(field, 12.0);
  EXPECT_EQ(grid.columns, 21);
  EXPECT_EQ(grid.rows, 15);
  const auto back = ToField(grid, kSize);
  double greatest = 0;
  for (std::size_t i = 0; i < field.dx_px.size(); ++i) {
    greatest = std::max<double>(greatest, std::abs(field.dx_px[i] - back.dx_px[i]));
    greatest = std::max<double>(greatest, std::abs(field.dy_px[i] - back.dy_px[i]));
  }
  // The greatest is at the edges, where the cubic is continued flat.
  EXPECT_LT(greatest, .2);
  double squared = 0;
  for (std::size_t i = 0; i < field.dx_px.size(); ++i) squared += std::pow(field.dx_px[i] - back.dx_px[i], 2);
  EXPECT_LT(std::sqrt(squared / static_cast<double>(field.dx_px.size())), .05);
}

TEST(DisplacementGrid, AConstantShiftIsExact) {
  DisplacementField field{kSize, std::vector<float>(240 * 160, .5F), std::vector<float>(240 * 160, -1.25F)};
  const auto back = ToField(ToGrid(field, 20.0), kSize);
  for (const float v : back.dx_px) ASSERT_EQ(v, .5F);
  for (const float v : back.dy_px) ASSERT_EQ(v, -1.25F);
}

TEST(DisplacementGrid, WhatIsNoGridIsRefused) {
  const DisplacementGrid grid = ToGrid(Waves(), 12.0);
  EXPECT_THROW(ToField(grid, {16, 16}), std::invalid_argument) << "more nodes than pixels";
  auto short_of_one = grid;
  short_of_one.dx.pop_back();
  EXPECT_THROW(ToField(short_of_one, kSize), std::invalid_argument);
  auto far = grid;
  far.dy[3] = 65 * 256;
  EXPECT_THROW(ToField(far, kSize), std::invalid_argument);
  auto thin = grid;
  thin.columns = 1;
  EXPECT_THROW(ToField(thin, kSize), std::invalid_argument);
  EXPECT_THROW(ToGrid(Waves(), 0.0), std::invalid_argument);
  EXPECT_THROW(ToGrid({kSize, {}, {}}, 12.0), std::invalid_argument);
}

}  // namespace
}  // namespace interneg::alignment
