#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "worker/engine/matching/banded_path.h"
#include "worker/engine/matching/shot_alignment_opencv.h"

namespace interneg::matching {
namespace {

constexpr int kHalfBand = 20;        // columns to either side of the rough path
constexpr int kRounds = 3;
constexpr double kCellsPerFact = 6;  // neighbouring cells share their errors: so many count as one independent fact
constexpr double kAlike = 1.5;       // times the stillest neighbours' distance: two reference frames that look the same

struct Distances {
  Band band;                   // cost = squared distance until Nats() turns it into nats
  std::vector<float> squared;  // kept
};

std::vector<int> Centres(const std::vector<int>& path) {
  std::vector<int> out = path;
  const int n = static_cast<int>(path.size());
  int last = -1;
  for (int i = 0; i < n; ++i) {
    if (path[i] < 0) continue;
    for (int k = last + 1; k < i; ++k) {
      out[k] = last < 0 ? path[i] - (i - k)
                        : path[last] + static_cast<int>(std::lround(static_cast<double>(path[i] - path[last]) * (k - last) / (i - last)));
    }
    last = i;
  }
  for (int k = last + 1; k < n; ++k) out[k] = last < 0 ? k : path[last] + k - last;
  return out;
}

Band EmptyBand(const std::vector<int>& path, int columns) {
  const auto centres = Centres(path);
  Band band;
  band.rows = static_cast<int>(path.size());
  band.columns = columns;
  band.width = std::min(columns, 2 * kHalfBand + 1);
  for (const int centre : centres) band.first.push_back(std::clamp(centre - kHalfBand, 0, columns - band.width));
  for (std::size_t i = 1; i < band.first.size(); ++i) band.first[i] = std::max(band.first[i], band.first[i - 1]);
  return band;
}

bool Blank(const cv::Mat1f& rows, int i) { return rows.row(i).dot(rows.row(i)) < 1e-6; }

// Blocks of rows against the columns that any of them needs: one matrix product each.
Distances Measure(const cv::Mat1f& source, const cv::Mat1f& reference, Band band) {
  constexpr int kBlock = 48;
  band.cost.assign(static_cast<std::size_t>(band.rows) * band.width, kNever);
  for (int begin = 0; begin < band.rows; begin += kBlock) {
    const int end = std::min(begin + kBlock, band.rows), low = band.first[begin];
    const int high = band.first[end - 1] + band.width;
    if (high - low > 4 * (band.width + kBlock)) {  // the path jumps here: row by row is less work
      for (int i = begin; i < end; ++i) {
        const cv::Mat1f d = SquaredDistances(source.row(i), reference.rowRange(band.first[i], band.first[i] + band.width));
        std::copy(d.begin(), d.end(), band.cost.begin() + static_cast<std::ptrdiff_t>(i) * band.width);
      }
      continue;
    }
    const cv::Mat1f d = SquaredDistances(source.rowRange(begin, end), reference.rowRange(low, high));
    for (int i = begin; i < end; ++i) {
      const float* from = d[i - begin] + (band.first[i] - low);
      std::copy(from, from + band.width, band.cost.begin() + static_cast<std::ptrdiff_t>(i) * band.width);
    }
  }
  for (int i = 0; i < band.rows; ++i) {
    const bool blank = Blank(source, i);
    for (int k = 0; k < band.width; ++k) {
      if (blank || Blank(reference, band.first[i] + k)) band.cost[static_cast<std::size_t>(i) * band.width + k] = kNever;
    }
  }
  return {band, band.cost};
}

std::vector<double> Along(const Distances& distances, const std::vector<int>& path) {
  std::vector<double> out;
  for (int i = 0; i < distances.band.rows; ++i) {
    if (path[i] < 0) continue;
    const int k = path[i] - distances.band.first[i];
    if (k < 0 || k >= distances.band.width) continue;
    const float d = distances.squared[static_cast<std::size_t>(i) * distances.band.width + k];
    if (d < kNever) out.push_back(d);
  }
  return out;
}

PathCosts Priced(Distances& distances, const std::vector<int>& path, int cells) {
  const auto along = Along(distances, path);
  const double usual = std::max(Median(along), 1e-3 * cells);
  std::vector<double> off;
  for (const double d : along) off.push_back(std::abs(d - usual) / usual);
  const double nats = .5 * cells / kCellsPerFact;
  for (std::size_t k = 0; k < distances.squared.size(); ++k) {
    const float d = distances.squared[k];
    distances.band.cost[k] = d >= kNever ? kNever : static_cast<float>(nats * std::min(d / usual, 100.0));
  }
  PathCosts costs;
  const double tolerated = 1.0 + std::clamp(6.0 * Median(off), .4, 1.5);
  costs.alone.assign(path.size(), static_cast<float>(nats * tolerated));
  return costs;
}

// The lasting difference: the mean of s − r over the paired frames, which errors of a frame or two do not disturb.
cv::Mat1f LastingDifference(const ShotRows& rows, const std::vector<int>& path) {
  cv::Mat1f sum(1, rows.source.cols, 0.0F);
  int count = 0;
  for (int i = 0; i < rows.source.rows; ++i) {
    if (path[i] < 0) continue;
    sum += rows.source.row(i) - rows.reference.row(path[i]);
    ++count;
  }
  return count == 0 ? sum : cv::Mat1f(sum / count);
}

void Add(cv::Mat1f& rows, const cv::Mat1f& row) {
  for (int i = 0; i < rows.rows; ++i) {
    if (!Blank(rows, i)) rows.row(i) += row;
  }
}

std::vector<int> BreaksOf(const std::vector<int>& path) {
  std::vector<int> breaks{0};
  for (std::size_t i = 1; i < path.size(); ++i) {
    const bool paired = path[i] >= 0, before = path[i - 1] >= 0;
    if (paired != before || (paired && path[i] - path[i - 1] >= kSteps)) breaks.push_back(static_cast<int>(i));
  }
  return breaks;
}

// How far apart two frames of the reference are that show no movement: the stillest tenth of its neighbours.
double StillDistance(const cv::Mat1f& reference) {
  std::vector<double> steps;
  for (int j = 1; j < reference.rows; ++j) {
    const double d = cv::norm(reference.row(j), reference.row(j - 1), cv::NORM_L2SQR);
    if (d > 1e-3) steps.push_back(d);
  }
  if (steps.empty()) return 0.0;
  const auto tenth = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 10);
  std::nth_element(steps.begin(), tenth, steps.end());
  return *tenth;
}

class Judgement {
 public:
  Judgement(const Distances& distances, const PathCosts& costs, const cv::Mat1f& source, const cv::Mat1f& reference)
      : d_(distances), costs_(costs), source_(source), reference_(reference), still_(StillDistance(reference)) {}

