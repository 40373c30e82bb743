#include "worker/engine/matching/pair_costs_opencv.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "worker/engine/matching/appearance_opencv.h"
#include "worker/engine/matching/drift_opencv.h"
#include "worker/engine/matching/products_opencv.h"
#include "worker/engine/matching/shot_pairs_opencv.h"

namespace interneg::matching {
namespace {

constexpr int kHalfBand = 20;  // columns to either side of the path
constexpr int kScene = 80;     // source rows that share one model of appearance
constexpr int kMargin = 20;    // rows about them that it is made from

using Pairs = std::vector<std::pair<int, int>>;

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

Band EmptyBand(const std::vector<int>& centres, int columns) {
  Band band;
  band.rows = static_cast<int>(centres.size());
  band.columns = columns;
  band.width = std::min(columns, 2 * kHalfBand + 1);
  for (const int centre : centres) band.first.push_back(std::clamp(centre - kHalfBand, 0, columns - band.width));
  for (std::size_t i = 1; i < band.first.size(); ++i) band.first[i] = std::max(band.first[i], band.first[i - 1]);
  return band;
}

bool Blank(const cv::Mat1f& rows, int i) { return rows.row(i).dot(rows.row(i)) < 1e-6; }

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

// The squared distance of neighbours that noise alone makes: that of the stillest twentieth, and no more than all the pairs'
// noise, were it this side's.
double StillOf(const cv::Mat1f& coordinates) {
  std::vector<double> steps;
  for (int i = 1; i < coordinates.rows; ++i) steps.push_back(cv::norm(coordinates.row(i), coordinates.row(i - 1), cv::NORM_L2SQR));
  if (steps.empty()) return 0.0;
  const auto twentieth = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 20);
  std::nth_element(steps.begin(), twentieth, steps.end());
  return std::min(*twentieth, 2.0 * coordinates.cols);
}

class Measurement {
 public:
  Measurement(const ShotRows& rows, const std::vector<int>& path)
      : rows_(rows), path_(path), centres_(Centres(path)) {
    out_.band = EmptyBand(centres_, rows.reference.rows);
    out_.squared.assign(static_cast<std::size_t>(out_.band.rows) * out_.band.width, kNever);
    out_.band.cost = out_.squared;
    out_.step.assign(path.size(), 0.0);
    for (int j = 0; j < rows.reference.rows; ++j) blank_.push_back(Blank(rows.reference, j));
    std::copy_if(path.begin(), path.end(), std::back_inserter(paired_), [](int column) { return column >= 0; });
    std::sort(paired_.begin(), paired_.end());
  }

  PairCosts Run() {
    const int count = (out_.band.rows + kScene - 1) / kScene;
    out_.scenes.resize(static_cast<std::size_t>(count));
    cv::parallel_for_(cv::Range(0, count), [&](const cv::Range& part) {
      for (int k = part.start; k < part.end; ++k) {
        out_.scenes[static_cast<std::size_t>(k)] = MeasureScene(k * kScene, std::min(out_.band.rows, (k + 1) * kScene));
      }
    }, count);
    return std::move(out_);
  }

 private:
  // Rows of both sides about a scene and about the pairs that its model is made from.
  struct Part {
    IndexRange source, reference;
    cv::Mat1f source_rows, reference_rows, weave;
    cv::Mat1f Source(int first, int end) const { return source_rows.rowRange(first - source.first, end - source.first); }
    cv::Mat1f Reference(int first, int end) const { return reference_rows.rowRange(first - reference.first, end - reference.first); }
  };

  Part PartAbout(const Pairs& pairs, IndexRange source, IndexRange reference) const {
    for (const auto& [i, j] : pairs) {
      source = {std::min(source.first, i), std::max(source.last, i)};
      reference = {std::min(reference.first, j), std::max(reference.last, j)};
    }
    cv::Mat1f both;
    const int groups = rows_.weave.rows / kJumps, first = std::min(groups - 1, source.first / kWeaveFrames), last = std::min(groups - 1, source.last / kWeaveFrames);
    source.first = first * kWeaveFrames;
    cv::vconcat(std::vector<cv::Mat1f>{rows_.source.rowRange(source.first, source.last + 1), rows_.reference.rowRange(reference.first, reference.last + 1),
                                       rows_.weave.rowRange(kJumps * first, kJumps * (last + 1))}, both);
    both = InOwnSpan(both);
    const int weave = source.count() + reference.count();
    return {source, reference, both.rowRange(0, source.count()), both.rowRange(source.count(), weave), both.rowRange(weave, both.rows)};
  }

