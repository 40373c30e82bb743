#include "worker/engine/preparation/motion.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace interneg::preparation {
namespace {

constexpr int kSupport = 16, kPad = 48;
constexpr double kScale = 2048.0;  // of full scale
constexpr short kMostDifference = static_cast<short>(kScale / 7);
constexpr float kMostValue = 3.9F;  // four of it must not leave 16 bits
constexpr int kPenalty =
    static_cast<int>(0.0006 * kScale * kSupport * kSupport / 4);  // a quarter pixel off the prediction

// One size of both pictures, as integers with repeated borders; `counted` is −1 for pixels that count, else 0.
struct Level {
  cv::Size size;
  cv::Mat1s from, to, counted;
};

cv::Mat1s Padded(const cv::Mat1f& picture) {
  cv::Mat1f padded;
  cv::copyMakeBorder(picture, padded, kPad, kPad, kPad, kPad, cv::BORDER_REPLICATE);
  cv::Mat1s out;
  cv::Mat1f(cv::max(cv::min(padded, kMostValue), -kMostValue)).convertTo(out, CV_16S, kScale);
  return out;
}

cv::Mat1s Counted(const cv::Mat1f& ignored) {
  cv::Mat1s out = Padded(ignored);
  for (short& value : out) value = value > static_cast<short>(kScale / 8) ? 0 : -1;
  return out;
}

std::vector<Level> LevelsOf(cv::Mat1f from, cv::Mat1f to, cv::Mat1f ignored) {
  constexpr int kLeastSide = 48;
  // Grain decides between vectors where the picture does not, and would pull them to fractions that blur it.
  from = Blurred(from, 1.0);
  to = Blurred(to, 1.0);
  std::vector<Level> levels;
  while (true) {
    levels.push_back({from.size(), Padded(from), Padded(to), Counted(ignored)});
    if (std::min(from.rows, from.cols) / 2 < kLeastSide) return levels;
    cv::pyrDown(from.clone(), from);
    cv::pyrDown(to.clone(), to);
    cv::pyrDown(ignored.clone(), ignored);
  }
}

// A cell's search: the best vector so far and what it costs.
class Search {
 public:
  Search(const Level& level, int row, int column, cv::Vec2s predicted)
      : level_(level),
        x_(column * Motion::kCell + Motion::kCell / 2 - kSupport / 2),
        y_(row * Motion::kCell + Motion::kCell / 2 - kSupport / 2),
        predicted_(predicted) {}

  void Try(int vx, int vy) {
    if (!Inside(x_ + (vx >> 2), level_.size.width) || !Inside(y_ + (vy >> 2), level_.size.height)) return;
    const int off = std::min(std::abs(vx - predicted_[0]) + std::abs(vy - predicted_[1]), std::abs(vx) + std::abs(vy));
    const int penalty = kPenalty * off;
    if (penalty >= cost_) return;
    const int cost = penalty + Difference(vx, vy);
    if (cost >= cost_) return;
    cost_ = cost;
    best_ = {static_cast<short>(vx), static_cast<short>(vy)};
  }

  // Walks downhill in steps of `step` quarter pixels.
  void Descend(int step, int most_steps) {
    for (int i = 0; i < most_steps; ++i) {
      const cv::Vec2s centre = best_;
      for (int dy = -step; dy <= step; dy += step) {
        for (int dx = -step; dx <= step; dx += step) {
          if (dx != 0 || dy != 0) Try(centre[0] + dx, centre[1] + dy);
        }
      }
      if (best_ == centre) return;
    }
  }

  cv::Vec2s best() const { return best_; }

 private:
  static bool Inside(int at, int size) { return at >= -kPad && at + kSupport + 1 <= size + kPad; }

