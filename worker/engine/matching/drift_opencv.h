// What two elements differ by that changes slowly, and what is left of a pair when it is taken away; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_DRIFT_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_DRIFT_OPENCV_H_

#include <span>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/matching/weave_opencv.h"

namespace interneg::matching {

// The differences e_i = s_i − r_c(i) along a path of columns c, and along every path parallel to it. A difference is taken
// for a drift that changes evenly over kReach rows about, plus noise that is new in every row (light that changes on one
// side, a colour that the other renders otherwise, a slow weave; grain and coding). With l the place at row i of the
// straight line fitted to the differences about it on the parallel path that passes through (i, j), row i left out, h the
// line's variance there for noise of 1, m the mean of these n differences and ν the noise's variance,
//   cost(i, j) = ½ |e − l|² / (ν (1 + h)) + ½ |m|² / (ν + n δ²)   nats:
// the negative logarithms of the likelihoods of a difference given its neighbours (the prediction variance of linear
// regression: Draper and Smith, "Applied Regression Analysis", §3.1), and of this row's share of the drift that they imply.
// δ², the variance of the drift, is what the path itself shows in all directions but that in which the picture moves, doubled
// (as a deviation) for doubt: a path that is late by a frame shows a drift along the movement. Where the picture moves
// unevenly, only the right one of the parallel paths leaves no more than noise; where it moves evenly, the drift alone speaks,
// and where that is large, nothing does.
class ParallelPaths {
 public:
  // Rows of coordinates (Appearance); `columns`: the partner of each source row, −1 for none; `centres`: the same without
  // holes. Scales both sides' columns, and the weave's, to the noise that is left along the path.
  // |e − l|² is the length by `weave`.
  ParallelPaths(cv::Mat1f& source, cv::Mat1f& reference, std::span<const int> columns, std::span<const int> centres, WeaveMetric& weave);

  double Cost(int row, int column) const;

  const std::vector<float>& usual_noise() const { return usual_noise_; }  // the variance about each row: 1 on the whole
  double drift() const;                                       // δ², the median over the rows
  cv::Mat1f Drifts() const;                                   // what each row is expected to differ by, along the path itself

 private:
  struct Sums {                // row i: over the rows below i
    cv::Mat1d values, moments; // of the differences; of the differences times their rows
    std::vector<double> count, rows, squares;
  };
  struct Expected {
    cv::Mat1f mean, here;  // of the rows about; where their straight line has this row
    double count = 0;
    double doubt = 0;      // variance of `here` for noise of 1
  };
  bool Counts(int row, int offset) const;
  void Add(int offset);
  Expected ExpectedAt(int row, int offset) const;
  void ScaleToNoise();
  double Own(int row, int offset) const;
  void MeasureNoise();
  void MeasureDrift();
  cv::Mat1f MovementAbout(int row) const;

  cv::Mat1f& source_;
  cv::Mat1f& reference_;
  WeaveMetric& weave_;
  std::span<const int> columns_, centres_;
  std::vector<Sums> sums_;     // offsets −kOffsets … kOffsets
  std::vector<float> noise_, usual_noise_;
  std::vector<double> drift_;  // δ² about each row
};

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_DRIFT_OPENCV_H_