  // Writes the rows [begin, end) of the costs.
  Scene MeasureScene(int begin, int end) {
    const int n = out_.band.rows, low_row = std::max(0, begin - kMargin), high_row = std::min(n, end + kMargin);
    Scene scene;
    scene.begin = begin, scene.end = end;
    scene.first_row = low_row, scene.first_column = out_.band.first[low_row];
    Pairs pairs = PairsAbout(path_, low_row, high_row);
    if (pairs.size() < Appearance::kLeastPairs) return scene;
    const int high = out_.band.first[high_row - 1] + out_.band.width;
    const Part part = PartAbout(pairs, {low_row, high_row - 1}, {scene.first_column, high - 1});
    for (auto& [i, j] : pairs) i -= part.source.first, j -= part.reference.first;
    const Appearance model(part.source_rows, part.reference_rows, pairs, part.weave);
    scene.source = model.SourceCoordinates(part.Source(low_row, high_row));
    scene.reference = model.ReferenceCoordinates(part.Reference(scene.first_column, high));
    std::vector<int> columns, centres;
    for (int i = low_row; i < high_row; ++i) {
      const bool inside = path_[i] >= scene.first_column && path_[i] < high;
      columns.push_back(inside && !Crowded(i) ? path_[i] - scene.first_column : -1);
      centres.push_back(centres_[i] - scene.first_column);
    }
    scene.weave = WeaveMetric(model.WeaveDeviations(part.weave), low_row - part.source.first);
    const ParallelPaths paths(scene.source, scene.reference, columns, centres, scene.weave);
    FillCosts(scene, paths);
    scene.noise = paths.usual_noise();
    scene.drift = paths.drift();
    scene.drifts = paths.Drifts();
    scene.still = StillOf(scene.reference);
    for (int i = begin; i < end && n > 1; ++i) {
      const int at = std::min(i, n - 2) - low_row;
      if (at + 1 < scene.source.rows) out_.step[static_cast<std::size_t>(i)] = Apart(scene.source, at, at + 1);
    }
    constexpr int kBlock = 40;
    for (int first = begin; first < end; first += kBlock) MeasureWhole(part, model.lasting_difference(), first, std::min(end, first + kBlock));
    return scene;
  }

  // Several rows that share a column are held, or have no partner there; then what they differ by is no drift.
  bool Crowded(int row) const {
    constexpr int kMostRepeats = 3;
    const auto [begin, end] = std::equal_range(paired_.begin(), paired_.end(), path_[static_cast<std::size_t>(row)]);
    return end - begin > kMostRepeats;
  }

  void FillCosts(const Scene& scene, const ParallelPaths& paths) {
    Band& band = out_.band;
    for (int i = scene.begin; i < scene.end; ++i) {
      if (Blank(rows_.source, i)) continue;
      for (int k = 0; k < band.width; ++k) {
        const int j = band.first[i] + k;
        if (blank_[static_cast<std::size_t>(j)]) continue;
        const double nats = paths.Cost(i - scene.first_row, j - scene.first_column);
        band.cost[static_cast<std::size_t>(i) * band.width + k] = static_cast<float>(kTrust * nats);
      }
    }
  }

  // The squared distances of a few rows, of all cells, against the columns that any of them needs.
  void MeasureWhole(const Part& part, const cv::Mat1f& lasting, int first, int last) {
    const Band& band = out_.band;
    const int low = band.first[first], high = band.first[last - 1] + band.width;
    cv::Mat1f shifted = part.Reference(low, high).clone();
    for (int j = 0; j < shifted.rows; ++j) shifted.row(j) += lasting;
    const cv::Mat1f squared = SquaredDistances(part.Source(first, last), shifted);
    for (int i = first; i < last; ++i) {
      if (Blank(rows_.source, i)) continue;
      for (int k = 0; k < band.width; ++k) {
        if (blank_[static_cast<std::size_t>(band.first[i] + k)]) continue;
        out_.squared[static_cast<std::size_t>(i) * band.width + k] = squared(i - first, band.first[i] + k - low);
      }
    }
  }

  const ShotRows& rows_;
  const std::vector<int>& path_;
  std::vector<int> centres_;
  std::vector<int> paired_;  // columns, in order
  std::vector<bool> blank_;
  PairCosts out_;
};

}  // namespace

const Scene& PairCosts::scene(int row) const { return scenes[static_cast<std::size_t>(row / kScene)]; }

double Apart(const cv::Mat1f& coordinates, int a, int b) {
  return .5 * kTrust * cv::norm(coordinates.row(a), coordinates.row(b), cv::NORM_L2SQR);
}

PairCosts CostsAbout(const ShotRows& rows, const std::vector<int>& path) { return Measurement(rows, path).Run(); }

std::vector<double> Along(const Band& band, const std::vector<float>& values, const std::vector<int>& path) {
  std::vector<double> out;
  for (int i = 0; i < band.rows; ++i) {
    const int k = path[i] < 0 ? -1 : path[i] - band.first[i];
    if (k < 0 || k >= band.width) continue;
    if (const float v = values[static_cast<std::size_t>(i) * band.width + k]; v < kNever) out.push_back(v);
  }
  return out;
}

}  // namespace interneg::matching
