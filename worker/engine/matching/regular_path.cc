#include "worker/engine/matching/regular_path.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "worker/engine/matching/cadence.h"

namespace interneg::matching {
namespace {

constexpr double kMostCost = 100.0;  // of one row: a frame that fits nowhere must not decide
constexpr double kNearRate = .06, kReach = 3.0, kPhaseStep = .125;

float CostAt(const Band& band, int row, int column) {
  const int k = column - band.first[row];
  return k < 0 || k >= band.width ? kNever : band.at(row, k);
}

double MedianOf(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<int> PairedRows(const std::vector<int>& path) {
  std::vector<int> rows;
  for (int i = 0; i < static_cast<int>(path.size()); ++i) {
    if (path[i] >= 0) rows.push_back(i);
  }
  return rows;
}

// The median slope of pairs half the path apart (Theil, 1950, in its shortest form).
double SlopeOf(const std::vector<int>& path, const std::vector<int>& rows) {
  std::vector<double> slopes;
  const std::size_t half = rows.size() / 2;
  for (std::size_t k = 0; k + half < rows.size(); ++k) {
    slopes.push_back(static_cast<double>(path[rows[k + half]] - path[rows[k]]) / (rows[k + half] - rows[k]));
  }
  return MedianOf(slopes);
}

struct Trial {
  std::vector<int> path;
  double cost = 0.0;
};

// The cheapest of the columns that the law gives each row.
Trial Follow(const Band& band, const std::vector<int>& rows, std::size_t size, const Cadence& law) {
  Trial out{std::vector<int>(size, -1), 0.0};
  for (const int i : rows) {
    const Predicted p = Predict(law, 0, 0, i);
    double least = kMostCost;
    for (std::int64_t column = p.first; column <= p.last; ++column) {
      const double cost = CostAt(band, i, static_cast<int>(column));
      if (cost < least) least = cost, out.path[i] = static_cast<int>(column);
    }
    out.cost += least;
  }
  return out;
}

}  // namespace

std::vector<int> RegularPath(const Band& band, const std::vector<int>& path) {
  const auto rows = PairedRows(path);
  if (rows.size() < 16) return {};
  const double slope = SlopeOf(path, rows);
  std::optional<Trial> best;
  for (const Rate rate : KnownRates()) {
    const double ratio = static_cast<double>(rate.reference) / rate.source;
    if (std::abs(ratio - slope) > kNearRate * slope) continue;
    std::vector<double> offsets;
    for (const int i : rows) offsets.push_back(path[i] - ratio * i);
    const double middle = MedianOf(offsets), step = ratio == 1.0 ? 1.0 : kPhaseStep;
    for (double off = -kReach; off <= kReach; off += step) {
      // For a rate above 1 the phase moves the columns back: see Predict.
      const double phase = ratio <= 1.0 ? std::round(8 * middle) / 8 + off + (ratio == 1.0 ? 0.0 : .0625) : -(middle + off);
      Trial trial = Follow(band, rows, path.size(), {CadenceKind::kPulled, rate.reference, rate.source, phase, 0, 0.0});
      if (!best || trial.cost < best->cost) best = std::move(trial);
    }
  }
  return best ? best->path : std::vector<int>{};
}

double Contrast(const Band& band, const std::vector<int>& path) {
  double sum = 0.0;
  int count = 0;
  for (const int i : PairedRows(path)) {
    const float here = CostAt(band, i, path[i]), there = std::min(CostAt(band, i, path[i] - 1), CostAt(band, i, path[i] + 1));
    if (here >= kNever || there >= kNever) continue;
    sum += std::min(50.0F, there - here);
    ++count;
  }
  return count == 0 ? 0.0 : sum / count;
}

}  // namespace interneg::matching
