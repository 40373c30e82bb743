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

// What a path's own past says about its next pair. Of all paths to a cell only the cheapest goes on, with what it has learnt:
// per-survivor processing (Raheli, Polydoros, Tzou, "Per-survivor processing: a general approach to MLSE in uncertain
// environments", IEEE Trans. Communications 43 (1995)).
class PathMemory {
 public:
  enum class State { kPaired, kAlone };
  struct Place {  // a cell of the row before; k < 0: the path begins
    State state = State::kPaired;
    int k = -1;
  };
  virtual ~PathMemory() = default;
  virtual void BeginRow(int row) = 0;                            // rows come in order, each once
  virtual float Cost(int k, Place from) const = 0;               // nats of pairing the row with its column k, beside the band's
  virtual void Keep(Place now, Place from) = 0;                  // the path to `now` in this row comes from there
};

// The column of each row, −1 for a row alone; columns never decrease. The Viterbi algorithm over two states a cell
// (paired there; alone since there), with a running minimum for jumps: O(rows · width).
std::vector<int> CheapestPath(const Band& band, const PathCosts& costs);
std::vector<int> CheapestPath(const Band& band, const PathCosts& costs, PathMemory& memory);

// The probability of each cell of rows [begin, end) given that all of them are paired: the forward–backward algorithm
// (Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 77 (1989), eqs. 19–27) with weights exp(−cost).
// (end − begin) · width values.
std::vector<float> Posteriors(const Band& band, const PathCosts& costs, int begin, int end);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_BANDED_PATH_H_
