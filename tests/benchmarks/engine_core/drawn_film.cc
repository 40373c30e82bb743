#include "tests/benchmarks/engine_core/drawn_film.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "worker/engine/dataset/random.h"

namespace interneg::benchmarks {
namespace {

// Rows R, G, B; columns C, M, Y: what each dye absorbs. kInverse is its inverse, computed once below.
constexpr double kAbsorb[3][3] = {{1, .093, .014}, {.107, 1, .087}, {.096, .106, 1}};
constexpr double kStain[3] = {0, .015, .03};
constexpr int kShapes = 60;

struct Shape {
  double x, y, radius, dx, dy;
  std::array<double, 3> colour;
};

std::vector<Shape> DrawShapes(image::Size size, dataset::Random& random) {
  std::vector<Shape> shapes;
  for (int i = 0; i < kShapes; ++i) {
    shapes.push_back({random.Uniform(0, size.width_px),
                      random.Uniform(0, size.height_px),
                      random.Uniform(0.02, 0.16) * size.height_px,
                      random.Uniform(-1, 1),
                      random.Uniform(-.5, .5),
                      {random.Uniform(.05, .95), random.Uniform(.05, .95), random.Uniform(.05, .95)}});
  }
  return shapes;
}

// A sky over leaves, and discs that drift before them; all with some texture.
image::Image CleanFrame(image::Size size, const std::vector<Shape>& shapes, int frame) {
  image::Image out(size, {"R", "G", "B"}, image::kTrainingDisplay);
  for (int y = 0; y < size.height_px; ++y) {
    for (int x = 0; x < size.width_px; ++x) {
      const double v = static_cast<double>(y) / size.height_px;
      const double texture = std::sin(.9 * x + .31 * y) * std::sin(.23 * x - .7 * y + .1 * frame);
      std::array<double, 3> c = v < .45 ? std::array{.35 + .3 * v, .5 + .3 * v, .8}
                                        : std::array{.2 + .08 * texture, .4 + .12 * texture, .12 + .04 * texture};
      for (const Shape& shape : shapes) {
        const double dx = x - shape.x - shape.dx * frame, dy = y - shape.y - shape.dy * frame;
        if (dx * dx + dy * dy > shape.radius * shape.radius) continue;
        const double shade = .8 + .2 * (dx - dy) / (2 * shape.radius) + .03 * texture;
        for (int k = 0; k < 3; ++k) c[k] = shape.colour[k] * shade;
      }
      for (int k = 0; k < 3; ++k) {
        out.plane(k)[static_cast<std::size_t>(y) * size.width_px + x] = static_cast<float>(std::clamp(c[k], 0.0, 1.0));
      }
    }
  }
  return out;
}

// Cramer's rule; the matrix is fixed and well conditioned.
std::array<double, 3> DyesOf(const std::array<double, 3>& density) {
  const auto determinant = [](const double m[3][3]) {
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  };
  std::array<double, 3> dyes{};
  for (int k = 0; k < 3; ++k) {
    double m[3][3];
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) m[i][j] = j == k ? density[i] : kAbsorb[i][j];
    }
    dyes[k] = std::max(0.0, determinant(m) / determinant(kAbsorb));
  }
  return dyes;
}

double Gaussian(dataset::Random& random) {
  return std::sqrt(-2 * std::log(1 - random.Uniform())) * std::cos(2 * std::numbers::pi * random.Uniform());
}

image::Image FadedFrame(const image::Image& clean, const Fade& fade, dataset::Random& random) {
  const double base = std::pow(10, -2.4);
  image::Image out = clean;
  for (int y = 0; y < clean.height_px(); ++y) {
    for (int x = 0; x < clean.width_px(); ++x) {
      const std::size_t i = static_cast<std::size_t>(y) * clean.width_px() + x;
      const double u = 2.0 * x / clean.width_px() - 1, v = 2.0 * y / clean.height_px() - 1;
      std::array<double, 3> density{};
      for (int k = 0; k < 3; ++k) density[k] = -std::log10(base + (1 - base) * std::pow(clean.plane(k)[i], 2.4));
      auto dyes = DyesOf(density);
      for (int k = 0; k < 3; ++k)
        dyes[k] *= fade.retention[k] * (1 + .25 * std::sin(1.7 * u + 2 * k) * std::cos(1.3 * v + k));
      for (int k = 0; k < 3; ++k) {
        double d = kStain[k];
        for (int j = 0; j < 3; ++j) d += kAbsorb[k][j] * dyes[j];
        const double share = std::clamp(d / 2.4, .02, .98);
        d += fade.grain * 2 * std::sqrt(share * (1 - share)) * Gaussian(random);
        const double linear = (std::pow(10, -d) - base) / (1 - base);
        out.plane(k)[i] = static_cast<float>(std::pow(std::clamp(linear, 0.0, 1.0), 1 / 2.4));
      }
    }
  }
  return out;
}

}  // namespace

Film DrawFilm(image::Size size, const Fade& fade, std::uint64_t seed) {
  dataset::Random random(seed);
  const auto shapes = DrawShapes(size, random);
  const auto pair = [&](int frame) {
    image::Image clean = CleanFrame(size, shapes, frame);
    image::Image faded = FadedFrame(clean, fade, random);
    return dataset::Pair{frame, std::move(faded), std::move(clean), {}};
  };
  Film film;
  for (const int frame : {0, 16, 32, 48}) film.data.pairs.push_back(pair(frame));
  film.data.held_out.push_back(pair(24));
  for (const int frame : {5, 11, 21, 28, 37, 43}) film.test.push_back(pair(frame));
  return film;
}

}  // namespace interneg::benchmarks
