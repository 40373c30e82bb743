#include "worker/engine/matching/banded_path.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace interneg::matching {
namespace {

// Where a cell's best way came from: a pairing `d` columns back (d < kSteps), or the cell that `origin` names.
constexpr std::int8_t kJumped = kSteps, kReturned = kSteps + 1, kBegan = kSteps + 2;

struct Row {
  std::vector<float> paired, alone;            // cost of the best way that ends here
  std::vector<int> best_paired, best_alone;    // column index (k) of the least cost up to here
};

using State = PathMemory::State;
using Place = PathMemory::Place;

class NoMemory : public PathMemory {
 public:
  void BeginRow(int) override {}
  float Cost(int, Place) const override { return 0.0F; }
  void Keep(Place, Place) override {}
};

class Walk {
 public:
  Walk(const Band& band, const PathCosts& costs, PathMemory& memory)
      : band_(band), costs_(costs), memory_(memory), came_(band.cost.size(), kBegan), origin_(band.cost.size(), 0),
        stayed_(band.cost.size(), 0) {}

  std::vector<int> Cheapest() {
    Row now;
    for (int i = 0; i < band_.rows; ++i) {
      memory_.BeginRow(i);
      Row next = i == 0 ? First() : Next(i, now);
      Prefix(next);
      now = std::move(next);
    }
    return Trace(now);
  }

 private:
  std::size_t Cell(int i, int k) const { return static_cast<std::size_t>(i) * band_.width + k; }

  Row First() const {
    Row row{std::vector<float>(band_.width), std::vector<float>(band_.width), {}, {}};
    for (int k = 0; k < band_.width; ++k) {
      row.paired[k] = band_.at(0, k) >= kNever ? kNever : band_.at(0, k) + memory_.Cost(k, {});
      row.alone[k] = costs_.alone[0];
      memory_.Keep({State::kPaired, k}, {});
      memory_.Keep({State::kAlone, k}, {});
    }
    return row;
  }

  // Running minima: the cheapest cell at or before each column.
  void Prefix(Row& row) const {
    row.best_paired.resize(band_.width);
    row.best_alone.resize(band_.width);
    for (int k = 0; k < band_.width; ++k) {
      const int p = k == 0 ? 0 : row.best_paired[k - 1], a = k == 0 ? 0 : row.best_alone[k - 1];
      row.best_paired[k] = row.paired[k] < row.paired[p] ? k : p;
      row.best_alone[k] = row.alone[k] < row.alone[a] ? k : a;
    }
  }

  Row Next(int i, const Row& last) {
    Row row{std::vector<float>(band_.width), std::vector<float>(band_.width), {}, {}};
    const int shift = band_.first[i] - band_.first[i - 1];  // column k here is column k + shift there
    for (int k = 0; k < band_.width; ++k) {
      Pair(i, k, shift, last, row);
      Leave(i, k, shift, last, row);
    }
    return row;
  }

  struct Arrival {
    float cost = kNever;
    std::int8_t came = kBegan;
    Place from;
  };

  void Consider(Arrival& best, float before, std::int8_t came, int k, Place from) const {
    if (before >= best.cost) return;  // what the memory adds is not negative
    if (const float cost = before + memory_.Cost(k, from); cost < best.cost) best = {cost, came, from};
  }

  void Pair(int i, int k, int shift, const Row& last, Row& row) {
    Arrival best;
    if (band_.at(i, k) < kNever) {
      for (int d = 0; d < kSteps; ++d) {
        const int from = k + shift - d;
        if (from >= 0 && from < band_.width) Consider(best, last.paired[from] + costs_.step[d], static_cast<std::int8_t>(d), k, {State::kPaired, from});
      }
      const int before = std::min(k + shift - 1, band_.width - 1);
      if (before >= 0) {
        const int p = last.best_paired[before], a = last.best_alone[before];
        Consider(best, last.paired[p] + costs_.jump, kJumped, k, {State::kPaired, p});
        Consider(best, last.alone[a] + costs_.leave, kReturned, k, {State::kAlone, a});
      }
    }
    row.paired[k] = std::min(best.cost + band_.at(i, k), kNever);
    came_[Cell(i, k)] = best.came;
    origin_[Cell(i, k)] = std::max(0, best.from.k);
    memory_.Keep({State::kPaired, k}, best.from);
  }

  // Alone at column k: the last pairing was at k or before.
  void Leave(int i, int k, int shift, const Row& last, Row& row) {
    const int from = std::min(k + shift, band_.width - 1);
    if (from < 0) {
      row.alone[k] = kNever;
      memory_.Keep({State::kAlone, k}, {});
      return;
    }
    const int p = last.best_paired[from], a = last.best_alone[from];
    const float left = last.paired[p] + costs_.leave, stayed = last.alone[a];
    row.alone[k] = std::min(std::min(left, stayed) + costs_.alone[i], kNever);
    stayed_[Cell(i, k)] = left < stayed ? -1 - p : a;
    memory_.Keep({State::kAlone, k}, left < stayed ? Place{State::kPaired, p} : Place{State::kAlone, a});
  }

