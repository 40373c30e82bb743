// Pictures with known blur, grain and dust.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_VALIDATION_DRAWN_ELEMENT_H_
#define INTERNEG_TESTS_WORKER_ENGINE_VALIDATION_DRAWN_ELEMENT_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::validation {

inline image::Image Grey(image::Size size, float value) {
  image::Image out(size, {"R", "G", "B"}, image::kTrainingDisplay);
  std::fill(out.values().begin(), out.values().end(), value);
  return out;
}

// Turned squares under a Gaussian blur, in closed form: the blur of a box is a product of differences of error
// functions in its own axes. Its MTF along any edge is exp(−2 π² σ² f²), so that MTF50 = √(ln 2 / 2) / (π σ).
inline image::Image BlurredSquares(image::Size size, double sigma_px, std::uint64_t seed) {
  constexpr int kCell = 92, kHalf = 27;
  image::Image out = Grey(size, .25F);
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> turn(.06, 1.5), tone(.5, .9);
  const auto box = [sigma_px](double u) {
    return .5 * (std::erf((u + kHalf) / (sigma_px * std::sqrt(2))) - std::erf((u - kHalf) / (sigma_px * std::sqrt(2))));
  };
  for (int top = 0; top + kCell <= size.height_px; top += kCell) {
    for (int left = 0; left + kCell <= size.width_px; left += kCell) {
      const double angle = turn(random), level = tone(random);
      for (int y = top; y < top + kCell; ++y) {
        for (int x = left; x < left + kCell; ++x) {
          const double dx = x - left - .5 * kCell, dy = y - top - .5 * kCell;
          const double u = std::cos(angle) * dx + std::sin(angle) * dy,
                       v = -std::sin(angle) * dx + std::cos(angle) * dy;
          const auto value = static_cast<float>(.25 + (level - .25) * box(u) * box(v));
          for (int c = 0; c < 3; ++c) out.plane(c)[static_cast<std::size_t>(y * size.width_px + x)] = value;
        }
      }
    }
  }
  return out;
}

inline void AddWhiteNoise(image::Image& picture, double sigma, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> noise(0.F, static_cast<float>(sigma));
  for (float& v : picture.values()) v += noise(random);
}

// Soft hills under an even sky, moved by whole pixels: something to be registered by, and something flat.
inline image::Image Hills(image::Size size, int moved_px) {
  image::Image out(size, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int y = 0; y < size.height_px; ++y) {
    for (int x = 0; x < size.width_px; ++x) {
      const double u = x + moved_px;
      const double hills = std::clamp((y - .4 * size.height_px) / 40, 0., 1.);
      const double v = .45 - .0004 * y +
                       hills * (.1 * std::sin(.071 * u + .9 * std::sin(.033 * y)) + .08 * std::sin(.11 * y + .013 * u) +
                                .05 * std::sin(.23 * u - .31 * y));
      for (int c = 0; c < 3; ++c) out.plane(c)[static_cast<std::size_t>(y * size.width_px + x)] = static_cast<float>(v);
    }
  }
  return out;
}

// `count` round specks, apart from each other, lighter or darker than their ground by .3.
inline void AddSpecks(image::Image& picture, int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> across(8, picture.width_px() - 9), down(8, picture.height_px() - 9), radius(1, 3);
  std::vector<std::pair<int, int>> placed;
  while (static_cast<int>(placed.size()) < count) {
    const int x = across(random), y = down(random), r = radius(random);
    const bool near = std::any_of(placed.begin(), placed.end(), [&](const auto& p) {
      return std::abs(p.first - x) < 12 && std::abs(p.second - y) < 12;
    });
    if (near) continue;
    placed.push_back({x, y});
    for (int dy = -r; dy <= r; ++dy) {
      for (int dx = -r; dx <= r; ++dx) {
        if (dx * dx + dy * dy > r * r) continue;
        for (int c = 0; c < 3; ++c) {
          float& v = picture.plane(c)[static_cast<std::size_t>((y + dy) * picture.width_px() + x + dx)];
          v += placed.size() % 2 == 0 ? .3F : -.3F;
        }
      }
    }
  }
}

}  // namespace interneg::validation

#endif  // INTERNEG_TESTS_WORKER_ENGINE_VALIDATION_DRAWN_ELEMENT_H_
