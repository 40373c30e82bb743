// Where the picture lies on the scan, and what was laid over it: borders, sprockets, sound track; logos and subtitles.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_LIVE_AREA_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_LIVE_AREA_H_

#include <span>
#include <string>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::alignment {

struct LiveAreaOptions {
  // How far a border's pixels may lie from its level, display-encoded.
  double tolerance = 0.04;

  // How much of the width or height may be cut on one side, a share in (0, 0.45].
  double greatest_border = 0.3;
};

struct LiveArea {
  image::Rectangle area;  // the whole frame when nothing else was found
  std::string reason;     // for people: what was cut on which side, and which side was left as it is and why
};

// `frames`: several frames of one shot, of one size, R',G',B' or Y', about [0, 1]; the more they differ the better.
// A border is a run of columns (rows) at one side that are uniformly dark (within `tolerance` of the darkest percent of
// the frames) or clear (≥ .97) in every frame, at 99 % of their pixels; the picture begins after the innermost such
// run, so that sprocket holes and a sound track outside a dark line go with it. A soft end is cut to where the mean has
// risen half-way to the picture's. Each side is judged by itself: one where the picture behind the border is nearly as
// dark (or clear) as the border, so that the two cannot be told apart, is not cut, whatever the others are. Throws std::invalid_argument for no frame, frames of different sizes or fewer than
// 48 pixels a side, options out of range.
LiveArea DetectLiveArea(std::span<const image::Image> frames, const LiveAreaOptions& options);

struct Overlays {
  // Static over the shot, in the outer quarter of the picture: logos, counters' frames.
  std::vector<image::Rectangle> logos;

  // For each frame, lines of bright lettering in the lower 40 % of the picture.
  std::vector<std::vector<image::Rectangle>> subtitles;

  std::string reason;  // why logos could not be looked for; empty otherwise
};

// Looks inside `area`. Logos: strong gradients whose direction and place stay (|mean g| / mean |g| ≥ .8 over the
// frames) while less than 30 % of the picture's strong gradients do; needs three frames. Subtitles, for each frame:
// strokes that are thinner than 2 % of the height and brighter by .25 than around, of one brightness, that join to
// lines of 1.5–9 % of the height and at least three times as wide. Boxes are in frame pixels, widened by 1 % of the
// height. Throws as DetectLiveArea, and when the area leaves the frame.
Overlays DetectOverlays(std::span<const image::Image> frames, const image::Rectangle& area);

// One plane "mask" of the size: 1 inside any of the boxes, 0 elsewhere.
image::Image MaskOf(std::span<const image::Rectangle> boxes, image::Size size);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_LIVE_AREA_H_
