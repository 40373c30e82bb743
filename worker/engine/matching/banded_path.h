// The likeliest forward-running path through a band of costs; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_BANDED_PATH_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_BANDED_PATH_H_

#include <array>
#include <vector>

namespace interneg::matching {

// Costs in nats of pairing row i with column first[i] + k, k in [0, width): cost[i * width + k]. Columns outside
// [0, columns) carry kNever.
inline constexpr float kNever = 1e9F;
struct Band {
  int rows = 0;
  int columns = 0;
  int width = 0;
  std::vector<int> first;
  std::vector<float> cost;
  float at(int row, int k) const { return cost[static_cast<std::size_t>(row) * width + k]; }
};

// Costs of moving on, in nats. step[d]: the column advances by d from one row to the next. jump: it advances by any
// number. `alone`: a row without a column.
inline constexpr int kSteps = 5;
struct PathCosts {
  std::array<float, kSteps> step{4.0F, 0.1F, 4.0F, 5.5F, 7.0F};
  float jump = 14.0F;
  std::vector<float> alone;  // a cost a row
  float leave = 5.0F;        // from a pairing to a row alone, and back
};

// The column of each row, −1 for a row alone; columns never decrease. The Viterbi algorithm over two states a cell
// (paired there; alone since there), with a running minimum for jumps: O(rows · width).
std::vector<int> CheapestPath(const Band& band, const PathCosts& costs);

// The probability of each cell of rows [begin, end) given that all of them are paired: the forward–backward algorithm
// (Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 77 (1989), eqs. 19–27) with weights exp(−cost).
// (end − begin) · width values.
std::vector<float> Posteriors(const Band& band, const PathCosts& costs, int begin, int end);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_BANDED_PATH_H_
