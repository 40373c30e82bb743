// What each pair of frames near a path costs; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_PAIR_COSTS_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_PAIR_COSTS_OPENCV_H_

#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/matching/banded_path.h"
#include "worker/engine/matching/shot_alignment_opencv.h"
#include "worker/engine/matching/weave_opencv.h"

namespace interneg::matching {

// Source rows [begin, end) under one model of appearance, in coordinates whose noise has variance 1. The matrices also hold
// rows about them: source row i is row i − first_row here, reference column j row j − first_column.
struct Scene {
  int begin = 0, end = 0;
  int first_row = 0, first_column = 0;
  cv::Mat1f source, reference;  // no rows where there were too few pairs for a model
  std::vector<float> noise;     // its variance about each row of `source`: 1 on the whole
  double drift = 0.0;           // variance of a coordinate's slow drift
  double still = 0.0;           // |difference|² of two frames of the reference by noise alone, at most
  cv::Mat1f drifts;             // a row for each of `source`: the drift there along the path
  WeaveMetric weave;            // of the rows of `source`
};

struct PairCosts {
  Band band;                   // nats
  std::vector<float> squared;  // |s − r − lasting difference|², laid out as the band's costs
  std::vector<double> step;    // nats from each source row to the next
  std::vector<Scene> scenes;   // in order
  const Scene& scene(int row) const;
};

// The share of the nats that is believed: what a model misses, it misses for several frames on end.
inline constexpr double kTrust = .3;

// Believed nats between two rows of one matrix of coordinates.
double Apart(const cv::Mat1f& coordinates, int a, int b);

// Costs within a band about `path` (the column of each source row, −1 for none): under a model (Appearance) made from the
// path's pairs, each scene of some seconds its own, and less the slow drift (ParallelPaths).
PairCosts CostsAbout(const ShotRows& rows, const std::vector<int>& path);

// The values of a band's layout along a path.
std::vector<double> Along(const Band& band, const std::vector<float>& values, const std::vector<int>& path);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_PAIR_COSTS_OPENCV_H_
