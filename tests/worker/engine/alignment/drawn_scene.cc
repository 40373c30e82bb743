#include "tests/worker/engine/alignment/drawn_scene.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace interneg::alignment {
namespace {

// The standard distributions differ between libraries; this does not.
double Between(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random() >> 11) / 9007199254740992.0;
}

}  // namespace

DrawnScene::DrawnScene(std::uint64_t seed, image::Size extent, int discs) {
  std::mt19937_64 random(seed);
  for (int i = 0; i < discs; ++i) {
    const double size = extent.height_px * Between(random, .02, .14);
    discs_.push_back({Between(random, -.25 * extent.width_px, 1.25 * extent.width_px),
                      Between(random, -.25 * extent.height_px, 1.25 * extent.height_px),
                      size,
                      Between(random, -.8, .8),
                      Between(random, -.8, .8),
                      {Between(random, .05, .9), Between(random, .05, .9), Between(random, .05, .9)}});
  }
}

image::Image DrawnScene::Seen(image::Size size, const Transform& to_scene) const {
  image::Image out(size, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int y = 0; y < size.height_px; ++y) {
    for (int x = 0; x < size.width_px; ++x) {
      const Point p = to_scene.Apply({static_cast<double>(x), static_cast<double>(y)});
      std::array<double, 3> colour{.3, .35, .4};
      for (const Disc& disc : discs_) {
        const double dx = p.x - disc.x, dy = p.y - disc.y, squared = dx * dx + dy * dy;
        if (squared > (disc.radius + 2) * (disc.radius + 2)) continue;
        const double cover = std::clamp(.5 + (disc.radius - std::sqrt(squared)) / 3.0, 0.0, 1.0);
        const double stripe = 1.0 + .15 * std::sin(dx * disc.stripe_x + dy * disc.stripe_y);
        for (int c = 0; c < 3; ++c) colour[c] += cover * (disc.colour[c] * stripe - colour[c]);
      }
      const std::size_t at = static_cast<std::size_t>(y) * size.width_px + x;
      for (int c = 0; c < 3; ++c) out.plane(c)[at] = static_cast<float>(std::clamp(colour[c], 0.0, 1.0));
    }
  }
  return out;
}

image::Image Faded(const image::Image& picture, double grain, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  image::Image out = picture;
  const double keep[] = {.15, .8, .45}, stain[] = {.6, .1, .25};
  for (int c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < picture.pixel_count(); ++i) {
      const double crossed = .8 * picture.plane(c)[i] + .2 * picture.plane(1)[i];
      double noise = -6.0;
      for (int k = 0; k < 12; ++k) noise += Between(random, 0, 1);
      out.plane(c)[i] =
          static_cast<float>(std::clamp(stain[c] + keep[c] * std::pow(crossed, 1.3) + grain * noise, 0.0, 1.0));
    }
  }
  return out;
}

image::Image Graded(const image::Image& picture) {
  image::Image out = picture;
  for (std::size_t i = 0; i < picture.pixel_count(); ++i) {
    const double grey = (picture.plane(0)[i] + picture.plane(1)[i] + picture.plane(2)[i]) / 3.0;
    for (int c = 0; c < 3; ++c) {
      out.plane(c)[i] =
          static_cast<float>(.95 * std::pow(std::max(0.0, grey + 1.1 * (picture.plane(c)[i] - grey)), .93));
    }
  }
  return out;
}

image::Image Mapped(const image::Image& picture, float factor, float offset) {
  image::Image out = picture;
  for (float& v : out.values()) v = v * factor + offset;
  return out;
}

}  // namespace interneg::alignment
