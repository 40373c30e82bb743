// Small drawn pictures with known truth for the tests of preparation.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_PREPARATION_DRAWN_SHOT_H_
#define INTERNEG_TESTS_WORKER_ENGINE_PREPARATION_DRAWN_SHOT_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::preparation {

// 240×160: a textured ground that pans by (1.5, .25) pixels a frame, in front of it a ball of another texture that
// moves by (3.5, −1) and a hard upright bar that moves by 2. `time` is in frames and need not be whole.
image::Image DrawShot(double time, image::Size size = {240, 160});

// Every value of the picture by its place.
image::Image Drawn(image::Size size, const std::function<float(int channel, int x, int y)>& value);

// Normal noise of `sigma`, blurred over neighbouring pixels like grain, the same for the same seed and frame.
image::Image Grained(const image::Image& clean, double sigma, std::uint64_t seed, int frame);

double Psnr_db(const image::Image& a, const image::Image& b);
double Psnr_db(const image::Image& a, const image::Image& b, const std::function<bool(int x, int y)>& inside);

// Where the ball of DrawShot is.
bool InBall(double time, int x, int y, double margin_px = 0.0);

// Share of pixels of `among` of which a channel differs by more than one code of 255.
double ChangedShare(const image::Image& a, const image::Image& b, const std::function<bool(int x, int y)>& among);

bool SameBits(const image::Image& a, const image::Image& b);

}  // namespace interneg::preparation

#endif  // INTERNEG_TESTS_WORKER_ENGINE_PREPARATION_DRAWN_SHOT_H_
