// What the frames of a path say about their partners; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_JUDGEMENT_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_JUDGEMENT_OPENCV_H_

#include <vector>

#include "worker/engine/matching/banded_path.h"
#include "worker/engine/matching/pair_costs_opencv.h"
#include "worker/engine/matching/shot_alignment_opencv.h"

namespace interneg::matching {

// Fills out[begin … end − 1], all of them paired on `path`: the path says which columns, so that time runs forward; the
// probabilities say how sure that is.
class Judgement {
 public:
  Judgement(const PairCosts& pairs, const PathCosts& costs, const ShotRows& rows);
  void Run(int begin, int end, const std::vector<int>& path, std::vector<FrameEvidence>& out) const;

 private:
  FrameEvidence Judge(int row, int best, const float* probability, double usual) const;
  bool Same(int row, int k, int best, const float* probability) const;
  double Nats(int row, int column) const;
  Movement MovementTo(int row, int column, double usual) const;  // `usual`: the usual residual of a pair
  Movement MovementAlong(int row, int column) const;
  double Score(int row, int column) const;
  void Neighbours(int row, int best, FrameEvidence& evidence) const;

  const PairCosts& pairs_;
  const PathCosts& costs_;
  const ShotRows& rows_;
  double still_;                           // nats
  double source_still_;                    // |step|² of all cells
};

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_JUDGEMENT_OPENCV_H_
