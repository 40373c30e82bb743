// Frame by frame alignment of one source shot with one reference shot; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_SHOT_ALIGNMENT_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_SHOT_ALIGNMENT_OPENCV_H_

#include <span>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/matching/contradictions.h"
#include "worker/engine/matching/frame_map.h"

namespace interneg::matching {

// Rows of features (FeatureRows, both under one mask and in the source's geometry) of the two shots, or what InOwnSpan makes of
// them: nothing but products of rows counts here.
struct ShotRows {
  cv::Mat1f source, reference;
  cv::Mat1f level;  // one row: MedianDifference of the two
  cv::Mat1f weave;  // WeaveRows of the source
  int cells = 0;    // that are compared
};

// The median of each cell of the reference's frames less that of the source's, of up to 48 of either.
cv::Mat1f MedianDifference(const cv::Mat1f& source, const cv::Mat1f& reference);

// Where a source frame lies on the way from its partner to a neighbour of the partner (LeanOf): 0 at the partner, ½ between the
// two, 1 at the neighbour, which is the partner itself where the source frame lies beyond all frames that there are.
struct Lean {
  double place = 0.0;
  double doubt = 0.0;  // standard deviation of `place`
  int neighbour = -1;  // −1 where none is told from the partner
  double astray = 0.0;  // how far at least it is from its partner, in ways to a neighbour, whichever way; 0 where that is noise
};

// What one source frame says about the reference frames. Indices count from the shots' first frames.
struct FrameEvidence {
  int reference = -1;           // −1: alone
  double residual = 0.0;        // |s − r − offset|²
  double nats = 0.0;            // that it costs to be paired with `reference`
  Movement movement = Movement::kUnclear;  // from the source frame before it
  double score = 0.0;
  double margin = 0.0;
  double probability = 0.0;     // of alike_first … alike_last
  int alike_first = -1, alike_last = -1;  // around `reference`, that neither the evidence nor the eye tells apart
  double rival = 0.0;           // the probability of the likeliest column outside them
  int rival_reference = -1;
  Lean lean;                    // of the source frame towards another frame of the reference
  std::vector<float> nearby;    // nats above the best, for columns reference − kNearby … reference + kNearby
};
inline constexpr int kNearby = 4;

struct ShotAlignment {
  std::vector<FrameEvidence> frames;  // one a source frame
  std::vector<int> breaks;            // source indices at which a new run begins (the first is 0)
  double noise = 0.0;                 // the median residual of the paired frames
};

// The rough way: every frame against every frame (thinned out to at most 4 million cells) in the directions in which
// the two shots vary most (principal components of up to 96 frames), with and without the two medians removed; then
// the cheapest path. Column of each source frame, −1 for none.
std::vector<int> RoughPath(const ShotRows& rows);

// The careful way, within a band about `rough`: alternates between a model of the lasting difference (what the two
// elements show differently wherever the frame is: grade, fading, dirt, a logo) and the path under it.
ShotAlignment Align(const ShotRows& rows, const std::vector<int>& rough);

// Correlation, −1..1, of what changes between the frames of the runs `pairs` (source index, reference index), with the
// noise's share of the energy discounted. 0 when nothing changes that stands out of the noise.
double MotionCorrelation(const ShotRows& rows, std::span<const std::pair<int, int>> pairs);

double Median(std::vector<double> values);  // 0 for none

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_SHOT_ALIGNMENT_OPENCV_H_
