#include <algorithm>
#include <array>
#include <cmath>

#include "worker/engine/matching/banded_path.h"
#include "worker/engine/matching/drift_memory_opencv.h"
#include "worker/engine/matching/judgement_opencv.h"
#include "worker/engine/matching/pair_costs_opencv.h"
#include "worker/engine/matching/shot_alignment_opencv.h"

namespace interneg::matching {
namespace {

constexpr int kRounds = 4;
constexpr double kMostNats = 1e5; // a frame that is this unlikely is impossible
constexpr double kOfOneStep = .35; // of the nats of one frame's movement: what a pair may differ by for its own reasons
constexpr double kOfElsewhere = .25;  // of the nats that a frame some way off costs: the same
constexpr double kOutside = 60;   // nats for a residual of twice the usual one, beyond what noise explains
constexpr double kLooseness = 1.5;

// How often the path advances by each number of columns says what the next step is worth.
std::array<float, kSteps> StepCosts(const std::vector<int>& path) {
  std::array<double, kSteps> counts{.5, 8.0, .5, .1, .05};
  double sum = 0.0;
  for (std::size_t i = 1; i < path.size(); ++i) {
    const int step = path[i] - path[i - 1];
    if (path[i] >= 0 && path[i - 1] >= 0 && step >= 0 && step < kSteps) counts[static_cast<std::size_t>(step)] += 1.0;
  }
  for (const double count : counts) sum += count;
  std::array<float, kSteps> out{};
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = static_cast<float>(std::clamp(-std::log(counts[k] / sum), .05, 7.0));
  return out;
}

// Several frames that move but are all paired with one frame have no partner: all but the cheapest stand alone.
void Unstick(const PairCosts& d, std::vector<int>& path) {
  constexpr int kMostRepeats = 3;
  constexpr double kMoved = 20.0;
  const int n = static_cast<int>(path.size());
  for (int i = 0; i < n;) {
    int end = i + 1;
    double moved = 0.0;
    for (; end < n && path[i] >= 0 && path[end] == path[i]; ++end) moved += d.step[static_cast<std::size_t>(end - 1)];
    if (end - i > kMostRepeats && moved > kMoved) {
      int best = i;
      for (int k = i; k < end; ++k) {
        if (d.band.at(k, path[i] - d.band.first[k]) < d.band.at(best, path[i] - d.band.first[best])) best = k;
      }
      for (int k = i; k < end; ++k) {
        if (k != best) path[k] = -1;
      }
    }
    i = end;
  }
}

double MedianOfRow(const Band& band, int row) {
  std::vector<double> costs;
  for (int k = 0; k < band.width; ++k) {
    if (band.at(row, k) < kNever) costs.push_back(band.at(row, k));
  }
  return Median(std::move(costs));
}

// Adds what speaks against a pair outside the directions in which frames are compared, and prices standing alone.
// `outside`: that alone.
PathCosts Priced(PairCosts& d, const std::vector<int>& path, int cells, Band& outside) {
  const double usual = std::max(Median(Along(d.band, d.squared, path)), 1e-3 * cells);
  for (std::size_t k = 0; k < d.squared.size(); ++k) {
    outside.cost[k] = kNever;
    if (d.squared[k] >= kNever) continue;
    const double beyond = std::max(0.0, d.squared[k] / usual - kLooseness);
    outside.cost[k] = static_cast<float>(std::min(kMostNats, kOutside * beyond));
    d.band.cost[k] = static_cast<float>(std::min(kMostNats, d.band.cost[k] + kOutside * beyond));
  }
  const auto along = Along(d.band, d.band.cost, path);
  const double typical = Median(along);
  std::vector<double> off;
  for (const double v : along) off.push_back(std::abs(v - typical));
  const double tolerated = typical + std::max(30.0, 6.0 * Median(off));
  PathCosts costs;
  costs.step = StepCosts(path);
  const int n = static_cast<int>(path.size());
  for (int i = 0; i < n; ++i) {
    double most = 0.0;
    for (int k = std::max(0, i - 2); k <= std::min(n - 1, i + 1); ++k) most = std::max(most, d.step[static_cast<std::size_t>(k)]);
    const double allowed = std::max(kOfOneStep * most, kOfElsewhere * MedianOfRow(d.band, i));
    costs.alone.push_back(static_cast<float>(std::min(.9 * kMostNats, tolerated + allowed)));
  }
  return costs;
}

std::vector<int> BreaksOf(const std::vector<int>& path) {
  std::vector<int> breaks{0};
  for (std::size_t i = 1; i < path.size(); ++i) {
    const bool paired = path[i] >= 0, before = path[i - 1] >= 0;
    if (paired != before || (paired && path[i] - path[i - 1] >= kSteps)) breaks.push_back(static_cast<int>(i));
  }
  return breaks;
}

}  // namespace

ShotAlignment Align(const ShotRows& rows, const std::vector<int>& rough) {
  std::vector<int> path = rough;
  ShotAlignment out;
  out.frames.resize(path.size());
  PairCosts pairs;
  PathCosts costs;
  for (int round = 0; round < kRounds; ++round) {
    pairs = CostsAbout(rows, path);
    Band outside = pairs.band;
    costs = Priced(pairs, path, rows.cells, outside);
    DriftMemory memory(pairs);
    auto next = CheapestPath(outside, costs, memory);
    Unstick(pairs, next);
    const bool settled = next == path;
    path = std::move(next);
    if (settled) break;
  }
  out.noise = Median(Along(pairs.band, pairs.squared, path));
  out.breaks = BreaksOf(path);
  const Judgement judgement(pairs, costs, rows);
  for (std::size_t b = 0; b < out.breaks.size(); ++b) {
    const int begin = out.breaks[b];
    const int end = b + 1 < out.breaks.size() ? out.breaks[b + 1] : static_cast<int>(path.size());
    if (path[begin] >= 0) judgement.Run(begin, end, path, out.frames);
  }
  return out;
}

}  // namespace interneg::matching
