#include "worker/engine/model/color_cube.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include "worker/engine/model/tetrahedron.h"

namespace interneg::model {
namespace {

constexpr int kMostNodes = 129;

bool AllFinite(const std::vector<std::array<float, 3>>& colors) {
  return std::all_of(colors.begin(), colors.end(), [](const auto& color) {
    return std::isfinite(color[0]) && std::isfinite(color[1]) && std::isfinite(color[2]);
  });
}

double Shaped(const std::vector<std::array<float, 3>>& shaper, int channel, double value) {
  const double limited = value > 0.0 ? std::min(value, 1.0) : 0.0;
  if (shaper.empty()) return limited;
  const double at = limited * static_cast<double>(shaper.size() - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(at), shaper.size() - 2);
  const double share = at - static_cast<double>(below);
  return shaper[below][channel] + share * (double{shaper[below + 1][channel]} - shaper[below][channel]);
}

}  // namespace

void RequireUsable(const ColorCube& cube) {
  const auto refuse = [](const std::string& what) { throw std::invalid_argument("colour cube: " + what); };
  if (cube.size < 2 || cube.size > kMostNodes) {
    refuse(std::to_string(cube.size) + " nodes along an edge; 2 to " + std::to_string(kMostNodes) + " can be used");
  }
  const auto edge = static_cast<std::size_t>(cube.size);
  if (cube.nodes.size() != edge * edge * edge) {
    refuse(std::to_string(cube.nodes.size()) + " nodes where " + std::to_string(edge * edge * edge) + " are needed");
  }
  if (cube.shaper.size() == 1) refuse("a shaper needs two entries at least");
  if (!AllFinite(cube.shaper) || !AllFinite(cube.nodes)) refuse("a value is not finite");
}

image::Image Apply(const ColorCube& cube, const image::Image& rgb) {
  RequireUsable(cube);
  if (rgb.channel_count() != 3) throw std::invalid_argument("colour cube: R, G and B planes are needed");
  image::Image out(rgb.size(), rgb.channels(), rgb.color_space());
  const std::size_t pixels = rgb.pixel_count(), edge = static_cast<std::size_t>(cube.size);
  std::array<std::size_t, 8> steps{};
  for (unsigned corner = 0; corner < 8; ++corner) steps[corner] = Step(corner, edge);
  const auto from = rgb.values();
  auto to = out.values();
  for (std::size_t i = 0; i < pixels; ++i) {
    std::array<double, 3> color{};
    for (int c = 0; c < 3; ++c) color[c] = Shaped(cube.shaper, c, from[pixels * c + i]);
    const Tetrahedron place = Locate(color, cube.size);
    std::array<double, 3> sum{};
    for (int k = 0; k < 4; ++k) {
      const auto& node = cube.nodes[place.lowest + steps[place.corner[k]]];
      for (int c = 0; c < 3; ++c) sum[c] += place.weight[k] * node[c];
    }
    for (int c = 0; c < 3; ++c) to[pixels * c + i] = static_cast<float>(sum[c]);
  }
  return out;
}

}  // namespace interneg::model
