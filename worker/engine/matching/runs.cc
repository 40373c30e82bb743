#include "worker/engine/matching/runs_opencv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "worker/engine/matching/features_opencv.h"
#include "worker/engine/matching/products_opencv.h"
#include "worker/engine/matching/registration_opencv.h"
#include "worker/engine/matching/weave_opencv.h"

namespace interneg::matching {
namespace {

constexpr double kLeastAnchorCorrelation = .2;
constexpr double kStillScore = .5;  // of pictures in which nothing moves
constexpr double kFits = .5;  // anchors that correlate so well under the usual framing need none of their own

std::vector<CellPair> CellsOfPairs(const Sides& sides, std::span<const std::pair<int, int>> pairs) {
  std::vector<CellPair> out;
  for (const auto& [i, j] : pairs) out.push_back({CellsOf(sides.source[i]), CellsOf(sides.reference[j])});
  return out;
}

// The cells of a frame's rim are half outside; they are left out.
cv::Mat1f MaskFor(const CellTransform& geometry) {
  cv::Mat1f mask = Coverage(geometry);
  for (int y = 0; y < mask.rows; ++y) mask(y, 0) = mask(y, mask.cols - 1) = 0.0F;
  for (int x = 0; x < mask.cols; ++x) mask(0, x) = mask(mask.rows - 1, x) = 0.0F;
  return mask;
}

ShotRows RowsFor(const Sides& sides, const AllRows& all, const ShotPair& pair, const CellTransform& geometry) {
  const IndexRange s = sides.source_shots[pair.source_shot], r = sides.reference_shots[pair.reference_shot];
  const cv::Mat1f reference = geometry == all.geometry ? all.reference.rowRange(r.first, r.last + 1)
                                                       : FeatureRows(sides.reference.subspan(r.first, r.count()), geometry);
  const cv::Mat1f mask = MaskFor(geometry).reshape(1, 1);
  const cv::Mat1f weave = WeaveRows(all.source.rowRange(s.first, s.last + 1));
  const int level = s.count() + r.count();
  cv::Mat1f rows(level + 1 + weave.rows, mask.cols);
  for (int i = 0; i < s.count(); ++i) cv::multiply(all.source.row(s.first + i), mask, rows.row(i));
  for (int j = 0; j < r.count(); ++j) cv::multiply(reference.row(j), mask, rows.row(s.count() + j));
  MedianDifference(rows.rowRange(0, s.count()), rows.rowRange(s.count(), level)).copyTo(rows.row(level));
  for (int k = 0; k < weave.rows; ++k) cv::multiply(weave.row(k), mask, rows.row(level + 1 + k));
  const cv::Mat1f own = InOwnSpan(rows);
  return {own.rowRange(0, s.count()), own.rowRange(s.count(), level), own.row(level), own.rowRange(level + 1, own.rows), cv::countNonZero(mask)};
}

// A few paired frames, spread over the run.
std::vector<std::pair<int, int>> SpreadPairs(const Run& run, std::size_t most) {
  std::vector<std::pair<int, int>> out;
  const std::size_t count = std::min(most, run.frames.size());
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = (2 * k + 1) * run.frames.size() / (2 * count);
    out.emplace_back(run.source_first + static_cast<int>(i), run.frames[i].reference);
  }
  return out;
}

// A shot of a standing camera: its paired frames' means are sharp pictures without noise, and say exactly how the one
// lies on the other. Of a moving camera the mean is a blur, and its framing is not to be told from its timing.
std::optional<CellTransform> StandingGeometry(const Sides& sides, const ShotRows& rows, const std::vector<int>& path,
                                              IndexRange s, IndexRange r, const CellTransform& geometry) {
  constexpr double kStanding = .8;
  constexpr int kLeast = 6;
  cv::Mat1f mean_row(1, rows.source.cols, 0.0F), source(Thumbnail::kHeight, Thumbnail::kWidth, 0.0F), reference = source.clone();
  int count = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int j = path[i];
    if (j < 0) continue;
    mean_row += rows.source.row(static_cast<int>(i));
    source += CellsOf(sides.source[s.first + i]);
    reference += CellsOf(sides.reference[r.first + j]);
    ++count;
  }
  if (count < kLeast) return std::nullopt;
  double alike = 0.0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] < 0) continue;
    const cv::Mat1f row = rows.source.row(static_cast<int>(i));
    alike += row.dot(mean_row) / std::max(1e-9, cv::norm(row) * cv::norm(mean_row)) / count;
  }
  if (alike < kStanding) return std::nullopt;
  const CellPair means[] = {{source / count, reference / count}};
  const CellTransform finer = Register(means, geometry);
  return finer == geometry ? std::nullopt : std::optional(finer);
}

bool AnyPaired(const std::vector<int>& path) {
  return std::any_of(path.begin(), path.end(), [](int column) { return column >= 0; });
}

// Whether a rough path may lead to runs that are Credible: of the shots that look somewhat alike, most do not.
bool Promising(const ShotRows& rows, const std::vector<int>& path, double anchors) {
  constexpr double kLeastRoughMotion = .25;  // well below Credible's: a rough path is some frames off
  std::vector<std::pair<int, int>> pairs;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] >= 0) pairs.emplace_back(static_cast<int>(i), path[i]);
  }
  return !pairs.empty() && (anchors >= kStillScore || MotionCorrelation(rows, pairs) >= kLeastRoughMotion);
}

