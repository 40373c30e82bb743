// What frames are among their neighbours: cuts between them, flashes, dissolves, fades and splices.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_NEIGHBOURS_H_
#define INTERNEG_WORKER_ENGINE_CURATION_NEIGHBOURS_H_

#include <optional>
#include <span>
#include <vector>

#include "worker/engine/curation/frame_features.h"

namespace interneg::curation {

// A frame as it comes in: its number and what was measured of it.
struct NumberedFeatures {
  int frame = 0;
  const FrameFeatures* features = nullptr;
};

struct Neighbourhood {
  std::optional<double> difference_previous;  // Distance() to the frame before; none at a hole or the range's end
  std::optional<double> difference_next;
  double motion = 0;         // the larger ChangedShare() to the two neighbours that belong to the same shot
  bool begins_shot = false;  // a cut, a hole or the range's begin lies before it
  bool flash = false;        // a frame or two, far brighter or darker than those before and after
  bool dissolve = false;     // a mixture of the pictures before and after it
  bool fade = false;         // on the way to or from black, white or another constant
  bool constant = false;     // without a picture: deviation of luma below .012
  bool splice = false;       // jumps vertically for a frame or two, or has a line across that its neighbours lack
};

// `frames` ascending by number; numbers that do not follow each other part the range as a cut would. Thresholds, all on
// display-encoded luma 0..1, are ours; they are stated where they are used and each is tested both ways on drawn
// frames:
//   cut       Distance() to the next above .06 and four times the median of the neighbouring differences, and
//             LumaCorrelation() below .75 across it, for the frames beside as well (a flash is no cut)
//   flash     mean luma off the medians of the three frames before and after by more than .05, and by more than twice
//             what these differ from each other
//   dissolve  the layout is a mixture α A + (1−α) B of those 4, 8, 16 or 24 frames before and after, .08 < α < .92,
//   with
//             less than 8 % of |A−B|² left, A and B correlating below .75 and more than .05 apart
//   fade      luma's deviation falls, without rising again by more than 5 %, within 48 frames to a constant frame, and
//   is
//             below .85 of what it is at the far end of that run
//   splice    see splices.h
// Throws std::invalid_argument when frames are not ascending.
std::vector<Neighbourhood> RelateNeighbours(std::span<const NumberedFeatures> frames);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_NEIGHBOURS_H_
