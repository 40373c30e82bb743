// Dust and scratches drawn onto clean pictures, for the tests and the benchmark of preparation.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_PREPARATION_DRAWN_DAMAGE_H_
#define INTERNEG_TESTS_WORKER_ENGINE_PREPARATION_DRAWN_DAMAGE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::preparation {

struct Dusty {
  image::Image picture;
  std::vector<std::uint16_t> speck;  // the number of the speck that touches the pixel, 0 for none
  int count = 0;
  bool IsSpeck(int x, int y) const { return speck[static_cast<std::size_t>(y) * picture.width_px() + x] != 0; }
};

// Soft-edged specks of 2 to 12 pixels, nearly black or nearly white, anywhere but at the rim.
Dusty WithDust(const image::Image& clean, std::uint64_t seed, int count);

// Specks that can be seen: rms difference of at least a tenth of full scale over their pixels; and how many of them
// have at most a tenth of the damage (summed squared difference) left.
struct SpeckCount {
  int visible = 0;
  int repaired = 0;
};
SpeckCount CountSpecks(const Dusty& dusty, const image::Image& out, const image::Image& clean);

// A line over the columns from left_px, rows from first_row to last_row, that adds `change`.
struct Scratch {
  int left_px = 0, width_px = 0, first_row = 0, last_row = 0;
  float change = 0.0F;
};
bool InScratch(const std::vector<Scratch>& scratches, int x, int y);
image::Image WithScratches(const image::Image& clean, const std::vector<Scratch>& scratches, int moved_px);

}  // namespace interneg::preparation

#endif  // INTERNEG_TESTS_WORKER_ENGINE_PREPARATION_DRAWN_DAMAGE_H_
