// Which shots of two sequences may show the same; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_SHOT_PAIRS_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_SHOT_PAIRS_OPENCV_H_

#include <utility>
#include <vector>

#include <opencv2/core.hpp>

namespace interneg::matching {

// Indices [first, last] into the thumbnails of one side.
struct IndexRange {
  int first = 0, last = 0;
  int count() const { return last - first + 1; }
};

struct ShotPair {
  int source_shot = 0, reference_shot = 0;
  double likeness = 0.0;                     // the greatest correlation of two sampled frames
  std::vector<std::pair<int, int>> anchors;  // sampled frames (indices of each side) that look most alike
};

// For each source shot the `candidates` reference shots that look most like it, by at least kLeastLikeness, ordered by
// source shot and then by likeness. `source`, `reference`: CoarseRows of all frames.
inline constexpr double kLeastLikeness = .35;
std::vector<ShotPair> LikelyPairs(const cv::Mat1f& source, const std::vector<IndexRange>& source_shots,
                                  const cv::Mat1f& reference, const std::vector<IndexRange>& reference_shots,
                                  int candidates);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_SHOT_PAIRS_OPENCV_H_