  // In 16 bits throughout, so that a vector of the processor takes a whole row; a row's sum is at most 16 · 292.
  int Difference(int vx, int vy) const {
    const short fx = vx & 3, fy = vy & 3, gx = 4 - fx, gy = 4 - fy;
    std::array<short, kSupport> shown;
    int sum = 0;
    for (int j = 0; j < kSupport; ++j) {
      const short* from = level_.from[y_ + j + kPad] + x_ + kPad;
      const short* counted = level_.counted[y_ + j + kPad] + x_ + kPad;
      const int row = y_ + j + (vy >> 2) + kPad;
      const short* to = level_.to[row] + x_ + (vx >> 2) + kPad;
      if (fx != 0 || fy != 0) {
        const short* below = level_.to[std::min(row + 1, level_.to.rows - 1)] + x_ + (vx >> 2) + kPad;
        for (int i = 0; i < kSupport; ++i) {
          const short upper = static_cast<short>(static_cast<short>(gx * to[i] + fx * to[i + 1]) >> 2);
          const short lower = static_cast<short>(static_cast<short>(gx * below[i] + fx * below[i + 1]) >> 2);
          shown[static_cast<std::size_t>(i)] = static_cast<short>(static_cast<short>(gy * upper + fy * lower) >> 2);
        }
        to = shown.data();
      }
      short row_sum = 0;
      for (int i = 0; i < kSupport; ++i) {
        short difference = static_cast<short>(from[i] - to[i]);
        difference = std::max(difference, static_cast<short>(-difference));
        row_sum = static_cast<short>(row_sum + (std::min(difference, kMostDifference) & counted[i]));
      }
      sum += row_sum;
    }
    return sum;
  }

  const Level& level_;
  int x_, y_;
  cv::Vec2s predicted_, best_{0, 0};
  int cost_ = std::numeric_limits<int>::max();
};

cv::Size CellsOf(cv::Size size) {
  return {(size.width + Motion::kCell - 1) / Motion::kCell, (size.height + Motion::kCell - 1) / Motion::kCell};
}

cv::Vec2s Parent(const cv::Mat2s& parents, int row, int column) {
  if (parents.empty()) return {0, 0};
  const cv::Vec2s v = parents(std::min(row / 2, parents.rows - 1), std::min(column / 2, parents.cols - 1));
  return {static_cast<short>(2 * v[0]), static_cast<short>(2 * v[1])};
}

cv::Vec2s FirstSearch(const Level& level, const cv::Mat2s& parents, int row, int column) {
  Search search(level, row, column, Parent(parents, row, column));
  search.Try(0, 0);
  if (parents.empty()) {
    constexpr int kReach = 6;
    for (int dy = -kReach; dy <= kReach; ++dy) {
      for (int dx = -kReach; dx <= kReach; ++dx) search.Try(4 * dx, 4 * dy);
    }
  } else {
    for (int dy = -2; dy <= 2; dy += 2) {
      for (int dx = -2; dx <= 2; dx += 2) {
        const cv::Vec2s v = Parent(parents, std::max(0, row + dy), std::max(0, column + dx));
        search.Try(v[0], v[1]);
      }
    }
  }
  search.Descend(4, 3);
  return search.best();
}

// Vectors of neighbours that may fit better than the own one.
cv::Vec2s SecondSearch(const Level& level, const cv::Mat2s& parents, const cv::Mat2s& first, int row, int column,
                       bool finest) {
  Search search(level, row, column, Parent(parents, row, column));
  search.Try(0, 0);
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      const cv::Vec2s v = first(std::clamp(row + dy, 0, first.rows - 1), std::clamp(column + dx, 0, first.cols - 1));
      search.Try(v[0], v[1]);
    }
  }
  search.Descend(4, 2);
  if (finest) {
    search.Descend(2, 1);
    search.Descend(1, 1);
  }
  return search.best();
}

}  // namespace

Motion EstimateMotion(const cv::Mat1f& from, const cv::Mat1f& to, const cv::Mat1b& ignored) {
  cv::Mat1f without = cv::Mat1f::zeros(from.size());
  if (!ignored.empty()) without.setTo(1.0F, ignored);
  const auto levels = LevelsOf(from, to, without);
  cv::Mat2s parents;
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    const cv::Size cells = CellsOf(level->size);
    cv::Mat2s first(cells), second(cells);
    ForRows(cells.height, [&](int row) {
      for (int x = 0; x < cells.width; ++x) first(row, x) = FirstSearch(*level, parents, row, x);
    });
    const bool finest = level + 1 == levels.rend();
    ForRows(cells.height, [&](int row) {
      for (int x = 0; x < cells.width; ++x) second(row, x) = SecondSearch(*level, parents, first, row, x, finest);
    });
    parents = second;
  }
  return {parents};
}

Planes Compensated(const Planes& to, const Motion& motion) {
  const cv::Size size = to[0].size();
  cv::Mat2f places(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const cv::Vec2s v = motion.vectors(y / Motion::kCell, x / Motion::kCell);
      places(y, x) = {static_cast<float>(x) + 0.25F * v[0], static_cast<float>(y) + 0.25F * v[1]};
    }
  }
  Planes out;
  for (int c = 0; c < 3; ++c) cv::remap(to[c], out[c], places, cv::noArray(), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  return out;
}

}  // namespace interneg::preparation