  void Run(int begin, int end, std::vector<FrameEvidence>& out) const {
    const auto posterior = Posteriors(d_.band, costs_, begin, end);
    for (int i = begin; i < end; ++i) {
      out[i] = Judge(i, posterior.data() + static_cast<std::size_t>(i - begin) * d_.band.width);
    }
  }

 private:
  float Squared(int i, int k) const { return d_.squared[static_cast<std::size_t>(i) * d_.band.width + k]; }

  FrameEvidence Judge(int i, const float* p) const {
    const int width = d_.band.width, first = d_.band.first[i];
    const int best = static_cast<int>(std::max_element(p, p + width) - p);
    FrameEvidence e;
    e.reference = first + best;
    e.residual = Squared(i, best);
    e.score = Score(i, e.reference);
    int low = best, high = best;
    while (low > 0 && Same(low - 1, best, p, first)) --low;
    while (high + 1 < width && Same(high + 1, best, p, first)) ++high;
    e.alike_first = first + low;
    e.alike_last = first + high;
    double second = kNever;
    for (int k = 0; k < width; ++k) {
      if (k >= low && k <= high) {
        e.probability += p[k];
        continue;
      }
      second = std::min<double>(second, Squared(i, k));
      if (p[k] > e.rival) e.rival = p[k], e.rival_reference = first + k;
    }
    e.margin = second >= kNever ? 1.0 : std::clamp(1.0 - std::sqrt(e.residual / std::max(second, 1e-9)), 0.0, 1.0);
    Neighbours(i, best, e);
    return e;
  }

  // Not told apart by the evidence, and not to be told apart by looking at the two.
  bool Same(int k, int best, const float* p, int first) const {
    if (p[k] < .005F) return false;
    return cv::norm(reference_.row(first + k), reference_.row(first + best), cv::NORM_L2SQR) <= kAlike * still_;
  }

  double Score(int i, int j) const {
    const double length = cv::norm(source_.row(i)) * cv::norm(reference_.row(j));
    return length > 0 ? std::clamp(source_.row(i).dot(reference_.row(j)) / length, 0.0, 1.0) : 0.0;
  }

