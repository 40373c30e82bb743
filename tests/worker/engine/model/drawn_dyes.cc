#include "tests/worker/engine/model/drawn_dyes.h"

#include <cmath>

namespace interneg::model {

DyeMap DrawnDyes() {
  DyeMap map;
  map.overlap = {.09, .01, .11, .09, .10, .11};
  map.stain = {0, .015, .03};
  map.black = 2.3;
  map.gamma = {1.03, .98, 1.01};
  map.to_chroma = {-.11, -.38, .51, .52, -.46, -.05};
  map.offset = {.001, -.002};
  map.columns = 7;
  map.rows = 5;
  for (std::size_t i = 0; i < 3 * map.control_count(); ++i)
    map.gain.push_back(.4 + .3 * std::sin(1.7 * static_cast<double>(i)));
  return map;
}

}  // namespace interneg::model
