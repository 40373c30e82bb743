// Upright lines of one frame; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_PREPARATION_SCRATCH_LINES_H_
#define INTERNEG_WORKER_ENGINE_PREPARATION_SCRATCH_LINES_H_

#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/preparation/step.h"

namespace interneg::preparation {

enum class LineTone { kBright, kDark };

// A nearly upright straight line: its middle at the first and the last row.
struct UprightLine {
  double top_px = 0.0;
  double bottom_px = 0.0;
  LineTone tone = LineTone::kBright;
  double contrast = 0.0;  // mean over the rows that show it, code values
  double strength = 0.0;  // mean over all rows, a little less when tilted
  double At(double share_of_height) const { return top_px + (bottom_px - top_px) * share_of_height; }
};

// How far each pixel, averaged with a twelfth of the height about it, is brighter (darker) than the left side, the
// right one, and their mean, each at half the largest width; −1 where a side is missing. Averaged first, as a line
// keeps its place from row to row and grain does not (Kokaram, Motion Picture Restoration, 1998, chapter 8). The mean
// of both sides does not see a slope of the picture.
struct LineContrasts {
  cv::Mat1f both, left, right;
};
LineContrasts ContrastsOf(const cv::Mat1f& luma, LineTone tone, int max_width_px);

// Lines, tilted by up to 4 pixels, whose contrast exceeds the threshold on min_length_share of the rows (there, to each
// side at least half of it: an edge is not a line), is much the same on all of them (the weakest tenth above a quarter
// of the median, the strongest below 2.2 of it: pieces of picture that stand in one column are not), and stands out by
// `least_deviations` (by the median absolute one) among all columns. Strongest first; none nearer than max_width_px + 2
// to a stronger one.
std::vector<UprightLine> FindUprightLines(const cv::Mat1f& luma, const ScratchRepair& settings,
                                          double least_deviations);

}  // namespace interneg::preparation

#endif  // INTERNEG_WORKER_ENGINE_PREPARATION_SCRATCH_LINES_H_