  std::vector<int> Trace(const Row& last) const {
    std::vector<int> path(band_.rows, -1);
    int k = last.best_paired[band_.width - 1];
    bool paired = last.paired[k] <= last.alone[last.best_alone[band_.width - 1]];
    if (!paired) k = last.best_alone[band_.width - 1];
    for (int i = band_.rows - 1; i >= 0; --i) {
      if (paired) {
        path[i] = band_.first[i] + k;
        const auto came = came_[Cell(i, k)];
        paired = came != kReturned;
        k = origin_[Cell(i, k)];
      } else {
        const int from = stayed_[Cell(i, k)];
        paired = from < 0;
        k = paired ? -1 - from : from;
      }
    }
    return path;
  }

  const Band& band_;
  const PathCosts& costs_;
  PathMemory& memory_;
  std::vector<std::int8_t> came_;
  std::vector<int> origin_, stayed_;
};

using Weights = std::vector<double>;

void Normalise(double* row, int width) {
  double sum = 0.0;
  for (int k = 0; k < width; ++k) sum += row[k];
  if (sum > 0.0) for (int k = 0; k < width; ++k) row[k] /= sum;
}

// One row's weights carried `direction` +1 onto the next row or −1 back: steps, and a jump to every later column.
Weights Carried(const Band& band, const PathCosts& costs, const double* from, int shift, int direction) {
  Weights out(band.width, 0.0);
  const double jump = std::exp(-costs.jump);
  std::array<double, kSteps> step{};
  for (int d = 0; d < kSteps; ++d) step[d] = std::exp(-costs.step[d]);
  Weights running(band.width + 1, 0.0);
  for (int k = 0; k < band.width; ++k) running[k + 1] = running[k] + from[k];
  for (int k = 0; k < band.width; ++k) {
    for (int d = 0; d < kSteps; ++d) {
      const int at = k + direction * (shift - d);
      if (at >= 0 && at < band.width) out[k] += from[at] * step[d];
    }
    const int edge = std::clamp(k + direction * (shift - kSteps) + (direction > 0 ? 1 : 0), 0, band.width);
    out[k] += jump * (direction > 0 ? running[edge] : running[band.width] - running[edge]);
  }
  return out;
}

}  // namespace

std::vector<int> CheapestPath(const Band& band, const PathCosts& costs) {
  NoMemory memory;
  return CheapestPath(band, costs, memory);
}

std::vector<int> CheapestPath(const Band& band, const PathCosts& costs, PathMemory& memory) {
  return band.rows == 0 || band.width == 0 ? std::vector<int>(band.rows, -1) : Walk(band, costs, memory).Cheapest();
}

std::vector<float> Posteriors(const Band& band, const PathCosts& costs, int begin, int end) {
  const int n = end - begin, width = band.width;
  Weights evidence(static_cast<std::size_t>(n) * width), forward = evidence, backward = evidence;
  const auto at = [&](Weights& w, int i) { return w.data() + static_cast<std::size_t>(i) * width; };
  for (int i = 0; i < n; ++i) {
    float least = kNever;
    for (int k = 0; k < width; ++k) least = std::min(least, band.at(begin + i, k));
    for (int k = 0; k < width; ++k) at(evidence, i)[k] = std::exp(static_cast<double>(least) - band.at(begin + i, k));
  }
  for (int i = 0; i < n; ++i) {
    Weights carried(width, 1.0);
    if (i > 0) carried = Carried(band, costs, at(forward, i - 1), band.first[begin + i] - band.first[begin + i - 1], 1);
    for (int k = 0; k < width; ++k) at(forward, i)[k] = carried[k] * at(evidence, i)[k];
    Normalise(at(forward, i), width);
  }
  std::fill_n(at(backward, n - 1), width, 1.0);
  for (int i = n - 2; i >= 0; --i) {
    Weights weighted(width);
    for (int k = 0; k < width; ++k) weighted[k] = at(backward, i + 1)[k] * at(evidence, i + 1)[k];
    const Weights carried = Carried(band, costs, weighted.data(), band.first[begin + i + 1] - band.first[begin + i], -1);
    std::copy(carried.begin(), carried.end(), at(backward, i));
    Normalise(at(backward, i), width);
  }
  std::vector<float> out(evidence.size());
  for (int i = 0; i < n; ++i) {
    double* row = at(forward, i);
    for (int k = 0; k < width; ++k) row[k] *= at(backward, i)[k];
    Normalise(row, width);
    for (int k = 0; k < width; ++k) out[static_cast<std::size_t>(i) * width + k] = static_cast<float>(row[k]);
  }
  return out;
}

}  // namespace interneg::matching
