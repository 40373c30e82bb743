#include "tests/worker/engine/preparation/drawn_damage.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

namespace interneg::preparation {

Dusty WithDust(const image::Image& clean, std::uint64_t seed, int count) {
  Dusty out{clean, std::vector<std::uint16_t>(clean.pixel_count(), 0), count};
  // Neighbouring seeds of cv::RNG begin alike, and specks of neighbouring frames would lie at the same places.
  cv::RNG random((seed + 1) * 0x9E3779B97F4A7C15ULL);
  for (int i = 0; i < 16; ++i) random.next();
  for (int n = 1; n <= count; ++n) {
    const double rx = random.uniform(1.0, 6.0), ry = random.uniform(1.0, 6.0), turn = random.uniform(0.0, 3.1);
    const int cx = random.uniform(10, clean.width_px() - 10), cy = random.uniform(10, clean.height_px() - 10);
    const bool bright = random.uniform(0, 2) == 1;
    for (int y = 0; y < clean.height_px(); ++y) {
      for (int x = 0; x < clean.width_px(); ++x) {
        const double u = ((x - cx) * std::cos(turn) + (y - cy) * std::sin(turn)) / rx;
        const double v = ((y - cy) * std::cos(turn) - (x - cx) * std::sin(turn)) / ry;
        const double cover = std::clamp((1.0 - std::hypot(u, v)) * std::min(rx, ry) + .5, 0.0, 1.0);
        if (cover <= 0.0) continue;
        const auto i = static_cast<std::size_t>(y) * clean.width_px() + x;
        out.speck[i] = static_cast<std::uint16_t>(n);
        for (int c = 0; c < 3; ++c) {
          float& value = out.picture.plane(c)[i];
          value += static_cast<float>(cover * ((bright ? .96 : .05) - value));
        }
      }
    }
  }
  return out;
}

SpeckCount CountSpecks(const Dusty& dusty, const image::Image& out, const image::Image& clean) {
  struct Damage {
    double before = 0.0, after = 0.0, values = 0.0;
  };
  std::vector<Damage> damage(static_cast<std::size_t>(dusty.count) + 1);
  for (int c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < clean.pixel_count(); ++i) {
      Damage& of = damage[dusty.speck[i]];
      of.before += std::pow(dusty.picture.plane(c)[i] - clean.plane(c)[i], 2);
      of.after += std::pow(out.plane(c)[i] - clean.plane(c)[i], 2);
      of.values += 1.0;
    }
  }
  SpeckCount count;
  for (std::size_t n = 1; n < damage.size(); ++n) {
    if (damage[n].values == 0.0 || damage[n].before / damage[n].values < 0.01) continue;
    ++count.visible;
    count.repaired += damage[n].after <= .1 * damage[n].before;
  }
  return count;
}

bool InScratch(const std::vector<Scratch>& scratches, int x, int y) {
  return std::any_of(scratches.begin(), scratches.end(), [&](const Scratch& s) {
    return x >= s.left_px && x < s.left_px + s.width_px && y >= s.first_row && y <= s.last_row;
  });
}

image::Image WithScratches(const image::Image& clean, const std::vector<Scratch>& scratches, int moved_px) {
  auto out = clean;
  for (const Scratch& s : scratches) {
    for (int y = s.first_row; y <= s.last_row; ++y) {
      for (int x = s.left_px + moved_px; x < s.left_px + moved_px + s.width_px; ++x) {
        for (int c = 0; c < 3; ++c) out.plane(c)[static_cast<std::size_t>(y) * clean.width_px() + x] += s.change;
      }
    }
  }
  return out;
}

}  // namespace interneg::preparation
