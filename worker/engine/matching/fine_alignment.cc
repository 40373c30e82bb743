#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "worker/engine/matching/appearance_opencv.h"
#include "worker/engine/matching/banded_path.h"
#include "worker/engine/matching/products_opencv.h"
#include "worker/engine/matching/shot_alignment_opencv.h"

namespace interneg::matching {
namespace {

constexpr int kHalfBand = 20;     // columns to either side of the rough path
constexpr int kRounds = 4;
constexpr int kScene = 120;       // source frames that share one model of appearance
constexpr double kTrust = .15;    // share of the nats that is believed: what a model misses, it misses for several frames on end
constexpr double kMostNats = 1e5; // a frame that is this unlikely is impossible
constexpr double kOfOneStep = .35; // of the nats of one frame's movement: what a pair may differ by for its own reasons
constexpr double kOfElsewhere = .25;  // of the nats that a frame some way off costs: the same
constexpr double kOutside = 60;   // nats for a residual of twice the usual one, beyond what noise explains
constexpr double kLooseness = 1.5;
constexpr double kAlike = 1.5, kIndifferent = 2.0;  // times the stillest neighbours' distance, and nats

struct Distances {
  Band band;                      // nats
  std::vector<float> squared;     // |s − r − lasting difference|²
  cv::Mat1f source;               // coordinates of each source row
  cv::Mat1f coordinates;          // of each reference column, under the model of the scene that it is near
  std::vector<double> step;       // nats from each source row to the next
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

double Apart(const cv::Mat1f& coordinates, int a, int b) {
  return .5 * kTrust * cv::norm(coordinates.row(a), coordinates.row(b), cv::NORM_L2SQR);
}

using Pairs = std::vector<std::pair<int, int>>;

// The paired frames of source rows [begin, end), or as many about them as a model needs.
Pairs PairsAbout(const std::vector<int>& path, int begin, int end) {
  constexpr std::size_t kEnough = 40;
  const int n = static_cast<int>(path.size());
  for (;; begin = std::max(0, begin - 20), end = std::min(n, end + 20)) {
    Pairs out;
    for (int i = begin; i < end; ++i) {
      if (path[i] >= 0) out.emplace_back(i, path[i]);
    }
    if (out.size() >= kEnough || (begin == 0 && end == n)) return out;
  }
}

void FillRow(Distances& to, int i, const float* nats, const float* squared, const std::vector<bool>& blank) {
  const std::size_t row = static_cast<std::size_t>(i) * to.band.width;
  for (int k = 0; k < to.band.width; ++k) {
    if (blank[static_cast<std::size_t>(to.band.first[i] + k)]) continue;
    to.squared[row + k] = squared[k];
    to.band.cost[row + k] = static_cast<float>(kTrust * .5 * nats[k]);
  }
}

void Put(const cv::Mat1f& from, cv::Mat1f& to, int row) {
  to.rowRange(row, row + from.rows).setTo(0.0F);
  from.copyTo(to(cv::Rect(0, row, from.cols, from.rows)));
}

// A few rows, whose coordinates are known, against the columns that any of them needs.
void MeasureBlock(const ShotRows& rows, const cv::Mat1f& lasting, int first, int last, const std::vector<bool>& blank, Distances& to) {
  const int low = to.band.first[first], high = to.band.first[last - 1] + to.band.width;
  const cv::Mat1f source = rows.source.rowRange(first, last);
  const cv::Mat1f nats = SquaredDistances(to.source.rowRange(first, last), to.coordinates.rowRange(low, high));
  cv::Mat1f shifted = rows.reference.rowRange(low, high).clone();
  for (int j = 0; j < shifted.rows; ++j) shifted.row(j) += lasting;
  const cv::Mat1f squared = SquaredDistances(source, shifted);
  for (int i = first; i < last; ++i) {
    if (Blank(rows.source, i)) continue;
    FillRow(to, i, nats[i - first] + (to.band.first[i] - low), squared[i - first] + (to.band.first[i] - low), blank);
  }
}

// Takes back the evidence along the movement that a drift may have made. `begin`: the row of drift's first.
void Discount(const Drift& drift, int begin, int first, int last, Distances& to) {
  for (int i = first; i < last; ++i) {
    const double share = drift.share[static_cast<std::size_t>(i - begin)];
    const cv::Mat1f movement = drift.movement.row(i - begin);
    const cv::Rect columns(0, 0, movement.cols, 1);
    const double here = movement.dot(to.source.row(i)(columns));
    for (int k = 0; k < to.band.width; ++k) {
      float& cost = to.band.cost[static_cast<std::size_t>(i) * to.band.width + k];
      if (cost >= kNever) continue;
      const double along = here - movement.dot(to.coordinates.row(to.band.first[i] + k)(columns));
      cost = std::max(0.0F, cost - static_cast<float>(.5 * kTrust * share * along * along));
    }
  }
}

// Rows [begin, end) under one model, against the columns that any of them needs.
void MeasureScene(const ShotRows& rows, const std::vector<int>& path, int begin, int end, const std::vector<bool>& blank, Distances& to) {
  const Pairs pairs = PairsAbout(path, begin, end);
  if (pairs.size() < Appearance::kLeastPairs) return;
  const Appearance model(rows.source, rows.reference, pairs);
  const int low = to.band.first[begin], high = to.band.first[end - 1] + to.band.width;
  cv::Mat1f alpha = model.SourceCoordinates(rows.source.rowRange(begin, end));
  cv::Mat1f beta = model.ReferenceCoordinates(rows.reference.rowRange(low, high));
  std::vector<int> columns;
  for (int i = begin; i < end; ++i) columns.push_back(path[i] >= low && path[i] < high ? path[i] - low : -1);
  const Drift drift = RemoveDrift(alpha, beta, columns);
  Put(alpha, to.source, begin);
  Put(beta, to.coordinates, low);
  for (int i = begin; i < end; ++i) to.step[static_cast<std::size_t>(i)] = end - begin < 2 ? 0.0 : Apart(alpha, std::min(i, end - 2) - begin, std::min(i, end - 2) + 1 - begin);
  constexpr int kBlock = 40;
  for (int first = begin; first < end; first += kBlock) {
    MeasureBlock(rows, model.lasting_difference(), first, std::min(end, first + kBlock), blank, to);
    Discount(drift, begin, first, std::min(end, first + kBlock), to);
  }
}

std::vector<double> Along(const Band& band, const std::vector<float>& values, const std::vector<int>& path) {
  std::vector<double> out;
  for (int i = 0; i < band.rows; ++i) {
    const int k = path[i] < 0 ? -1 : path[i] - band.first[i];
    if (k < 0 || k >= band.width) continue;
    if (const float v = values[static_cast<std::size_t>(i) * band.width + k]; v < kNever) out.push_back(v);
  }
  return out;
}

Distances Measure(const ShotRows& rows, const std::vector<int>& path) {
  Distances out{EmptyBand(path, rows.reference.rows), {}, cv::Mat1f(rows.source.rows, 64, 0.0F), cv::Mat1f(rows.reference.rows, 64, 0.0F),
                std::vector<double>(path.size(), 0.0)};
  out.squared.assign(static_cast<std::size_t>(out.band.rows) * out.band.width, kNever);
  out.band.cost = out.squared;
  std::vector<bool> blank;
  for (int j = 0; j < rows.reference.rows; ++j) blank.push_back(Blank(rows.reference, j));
  for (int begin = 0; begin < out.band.rows; begin += kScene) {
    MeasureScene(rows, path, begin, std::min(out.band.rows, begin + kScene), blank, out);
  }
  return out;
}

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
void Unstick(const Distances& d, std::vector<int>& path) {
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
PathCosts Priced(Distances& d, const std::vector<int>& path, int cells) {
  const double usual = std::max(Median(Along(d.band, d.squared, path)), 1e-3 * cells);
  for (std::size_t k = 0; k < d.squared.size(); ++k) {
    if (d.squared[k] >= kNever) continue;
    const double beyond = std::max(0.0, d.squared[k] / usual - kLooseness);
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

std::vector<double> Steps(const cv::Mat1f& coordinates) {
  std::vector<double> steps;
  for (int j = 1; j < coordinates.rows; ++j) steps.push_back(Apart(coordinates, j, j - 1));
  return steps;
}

// How far apart, in nats, two frames of one side are that show no movement: the stillest tenth of its neighbours, and
// never more than kMostAlike.
double Stillest(std::vector<double> steps) {
  constexpr double kMostAlike = 8.0;
  std::erase_if(steps, [](double d) { return d <= 1e-6; });
  if (steps.empty()) return 0.0;
  const auto tenth = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 10);
  std::nth_element(steps.begin(), tenth, steps.end());
  return std::min(*tenth, kMostAlike);
}

class Judgement {
 public:
  Judgement(const Distances& distances, const PathCosts& costs, const ShotRows& rows)
      : d_(distances), costs_(costs), source_(rows.source), reference_(rows.reference), still_(Stillest(Steps(distances.coordinates))),
        still_source_(Stillest(distances.step)) {}

  // The path says which columns, so that time runs forward; the probabilities say how sure that is.
  void Run(int begin, int end, const std::vector<int>& path, std::vector<FrameEvidence>& out) const {
    const auto posterior = Posteriors(d_.band, costs_, begin, end);
    for (int i = begin; i < end; ++i) {
      out[i] = Judge(i, path[i] - d_.band.first[i], posterior.data() + static_cast<std::size_t>(i - begin) * d_.band.width);
    }
  }

 private:
  float Squared(int i, int k) const { return d_.squared[static_cast<std::size_t>(i) * d_.band.width + k]; }

  FrameEvidence Judge(int i, int best, const float* p) const {
    const int width = d_.band.width, first = d_.band.first[i];
    FrameEvidence e;
    e.reference = first + best;
    e.residual = Squared(i, best);
    e.score = Score(i, e.reference);
    e.cost = d_.band.at(i, best);
    const float root = static_cast<float>(std::sqrt(kTrust));
    e.coordinates.assign(d_.source[i], d_.source[i] + d_.source.cols);
    for (float& v : e.coordinates) v *= root;
    e.scene = i / kScene;
    e.still = still_source_;
    int low = best, high = best;
    while (low > 0 && Same(i, low - 1, best, p)) --low;
    while (high + 1 < width && Same(i, high + 1, best, p)) ++high;
    e.alike_first = first + low;
    e.alike_last = first + high;
    double second = kNever;
    for (int k = 0; k < width; ++k) {
      if (k >= low && k <= high) {
        e.probability += p[k];
        continue;
      }
      second = std::min<double>(second, d_.band.at(i, k));
      if (p[k] > e.rival) e.rival = p[k], e.rival_reference = first + k;
    }
    e.margin = second >= kNever ? 1.0 : std::clamp(1.0 - std::sqrt(d_.band.at(i, best) / std::max(second, 1e-9)), 0.0, 1.0);
    Neighbours(i, best, e);
    return e;
  }

  // Not told apart by the evidence, and not to be told apart by looking at the two. What only the habit of the steps
  // decides is not evidence.
  bool Same(int i, int k, int best, const float* p) const {
    const int first = d_.band.first[i];
    if (p[k] < .005F && d_.band.at(i, k) - d_.band.at(i, best) > kIndifferent) return false;
    return Apart(d_.coordinates, first + k, first + best) <= kAlike * still_ + kIndifferent;
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
    for (const int side : {-1, 1}) {
      if (best + side >= 0 && best + side < width) e.between |= Between(i, d_.band.first[i] + best, side);
    }
  }

  // Half as good as its neighbour and half as good as itself: the source lies between two frames that differ.
  bool Between(int i, int j, int side) const {
    const double line = 2.0 * Apart(d_.coordinates, j, j + side);  // in the units of squared coordinates
    if (line < 4.0 * still_ + 8.0) return false;
    const int k = j - d_.band.first[i];
    const double here = 2.0 * d_.band.at(i, k), there = 2.0 * d_.band.at(i, k + side);
    const double place = .5 + (here - there) / (2.0 * line);
    return place > .3 && place < .7;
  }

  const Distances& d_;
  const PathCosts& costs_;
  const cv::Mat1f& source_;
  const cv::Mat1f& reference_;
  double still_, still_source_;
};

}  // namespace

ShotAlignment Align(const ShotRows& rows, const std::vector<int>& rough) {
  std::vector<int> path = rough;
  int cells = 0;
  for (int i = 0; i < rows.source.rows && cells == 0; ++i) cells = cv::countNonZero(rows.source.row(i));
  ShotAlignment out;
  out.frames.resize(path.size());
  Distances distances;
  PathCosts costs;
  for (int round = 0; round < kRounds; ++round) {
    distances = Measure(rows, path);
    costs = Priced(distances, path, cells);
    auto next = CheapestPath(distances.band, costs);
    Unstick(distances, next);
    const bool settled = next == path;
    path = std::move(next);
    if (settled) break;
  }
  out.noise = Median(Along(distances.band, distances.squared, path));
  out.breaks = BreaksOf(path);
  const Judgement judgement(distances, costs, rows);
  for (std::size_t b = 0; b < out.breaks.size(); ++b) {
    const int begin = out.breaks[b];
    const int end = b + 1 < out.breaks.size() ? out.breaks[b + 1] : static_cast<int>(path.size());
    if (path[begin] >= 0) judgement.Run(begin, end, path, out.frames);
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
