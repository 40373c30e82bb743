// What one element of a film is worth for one shot: resolution, grain, damage, level and colour, measured from frames.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_ELEMENT_MEASURES_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_ELEMENT_MEASURES_H_

#include <array>
#include <optional>
#include <span>

#include "worker/engine/image/image.h"
#include "worker/engine/validation/resolution.h"

namespace interneg::validation {

// All functions take R',G',B' frames of one shot and one size, in the training domain's display encoding, and throw
// std::invalid_argument, naming the frame, for none at all, other planes, differing sizes, NaN or infinite pixels.
// Where neighbours matter, frames follow each other in the film.

// σ of what differs from pixel to pixel in the flattest fifth of 32 px blocks (least gradient under a blur of 4 px;
// neither within 3 % of black nor of white), of those whose luma lies within .15 of `at_level` when there are eight,
// else of all. By 1.4826 · MAD, after a plane is taken out of each block: of the difference of neighbouring frames / √2
// when there are two, so that texture that stands still is no grain; of the frame itself otherwise, where fine texture
// without edges counts as grain. Movement in flat areas and flicker finer than a block count as grain too.
struct Grain {
  double luma = 0;
  std::array<double, 3> channel{};
  double correlation_px =
      0;             // where the luma grain's autocorrelation, mean of across and down, falls to 1/e; .63 if white
  double level = 0;  // mean luma of the blocks
  int blocks = 0;    // 0: no block was fit, the figures are 0
};
inline constexpr double kGrainLevel = 0.4;
Grain MeasureGrain(std::span<const image::Image> frames, double at_level = kGrainLevel);

// Dust by comparison with both neighbours, as the rank-ordered differences of Nadenau and Mitra (1997) do: after the
// frames are registered by their translation (Lucas and Kanade 1981, coarse to fine, robust), a pixel is damaged when
// it lies beyond everything in the 5×5 px around it in both neighbours by more than T = max(.06, 5 σ of the grain), and
// the neighbours agree there within T / 2, and within .4 T in four fifths of the 13×13 px around. Damaged pixels that
// touch (8 neighbours, gaps of one closed) are one speck when they are 3 or more and at most a thousandth of the
// picture. Dust of the tone of its ground and dust on what moves by itself is missed. Scratches: columns, narrower than
// 4 px, that lie above both columns 4 px away (or below both) by more than 6 robust σ of such differences and .01, on
// the mean over each third of the height: counted per frame; a mast is one too. Of pictures below 32 px a side nothing
// is known.
struct Damage {
  double specks_a_frame = 0;      // mean over the frames that have two neighbours
  double specks_a_megapixel = 0;  // of one frame
  double scratches_a_frame = 0;
  std::optional<double> instability_px;  // RMS over both axes of a frame's shift against the mean of its neighbours'
  int frames = 0;                        // looked at for specks; 0 with fewer than three: nothing is known of dust then
};
Damage MeasureDamage(std::span<const image::Image> frames);

// Levels of luma and of each channel over all frames. Densities are −log10 of the linear value (gamma 2.4, floor
// 10^-4).
struct Level {
  double black = 0, white = 0, mean = 0;  // luma: .1 and 99.9 in a hundred, mean
  std::array<double, 3> density_least{};  // .5 in a hundred
  std::array<double, 3> density_most{};   // 99.5 in a hundred
  std::array<double, 3> density_mean{};
  double cast_red = 0, cast_blue = 0;        // mean density of green less that of red (blue): > 0 looks red (blue)
  double clipped_low = 0, clipped_high = 0;  // share of values ≤ 0 and ≥ 1
};
Level MeasureLevel(std::span<const image::Image> frames);

// How much colour is left. The covariance of the three channels' densities (averaged over 8x8 px so that grain hardly
// counts; at most 2.4, the black of a print) has three eigenvalues: the greatest is the tone scale, the others are two
// independent directions of colour. What a faded dye takes is the least of them, since two dyes alone make colours of
// one plane; a monochrome element, tinted or not, has neither. Chroma of the picture itself would not do: a print that
// went red has plenty, all of it following the tones.
struct ColorSpread {
  double first = 0;  // σ in density
  double second = 0;
};
ColorSpread MeasureColor(std::span<const image::Image> frames);

struct ElementMeasures {
  image::Size size;
  int frames = 0;
  std::optional<EdgeResolution> edges;
  std::optional<SpectralResolution> spectrum;
  Grain grain;
  Damage damage;
  Level level;
  ColorSpread color;
};

// All of them. A handful of neighbouring frames from the middle of a shot is enough; .6 s of one core for
// each at 2K.
ElementMeasures MeasureElement(std::span<const image::Image> frames);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_ELEMENT_MEASURES_H_
