#include "worker/engine/matching/shot_pairs_opencv.h"

#include <algorithm>
#include <cmath>

#include "worker/engine/matching/products_opencv.h"

namespace interneg::matching {
namespace {

constexpr int kAnchors = 5;

// Sampled frames of all shots: at least 5 of each shot (or all it has), then one in `stride`.
struct Sampled {
  std::vector<int> frames;         // indices
  std::vector<IndexRange> shots;   // into `frames`
  cv::Mat1f rows;
};

Sampled SampleShots(const cv::Mat1f& rows, const std::vector<IndexRange>& shots) {
  constexpr int kMostSamples = 3000, kLeastOfShot = 5;
  const int stride = std::max(4, rows.rows / kMostSamples);
  Sampled out;
  for (const auto& shot : shots) {
    const int count = std::min(shot.count(), std::max(kLeastOfShot, shot.count() / stride));
    const int first = static_cast<int>(out.frames.size());
    for (int k = 0; k < count; ++k) {
      out.frames.push_back(shot.first + static_cast<int>((static_cast<std::int64_t>(2 * k + 1) * shot.count()) / (2 * count)));
    }
    out.shots.push_back({first, static_cast<int>(out.frames.size()) - 1});
  }
  out.rows.create(static_cast<int>(out.frames.size()), rows.cols);
  for (int k = 0; k < out.rows.rows; ++k) rows.row(out.frames[k]).copyTo(out.rows.row(k));
  return out;
}

// The best partner of each of a few frames spread over the source shot, the likeliest first.
ShotPair Examine(const cv::Mat1f& likeness, const Sampled& source, const Sampled& reference, int s, int r) {
  ShotPair pair{s, r, 0.0, {}};
  const IndexRange columns = reference.shots[r];
  struct Anchor {
    double likeness;
    int source, reference;
  };
  std::vector<Anchor> anchors;
  for (int k = 0; k < likeness.rows; ++k) {
    double most = 0.0;
    cv::Point at;
    cv::minMaxLoc(likeness.row(k).colRange(columns.first, columns.last + 1), nullptr, &most, nullptr, &at);
    anchors.push_back({most, source.frames[source.shots[s].first + k], reference.frames[columns.first + at.x]});
  }
  std::stable_sort(anchors.begin(), anchors.end(), [](const Anchor& a, const Anchor& b) { return a.likeness > b.likeness; });
  pair.likeness = anchors.front().likeness;
  const std::size_t half = std::max<std::size_t>(1, anchors.size() / 2), count = std::min<std::size_t>(kAnchors, half);
  for (std::size_t k = 0; k < count; ++k) {
    const Anchor& a = anchors[k * half / count];
    pair.anchors.emplace_back(a.source, a.reference);
  }
  return pair;
}

}  // namespace

std::vector<ShotPair> LikelyPairs(const cv::Mat1f& source, const std::vector<IndexRange>& source_shots,
                                  const cv::Mat1f& reference, const std::vector<IndexRange>& reference_shots,
                                  int candidates) {
  std::vector<ShotPair> out;
  if (source_shots.empty() || reference_shots.empty()) return out;
  const Sampled from = SampleShots(source, source_shots), to = SampleShots(reference, reference_shots);
  for (int s = 0; s < static_cast<int>(source_shots.size()); ++s) {
    const IndexRange rows = from.shots[s];
    const cv::Mat1f likeness = RowProducts(from.rows.rowRange(rows.first, rows.last + 1), to.rows);
    std::vector<ShotPair> pairs;
    for (int r = 0; r < static_cast<int>(reference_shots.size()); ++r) {
      ShotPair pair = Examine(likeness, from, to, s, r);
      if (pair.likeness >= kLeastLikeness) pairs.push_back(std::move(pair));
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.likeness > b.likeness; });
    if (static_cast<int>(pairs.size()) > candidates) pairs.resize(static_cast<std::size_t>(candidates));
    std::move(pairs.begin(), pairs.end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace interneg::matching
