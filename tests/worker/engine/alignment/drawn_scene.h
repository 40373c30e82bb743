// A drawn, textured scene that can be looked at through any transform without resampling: the truth is exact.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_ALIGNMENT_DRAWN_SCENE_H_
#define INTERNEG_TESTS_WORKER_ENGINE_ALIGNMENT_DRAWN_SCENE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

class DrawnScene {
 public:
  // Soft, striped discs over `extent` pixels of the scene's own plane and half of that around.
  DrawnScene(std::uint64_t seed, image::Size extent, int discs = 260);

  // The scene as a picture whose pixel p shows the place to_scene(p). R',G',B' in [0, 1].
  image::Image Seen(image::Size size, const Transform& to_scene) const;

 private:
  struct Disc {
    double x, y, radius, stripe_x, stripe_y;
    std::array<double, 3> colour;
  };
  std::vector<Disc> discs_;
};

// What a faded print shows of a picture: red nearly gone, green kept, blue halved, gamma, a stain, and grain.
image::Image Faded(const image::Image& picture, double grain, std::uint64_t seed);

// A grade: gain, gamma and saturation a little off.
image::Image Graded(const image::Image& picture);

// One picture's pixels times a factor plus an offset, all planes.
image::Image Mapped(const image::Image& picture, float factor, float offset);

}  // namespace interneg::alignment

#endif  // INTERNEG_TESTS_WORKER_ENGINE_ALIGNMENT_DRAWN_SCENE_H_
