// What two registered elements show differently, and what is left to tell frames apart; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_APPEARANCE_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_APPEARANCE_OPENCV_H_

#include <span>
#include <utility>
#include <vector>

#include <opencv2/core.hpp>

namespace interneg::matching {

// A model of the frames of both sides about some paired ones (source row, reference row):
//   what stays (each side's mean: grade, uneven fading, dirt, a logo) is taken away;
//   what changes is described along the principal directions of both sides' frames, and, beside these, of their steps from
//   frame to frame: what tells a frame from its neighbours is often small beside the slow change of a whole shot;
//   the source jumps in the gate: what a jump makes of each frame is told from the rest (WeaveRows), and the variance of jumps
//   measured from the pairs;
//   along each direction k the sides are related by a gain g_k (least squares over what is left less the mean of the pairs
//   about each; over all of it where that does not correlate) and differ by noise of variance ν_k.
// A frame pair's cost is ½ Σ_k (α_k − g_k β_k)² / ν_k nats: the negative logarithm of a Gaussian likelihood (linear
// discriminant analysis with a diagonal covariance of within-pair differences: Fisher 1936; Hastie, Tibshirani,
// Friedman, "The Elements of Statistical Learning", §4.3). Noise outside those directions, most of it, plays no part;
// weave and flicker have large ν and count little. Directions come from each side's own frames and never from means of
// pairs: those hold the noise of both, so that any pairing, right or wrong, would look right to a model made from it.
class Appearance {
 public:
  // At least kLeastPairs pairs, of which the first 200 count, ascending by source row.
  static constexpr std::size_t kLeastPairs = 8;
  // `weave`: WeaveRows of the source, whose first frame begins a group; none: it does not jump.
  Appearance(const cv::Mat1f& source, const cv::Mat1f& reference, std::span<const std::pair<int, int>> pairs, const cv::Mat1f& weave = {});

  // One row a frame: coordinates scaled so that half the squared distance of two rows is their cost in nats.
  cv::Mat1f SourceCoordinates(const cv::Mat1f& rows) const;
  cv::Mat1f ReferenceCoordinates(const cv::Mat1f& rows) const;

  // The rows of `weave`, each a standard deviation of its jump; none where there were none.
  cv::Mat1f WeaveDeviations(const cv::Mat1f& weave) const;

  const cv::Mat1f& lasting_difference() const { return lasting_; }  // mean of source − reference
  int directions() const { return basis_.rows; }

 private:
  struct Jumps {
    cv::Mat1f made;      // directions × pairs: what the jump of each makes
    cv::Mat1f leverage;  // of each direction: the share of its noise that is taken for jumps, and has to be given back
  };
  Jumps MeasureJumps(const cv::Mat1f& alpha, const cv::Mat1f& beta, const cv::Mat1f& weave, std::span<const std::pair<int, int>> pairs);
  void Relate(const cv::Mat1f& alpha, const cv::Mat1f& beta, const cv::Mat1f& directions, const Jumps& jumps);

  cv::Mat1f mean_source_, mean_reference_, lasting_;
  cv::Mat1f basis_;              // directions × cells, orthonormal
  std::vector<float> gain_, scale_;  // scale: 1 / √ν
  cv::Vec3d jump_{};                 // standard deviation of each kind
};

// The variance of Gaussian numbers with mean 0, of whose squares the largest tenth is not looked at: a few pairs that are off
// by a frame must not hide the direction that tells them so. At least one square.
double TrimmedVariance(std::vector<double> squares);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_APPEARANCE_OPENCV_H_
