// A drawn, moving, coloured scene and its faded, grained print, by the recipe for tests (dyes in density).
#ifndef INTERNEG_TESTS_BENCHMARKS_ENGINE_CORE_DRAWN_FILM_H_
#define INTERNEG_TESTS_BENCHMARKS_ENGINE_CORE_DRAWN_FILM_H_

#include <array>
#include <cstdint>
#include <vector>

#include "worker/engine/image/image.h"
#include "worker/engine/training/training.h"

namespace interneg::benchmarks {

// What is left of cyan, magenta and yellow, multiplied by a smooth field over the frame; grain in density.
struct Fade {
  std::array<double, 3> retention;
  double grain = 0;
};
inline constexpr Fade kUneven{{.30, 1, .80}, .024};
inline constexpr Fade kNearlyDead{{.03, .95, .5}, .051};

// Frames 0 to 48: 0, 16, 32, 48 are pairs, 24 is held out for choosing; `test` is scored and never used otherwise.
struct Film {
  training::TrainingData data;
  std::vector<dataset::Pair> test;
};
Film DrawFilm(image::Size size, const Fade& fade, std::uint64_t seed);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_ENGINE_CORE_DRAWN_FILM_H_