Run Judged(const ShotAlignment& alignment, int begin, int end, const ShotRows& rows, IndexRange s, IndexRange r,
           const CellTransform& geometry) {
  Run run;
  run.source_first = s.first + begin;
  run.reference_shot = r;
  run.geometry = geometry;
  std::vector<std::pair<int, int>> pairs;
  std::vector<double> residuals;
  const double cells = std::max(1, rows.cells);
  for (int i = begin; i < end; ++i) {
    FrameEvidence frame = alignment.frames[i];
    pairs.emplace_back(i, frame.reference);
    residuals.push_back(frame.residual / cells);
    run.score += frame.score / (end - begin);
    frame.reference += r.first, frame.alike_first += r.first, frame.alike_last += r.first;
    if (frame.rival_reference >= 0) frame.rival_reference += r.first;
    if (frame.lean.neighbour >= 0) frame.lean.neighbour += r.first;
    run.frames.push_back(frame);
  }
  run.motion = MotionCorrelation(rows, pairs);
  run.residual = Median(residuals);
  return run;
}

std::vector<Run> Split(const ShotAlignment& alignment, const ShotRows& rows, IndexRange s, IndexRange r, const CellTransform& geometry) {
  std::vector<Run> runs;
  const int n = static_cast<int>(alignment.frames.size());
  for (std::size_t b = 0; b < alignment.breaks.size(); ++b) {
    const int begin = alignment.breaks[b], end = b + 1 < alignment.breaks.size() ? alignment.breaks[b + 1] : n;
    if (alignment.frames[begin].reference >= 0) runs.push_back(Judged(alignment, begin, end, rows, s, r, geometry));
  }
  return runs;
}

// Something changes alike on both sides, or nothing changes and the pictures are alike.
bool Credible(const Run& run, const MatchOptions& options) {
  constexpr double kLeastMotion = .45;
  if (Hangs(run)) return false;
  if (run.score < options.least_score) return false;
  return run.motion == 0.0 ? run.score >= kStillScore : run.motion >= kLeastMotion;
}

}  // namespace

bool Hangs(const Run& run) {
  constexpr std::size_t kGreatestRate = 3, kLeastFrames = 6;  // cadence.cc knows no rate above 2
  std::size_t different = 1;
  for (std::size_t i = 1; i < run.frames.size(); ++i) different += run.frames[i].reference != run.frames[i - 1].reference ? 1 : 0;
  return run.frames.size() >= kLeastFrames && kGreatestRate * different < run.frames.size();
}

CellTransform UsualGeometry(const Sides& sides, std::span<const ShotPair> pairs, const CellTransform& start) {
  constexpr std::size_t kMost = 12;
  std::vector<const ShotPair*> likely;
  for (const auto& pair : pairs) likely.push_back(&pair);
  std::stable_sort(likely.begin(), likely.end(), [](const auto* a, const auto* b) { return a->likeness > b->likeness; });
  if (likely.size() > kMost) likely.resize(kMost);
  std::array<std::vector<double>, 6> values;
  for (const auto* pair : likely) {
    const auto cells = CellsOfPairs(sides, pair->anchors);
    const CellTransform m = Register(cells, start);
    if (Correlation(cells, m) < .4) continue;
    for (std::size_t k = 0; k < 6; ++k) values[k].push_back(m[k]);
  }
  CellTransform out = start;
  for (std::size_t k = 0; k < 6 && !values[k].empty(); ++k) out[k] = Median(values[k]);
  return out;
}

AllRows RowsOfAll(const Sides& sides, const CellTransform& geometry) {
  return {FeatureRows(sides.source, kAsIs), FeatureRows(sides.reference, geometry), geometry};
}

std::vector<Run> RunsOf(const Sides& sides, const AllRows& all, const ShotPair& pair, const MatchOptions& options) {
  const IndexRange s = sides.source_shots[pair.source_shot], r = sides.reference_shots[pair.reference_shot];
  const auto anchors = CellsOfPairs(sides, pair.anchors);
  // A steady pan seen one frame late looks like the same frame reframed. Only the framing that the other shots have
  // in common tells the two apart, so it is left only where the pictures do not fit under it.
  CellTransform geometry = all.geometry;
  if (Correlation(anchors, geometry) < kFits) geometry = Register(anchors, all.geometry);
  if (Correlation(anchors, geometry) < kLeastAnchorCorrelation) return {};
  ShotRows rows = RowsFor(sides, all, pair, geometry);
  auto path = RoughPath(rows);
  // A tenth of a cell is more than slow things move from frame to frame: the framing comes before the timing.
  constexpr int kMostRefits = 2;
  for (int refit = 0; refit < kMostRefits && AnyPaired(path); ++refit) {
    const auto finer = StandingGeometry(sides, rows, path, s, r, geometry);
    if (!finer) break;
    geometry = *finer;
    rows = RowsFor(sides, all, pair, geometry);
    path = RoughPath(rows);
  }
  if (!Promising(rows, path, Correlation(anchors, geometry))) return {};
  const ShotAlignment alignment = Align(rows, path);
  auto runs = Split(alignment, rows, s, r, geometry);
  std::erase_if(runs, [&](const Run& run) { return !Credible(run, options); });
  return runs;
}

CellTransform Refitted(const Sides& sides, std::span<const Run> runs, const CellTransform& usual) {
  constexpr std::size_t kPairsOfRun = 6, kMostRuns = 40;
  std::array<std::vector<double>, 6> values;
  for (std::size_t k = 0; k < runs.size() && k < kMostRuns; ++k) {
    const auto pairs = SpreadPairs(runs[k], kPairsOfRun);
    const auto cells = CellsOfPairs(sides, pairs);
    const CellTransform m = Register(cells, runs[k].geometry);
    for (std::size_t v = 0; v < 6; ++v) values[v].push_back(m[v]);
  }
  CellTransform out = usual;
  for (std::size_t v = 0; v < 6 && !values[v].empty(); ++v) out[v] = Median(values[v]);
  return out;
}

}  // namespace interneg::matching
