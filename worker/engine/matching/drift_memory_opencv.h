// What a path has seen of the drift between two elements; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_DRIFT_MEMORY_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_DRIFT_MEMORY_OPENCV_H_

#include <array>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/matching/banded_path.h"
#include "worker/engine/matching/pair_costs_opencv.h"

namespace interneg::matching {

// The difference of a pair's coordinates is a drift d, which walks by q a row, and noise of the row's variance ν. A path's
// estimate m of d, of variance P, is carried on by a Kalman filter (Kalman, "A new approach to linear filtering and
// prediction problems", 1960): a pair costs ½ |e − m|² / (ν + P), the length by the scene's WeaveMetric, after which m += g (e − m), g = P / (ν + P),
// P = (1 − g) P + q. A path that falls behind or hurries ahead pays for it where it does, whatever the paths about it do.
class DriftMemory : public PathMemory {
 public:
  explicit DriftMemory(const PairCosts& pairs);
  void BeginRow(int row) override;
  float Cost(int k, Place from) const override;
  void Keep(Place now, Place from) override;

 private:
  static constexpr int kHistory = 12;  // pairs that a path takes with it into a scene's other coordinates
  struct Estimate {
    std::vector<float> drift;
    float variance = 0.0F;
    std::array<int, kHistory> columns{};  // of the last rows, −1 for none, the latest first
  };
  using Row = std::array<std::vector<Estimate>, 2>;  // by state, then k

  void Restart(Estimate& estimate) const;
  void Learn(Estimate& estimate, int row, int column) const;
  const Estimate& At(const Row& row, Place place) const;

  const PairCosts& pairs_;
  const Scene* scene_ = nullptr;
  int row_ = -1;
  Row last_, now_;
  Estimate fresh_;
  mutable std::vector<float> difference_;  // of one pair; its room is kept
};

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_DRIFT_MEMORY_OPENCV_H_