  void Neighbours(int i, int best, FrameEvidence& e) const {
    const int width = d_.band.width;
    e.nearby.assign(2 * kNearby + 1, kNever);
    for (int d = -kNearby; d <= kNearby; ++d) {
      if (best + d >= 0 && best + d < width) e.nearby[d + kNearby] = d_.band.at(i, best + d) - d_.band.at(i, best);
    }
    e.neighbour_cost = std::min(e.nearby[kNearby - 1], e.nearby[kNearby + 1]);
    for (const int side : {-1, 1}) {
      if (best + side >= 0 && best + side < width) e.between |= Between(i, d_.band.first[i] + best, side);
    }
  }

  // Where the source lies on the line from one reference frame to the next, and whether the point there explains it.
  bool Between(int i, int j, int side) const {
    const cv::Mat1f line = reference_.row(j + side) - reference_.row(j), at = source_.row(i) - reference_.row(j);
    const double length = line.dot(line);
    if (length < 2.0 * still_ || length <= 0) return false;
    // The noise of the two reference frames lengthens the line and pulls the place towards its middle.
    const double place = (line.dot(at) - .5 * still_) / std::max(length - still_, 1e-9);
    return place > .35 && place < .65;
  }

  const Distances& d_;
  const PathCosts& costs_;
  const cv::Mat1f& source_;
  const cv::Mat1f& reference_;
  double still_;
};

}  // namespace

ShotAlignment Align(const ShotRows& rows, const std::vector<int>& rough) {
  std::vector<int> path = rough;
  const int cells = cv::countNonZero(rows.source.row(0)) > 0 ? cv::countNonZero(rows.source.row(0)) : rows.source.cols;
  ShotAlignment out;
  out.frames.resize(path.size());
  cv::Mat1f reference;
  Distances distances;
  PathCosts costs;
  for (int round = 0; round < kRounds; ++round) {
    reference = rows.reference.clone();
    Add(reference, LastingDifference(rows, path));
    distances = Measure(rows.source, reference, EmptyBand(path, reference.rows));
    costs = Priced(distances, path, cells);
    path = CheapestPath(distances.band, costs);
  }
  out.noise = Median(Along(distances, path));
  out.breaks = BreaksOf(path);
  const Judgement judgement(distances, costs, rows.source, reference);
  for (std::size_t b = 0; b < out.breaks.size(); ++b) {
    const int begin = out.breaks[b];
    const int end = b + 1 < out.breaks.size() ? out.breaks[b + 1] : static_cast<int>(path.size());
    if (path[begin] >= 0) judgement.Run(begin, end, out.frames);
  }
  return out;
}

double MotionCorrelation(const ShotRows& rows, std::span<const std::pair<int, int>> pairs) {
  const auto count = static_cast<double>(pairs.size());
  if (pairs.size() < 3) return 0.0;
  cv::Mat1f mean_a(1, rows.source.cols, 0.0F), mean_b = mean_a.clone();
  for (const auto& [i, j] : pairs) mean_a += rows.source.row(i), mean_b += rows.reference.row(j);
  mean_a /= count;
  mean_b /= count;
  double aa = 0, bb = 0, ab = 0;
  std::vector<double> steps_a, steps_b;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const cv::Mat1f a = rows.source.row(pairs[k].first) - mean_a, b = rows.reference.row(pairs[k].second) - mean_b;
    aa += a.dot(a), bb += b.dot(b), ab += a.dot(b);
    if (k == 0) continue;
    const double da = cv::norm(rows.source.row(pairs[k].first), rows.source.row(pairs[k - 1].first), cv::NORM_L2SQR);
    const double db = cv::norm(rows.reference.row(pairs[k].second), rows.reference.row(pairs[k - 1].second), cv::NORM_L2SQR);
    if (da > 1e-3) steps_a.push_back(da);
    if (db > 1e-3) steps_b.push_back(db);
  }
  // Half of the step between still neighbours is noise; a third of the steps are taken to be nearly still.
  const auto noise = [&](std::vector<double>& steps) {
    if (steps.empty()) return 0.0;
    const auto third = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 3);
    std::nth_element(steps.begin(), third, steps.end());
    return .5 * *third * (count - 1);
  };
  const double na = noise(steps_a), nb = noise(steps_b), sa = aa - na, sb = bb - nb;
  if (sa < .3 * na || sb < .3 * nb || sa <= 0 || sb <= 0) return 0.0;
  return std::clamp(ab / std::sqrt(sa * sb), -1.0, 1.0);
}

}  // namespace interneg::matching
