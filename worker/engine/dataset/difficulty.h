// Where a training misses most, over all places of all pairs, and places drawn from it.
#ifndef INTERNEG_WORKER_ENGINE_DATASET_DIFFICULTY_H_
#define INTERNEG_WORKER_ENGINE_DATASET_DIFFICULTY_H_

#include <span>
#include <vector>

#include "worker/engine/dataset/random.h"
#include "worker/engine/image/image.h"

namespace interneg::dataset {

// What a step saw at a place of a pair's frame. `miss`: how far the output lay from the truth there, in any unit, times how
// far that is to be trusted; finite, not negative.
struct SeenMiss {
  int pair = 0;
  double x_px = 0;
  double y_px = 0;
  double miss = 0;
};

struct Spot {
  int pair = 0;
  double x_px = 0;
  double y_px = 0;
};

// Each pair's frame is divided into square cells, 32 along its longer side (of 8 px at least). A cell keeps a running
// mean of the misses seen in it, to which each step that shows it adds three tenths. Its share of the draws is min(mean
// / median, 4), the median being that of the trusted cells seen, and 1 while it has not been seen: a place where
// nothing fits (misregistered, damaged) is drawn four times as often as the common one, however large its miss, and one
// that is not trusted as seldom as its misses count little. Where no trusted cell has been seen the median is that of
// all. Not synchronised.
class DifficultyMap {
 public:
  DifficultyMap(int pairs, image::Size frame);

  // How far a pair is to be trusted: one plane of the frame's size, 0 to 1. Cells with a mean below a half are not
  // trusted; those of pairs that nothing is said of are. Not kept by means(): said again before Restore.
  void Trust(int pair, const image::Image& confidence);

  // Of one step; places beyond the frame count at its edge, misses that are not finite are left out.
  void Learn(std::span<const SeenMiss> seen);

  // The middle of a cell drawn by its share.
  Spot Draw(Random& random) const;

  int pairs() const { return pairs_; }
  int rows() const { return rows_; }
  int columns() const { return columns_; }

  // The running means, pair by pair and row by row; −1: not seen yet. Restore throws std::invalid_argument for values that
  // are not those of such a map.
  const std::vector<float>& means() const { return means_; }
  void Restore(std::span<const float> means);

 private:
  void CountShares();

  int pairs_;
  image::Size frame_;
  int cell_px_;
  int rows_;
  int columns_;
  std::vector<float> means_;
  std::vector<bool> trusted_;
  std::vector<double> shares_;  // cumulative
};

}  // namespace interneg::dataset

#endif  // INTERNEG_WORKER_ENGINE_DATASET_DIFFICULTY_H_
