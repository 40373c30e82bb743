// How much detail a picture holds, whatever its size in pixels.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_RESOLUTION_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_RESOLUTION_H_

#include <optional>
#include <span>

#include "worker/engine/image/image.h"

namespace interneg::validation {

// Frequencies are in cycles a pixel. What they resolve across the picture is 2 · frequency · width pixels.
struct EdgeResolution {
  double mtf50 = 0;      // where half of the contrast is left
  double mtf10 = 0;      // where a tenth is left
  double sharpness = 0;  // mean of the MTF from 0 to ½ cycle a pixel: 1 for a picture without any blur
  int edges = 0;         // that it was measured on
};

// The slanted-edge method of ISO 12233:2017 annex D on edges that happen to be in the pictures: straight, 25 px long,
// flat for several pixels on both sides. Each edge's pixels are projected on its normal in bins of ¼ px; the derivative
// of that profile is the line spread, and the mean line spread of the sharper edges (the third quarter to the
// nineteenth twentieth by width: a scene has soft edges of its own, and the very sharpest are chance) is transformed
// and corrected for the bins. The value is in the encoding that the pictures are in, as ISO 12233 does it before
// linearising: on display-encoded pictures it differs from the linear one by a few in a hundred on edges of full
// contrast. Nothing when fewer than 8 edges will do: a shot of fog has no measurable resolution. An element that was
// sharpened shows more than it resolved.
std::optional<EdgeResolution> MeasureEdges(std::span<const image::Image> frames);

// Where the signal of the picture falls into its noise, from power spectra of 128 px blocks: P(f) of the frames, N(f)
// of the noise, both as medians over rings, the noise from the difference of neighbouring frames (the quieter quarter
// of the blocks, since what moves is no noise) or, with a single frame, from the flattest tenth. `limit` is the least
// frequency above .05 from which P < 2 N, or from which P lies below 1/100 of what scenes hold at that frequency
// without blur, where that comes first: their spectrum falls as f^−a, a near 2 (Field, JOSA A 4, 1987), fitted here to
// .02–.08 cycles a pixel. That is an MTF of a tenth. At most ½. Nothing when the pictures are smaller than a block or
// without detail.
struct SpectralResolution {
  double limit = 0;
  double slope = 0;  // a
};
std::optional<SpectralResolution> MeasureSpectrum(std::span<const image::Image> frames);

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_RESOLUTION_H_
