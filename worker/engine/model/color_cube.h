// A 3D LUT with an optional 1D shaper in front of it, as colour tools exchange it: `.cube`.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_COLOR_CUBE_H_
#define INTERNEG_WORKER_ENGINE_MODEL_COLOR_CUBE_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::model {

// The domain is [0, 1] in each channel; inputs are limited to it. A regular value type.
struct ColorCube {
  int size = 0;                              // nodes along an edge
  std::vector<std::array<float, 3>> shaper;  // equidistant over [0, 1], linear between; empty: none. Gives 0..1
  std::vector<std::array<float, 3>> nodes;   // size³ colours, red changes fastest, then green, then blue
};

// Throws std::invalid_argument that names what is wrong: size outside 2–129 (what OCIO can load), a number of nodes
// other than size³, a shaper of one entry, a value that is not finite.
void RequireUsable(const ColorCube& cube);

// R,G,B → R,G,B of the same size and colour space: the shaper, then tetrahedral interpolation (Sakamoto and Itooka, US
// patent 4275413, 1981; OCIO's INTERP_TETRAHEDRAL). A NaN counts as 0. Throws std::invalid_argument for a cube that is
// not usable or a picture without three planes.
image::Image Apply(const ColorCube& cube, const image::Image& rgb);

// The text of a `.cube` file. Without a shaper Adobe's form (Cube LUT Specification 1.0, 2013); with one DaVinci
// Resolve's, where LUT_1D_SIZE and LUT_3D_SIZE stand in one file, 1D rows first. OCIO, Resolve and Nuke read both.
// Seven decimals, so that reading it back moves no value by more than 5e-8. `title` may hold no quotation mark and no
// line break; throws std::invalid_argument, also for a cube that is not usable.
std::string ToCubeText(const ColorCube& cube, std::string_view title);

// Reads both forms, and Adobe's DOMAIN_MIN 0 0 0 / DOMAIN_MAX 1 1 1 and Resolve's ranges 0 1. Throws
// std::invalid_argument that names `name`, the line, what is wrong with it and what would be right: another domain, no
// 3D size, too few or too many rows, a row that is not three numbers.
ColorCube ParseCubeText(std::string_view text, const std::string& name);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_COLOR_CUBE_H_
