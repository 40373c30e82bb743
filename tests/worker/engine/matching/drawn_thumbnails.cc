#include "tests/worker/engine/matching/drawn_thumbnails.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <random>

namespace interneg::matching {
namespace {

struct Wave {
  double fx, fy, phase, size;
};
struct Disc {
  double x, y, swing_x, swing_y, rate_x, rate_y, phase, radius, light;
};

// A sum of waves for the background and three soft discs that wander.
class Scene {
 public:
  explicit Scene(int number) {
    std::mt19937 random(static_cast<unsigned>(977 * number + 13));
    const auto in = [&](double low, double high) { return low + (high - low) * (static_cast<double>(random()) / 4294967295.0); };
    for (Wave& w : waves_) w = {in(-.45, .45), in(-.45, .45), in(0, 6.28), in(.04, .09)};
    double sign = 1;
    for (Disc& d : discs_) {
      d = {in(12, 52), in(10, 38), in(4, 9), in(2, 5), in(.07, .16), in(.07, .13), in(0, 6.28), in(3, 6), sign * in(.2, .35)};
      sign = -sign;
    }
  }

  float At(double t, double x, double y) const {
    double v = .45;
    for (const Wave& w : waves_) v += w.size * std::sin(w.fx * x + w.fy * y + w.phase);
    for (const Disc& d : discs_) {
      const double dx = x - d.x - d.swing_x * std::sin(d.rate_x * t + d.phase), dy = y - d.y - d.swing_y * std::cos(d.rate_y * t);
      const double far = (dx * dx + dy * dy) / (d.radius * d.radius);
      if (far < 8) v += d.light * std::exp(-far);
    }
    return static_cast<float>(std::clamp(v, .02, .98));
  }

 private:
  std::array<Wave, 7> waves_{};
  std::array<Disc, 3> discs_{};
};

std::uint64_t Mixed(std::uint64_t a, std::uint64_t b) { return (a * 0x9E3779B97F4A7C15ULL) ^ (b + 0x7F4A7C15ULL + (a << 6)); }

}  // namespace

std::vector<FilmFrame> Take(int scene, int first, int last) {
  std::vector<FilmFrame> out;
  for (int t = first; t <= last; ++t) out.push_back({scene, t});
  return out;
}

std::vector<FilmFrame> Joined(std::vector<std::vector<FilmFrame>> parts) {
  std::vector<FilmFrame> out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

std::vector<FilmFrame> Rerated(const std::vector<FilmFrame>& film, int to, int from) {
  std::vector<FilmFrame> out;
  for (int k = 0; k * from / to < static_cast<int>(film.size()); ++k) out.push_back(film[static_cast<std::size_t>(k * from / to)]);
  return out;
}

std::vector<Thumbnail> Draw(const std::vector<FilmFrame>& film, Element element, std::int64_t first_number, std::uint64_t seed) {
  std::vector<Thumbnail> out;
  const bool video = element == Element::kVideo;
  for (const FilmFrame& frame : film) {
    const Scene scene(frame.scene);
    Thumbnail thumbnail{first_number++, {720, 576}, {}};
    std::mt19937_64 random(Mixed(seed, static_cast<std::uint64_t>(thumbnail.frame)));
    std::normal_distribution<float> noise(0.0F, video ? .004F : .007F);
    for (int y = 0; y < Thumbnail::kHeight; ++y) {
      for (int x = 0; x < Thumbnail::kWidth; ++x) {
        const double u = video ? 31.5 + .95 * (x - 31.5) + .3 : x, v = video ? 23.5 + .95 * (y - 23.5) : y;
        const float clean = scene.At(std::abs(frame.time), u, v);
        thumbnail.luma.push_back(std::clamp((video ? std::pow(clean, 1.15F) : .25F + .5F * clean) + noise(random), 0.0F, 1.0F));
      }
    }
    out.push_back(std::move(thumbnail));
  }
  return out;
}

}  // namespace interneg::matching
