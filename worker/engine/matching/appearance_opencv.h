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
//   what changes is described along the principal directions of the pairs' means (half the noise of either side);
//   along each direction k the sides are related by a gain g_k (least squares) and differ by noise of variance ν_k.
// A frame pair's cost is ½ Σ_k (α_k − g_k β_k)² / ν_k nats: the negative logarithm of a Gaussian likelihood (linear
// discriminant analysis with a diagonal covariance of within-pair differences: Fisher 1936; Hastie, Tibshirani,
// Friedman, "The Elements of Statistical Learning", §4.3). Noise outside those directions, most of it, plays no part;
// weave and flicker have large ν and count little.
class Appearance {
 public:
  // At least kLeastPairs pairs.
  static constexpr std::size_t kLeastPairs = 8;
  Appearance(const cv::Mat1f& source, const cv::Mat1f& reference, std::span<const std::pair<int, int>> pairs);

  // One row a frame: coordinates scaled so that half the squared distance of two rows is their cost in nats.
  cv::Mat1f SourceCoordinates(const cv::Mat1f& rows) const;
  cv::Mat1f ReferenceCoordinates(const cv::Mat1f& rows) const;

  const cv::Mat1f& lasting_difference() const { return lasting_; }  // mean of source − reference
  int directions() const { return basis_.rows; }

 private:
  cv::Mat1f mean_source_, mean_reference_, lasting_;
  cv::Mat1f basis_;              // directions × cells, orthonormal
  std::vector<float> gain_, scale_;  // scale: 1 / √ν
};

// How far each source row's coordinates may be trusted along the way in which the picture moves there.
struct Drift {
  cv::Mat1f movement;          // a row: the direction, of length 1, or zeros where the picture stands
  std::vector<double> share;   // of the squared error along it that counts for nothing, 0..1
};

// Takes from the source's coordinates what drifts slowly away from their partners (light that changes on one side, a
// colour that the other renders otherwise), and scales both sides' columns to the noise that is left. `columns`: the
// partner of each source row among the reference's rows, −1 for none. A late partner looks like a drift along the
// movement; that part of a drift cannot be told from it and stays. What it may amount to is known from the drift in
// all other directions, D² a direction: as noise of variance 1 + D² instead of 1 it leaves 1 / (1 + D²) of the evidence.
Drift RemoveDrift(cv::Mat1f& source, cv::Mat1f& reference, std::span<const int> columns);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_APPEARANCE_OPENCV_H_
