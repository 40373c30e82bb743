#include "worker/engine/alignment/displacement_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace interneg::alignment {
namespace {

constexpr double kUnits = 256.0;  // a pixel
constexpr std::int32_t kMost = 64 * 256;

std::size_t CountOf(int columns, int rows) {
  return static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows);
}

void Require(const DisplacementGrid& grid, image::Size size) {
  if (grid.columns < 2 || grid.rows < 2 || grid.columns > size.width_px || grid.rows > size.height_px) {
    throw std::invalid_argument("a flow has " + std::to_string(grid.columns) + "x" + std::to_string(grid.rows) +
                                " nodes on a picture of " + std::to_string(size.width_px) + "x" +
                                std::to_string(size.height_px) + " pixels");
  }
  const std::size_t count = CountOf(grid.columns, grid.rows);
  for (const auto* shifts : {&grid.dx, &grid.dy}) {
    if (shifts->size() != count) {
      throw std::invalid_argument("a flow of " + std::to_string(grid.columns) + "x" + std::to_string(grid.rows) +
                                  " nodes has " + std::to_string(shifts->size()) + " shifts, not " +
                                  std::to_string(count));
    }
    if (std::any_of(shifts->begin(), shifts->end(), [](std::int32_t v) { return v > kMost || v < -kMost; })) {
      throw std::invalid_argument("a flow moves a node by more than 64 pixels");
    }
  }
}

double NodeAt(int node, int nodes, int pixels) {
  return static_cast<double>(node) * (pixels - 1) / (nodes - 1);
}

std::vector<std::int32_t> Sampled(const std::vector<float>& field, image::Size size, int columns, int rows) {
  const auto at = [&](int x, int y) {
    return static_cast<double>(field[static_cast<std::size_t>(y) * size.width_px + x]);
  };
  std::vector<std::int32_t> out;
  out.reserve(CountOf(columns, rows));
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < columns; ++i) {
      const double x = NodeAt(i, columns, size.width_px), y = NodeAt(j, rows, size.height_px);
      const int left = std::min(static_cast<int>(x), size.width_px - 2);
      const int top = std::min(static_cast<int>(y), size.height_px - 2);
      const double u = x - left, v = y - top;
      const double value = (1 - v) * ((1 - u) * at(left, top) + u * at(left + 1, top)) +
                           v * ((1 - u) * at(left, top + 1) + u * at(left + 1, top + 1));
      out.push_back(std::clamp(static_cast<std::int32_t>(std::lround(kUnits * value)), -kMost, kMost));
    }
  }
  return out;
}

// The four nodes around a pixel and what each counts.
struct Taps {
  std::array<int, 4> node;
  std::array<double, 4> weight;
};

std::vector<Taps> TapsOf(int nodes, int pixels) {
  std::vector<Taps> out(static_cast<std::size_t>(pixels));
  for (int p = 0; p < pixels; ++p) {
    const double at = static_cast<double>(p) * (nodes - 1) / (pixels - 1);
    const int first = std::min(static_cast<int>(at), nodes - 2);
    const double t = at - first;
    auto& taps = out[static_cast<std::size_t>(p)];
    for (int k = 0; k < 4; ++k) taps.node[k] = std::clamp(first - 1 + k, 0, nodes - 1);
    taps.weight = {t * (-.5 + t * (1 - .5 * t)), 1 + t * t * (1.5 * t - 2.5), t * (.5 + t * (2 - 1.5 * t)),
                   t * t * (.5 * t - .5)};
  }
  return out;
}

std::vector<float> Spread(const std::vector<std::int32_t>& shifts, const DisplacementGrid& grid, image::Size size) {
  const auto across = TapsOf(grid.columns, size.width_px), down = TapsOf(grid.rows, size.height_px);
  std::vector<double> rows(CountOf(size.width_px, grid.rows));
  for (int j = 0; j < grid.rows; ++j) {
    for (int x = 0; x < size.width_px; ++x) {
      double sum = 0;
      for (int k = 0; k < 4; ++k) sum += across[x].weight[k] * shifts[CountOf(j, grid.columns) + across[x].node[k]];
      rows[CountOf(j, size.width_px) + x] = sum / kUnits;
    }
  }
  std::vector<float> out(CountOf(size.width_px, size.height_px));
  for (int y = 0; y < size.height_px; ++y) {
    for (int x = 0; x < size.width_px; ++x) {
      double sum = 0;
      for (int k = 0; k < 4; ++k) sum += down[y].weight[k] * rows[CountOf(down[y].node[k], size.width_px) + x];
      out[CountOf(y, size.width_px) + x] = static_cast<float>(sum);
    }
  }
  return out;
}

}  // namespace

DisplacementGrid ToGrid(const DisplacementField& field, double spacing_px) {
  const std::size_t pixels = CountOf(field.size.width_px, field.size.height_px);
  if (field.size.width_px < 2 || field.size.height_px < 2 || field.dx_px.size() != pixels ||
      field.dy_px.size() != pixels || !(spacing_px >= 1.0)) {
    throw std::invalid_argument("a displacement field needs a shift a pixel, and its grid a spacing of 1 or more");
  }
  const auto nodes = [&](int count) { return std::max(2, static_cast<int>(std::ceil((count - 1) / spacing_px)) + 1); };
  DisplacementGrid out;
  out.columns = nodes(field.size.width_px);
  out.rows = nodes(field.size.height_px);
  out.dx = Sampled(field.dx_px, field.size, out.columns, out.rows);
  out.dy = Sampled(field.dy_px, field.size, out.columns, out.rows);
  return out;
}

DisplacementField ToField(const DisplacementGrid& grid, image::Size size) {
  Require(grid, size);
  return {size, Spread(grid.dx, grid, size), Spread(grid.dy, grid, size)};
}

}  // namespace interneg::alignment
