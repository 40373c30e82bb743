#include "worker/engine/matching/shots.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>

#include <opencv2/core.hpp>

#include "worker/engine/matching/features_opencv.h"

namespace interneg::matching {
namespace {

constexpr int kNeighbourhood = 10;     // frames to either side that say how much this shot moves
constexpr double kLeastStep = .25;     // 1 − correlation of coarse descriptions; pans stay below .15 a frame
constexpr double kTimesNeighbours = 3.0;
constexpr int kLongestFlash = 2;
constexpr double kDarkShare = .15;     // of the usual contrast: as good as black

struct Boundary {
  int before = 0;  // the last index of the earlier shot
  BoundaryKind kind = BoundaryKind::kCut;
  double confidence = 1.0;
};

class Search {
 public:
  explicit Search(std::span<const Thumbnail> frames) : frames_(frames), rows_(CoarseRows(frames)), n_(rows_.rows) {
    for (const auto& frame : frames) deviation_.push_back(LevelOf(frame).deviation);
    std::vector<double> sorted = deviation_;
    std::sort(sorted.begin(), sorted.end());
    usual_ = sorted[sorted.size() / 2];
    in_span_.assign(static_cast<std::size_t>(n_), false);
  }

  ShotList Run() {
    MarkFades();
    for (int i = 0; i + 1 < n_; ++i) ConsiderCut(i);
    FindDissolves();
    return Listed();
  }

 private:
  double Alike(int a, int b) const { return rows_.row(a).dot(rows_.row(b)); }
  double Step(int i) const { return 1.0 - Alike(i, i + 1); }
  bool Dark(int i) const { return deviation_[i] < std::max(kBlankDeviation, kDarkShare * usual_); }

  void AddSpan(int first, int last, SpanKind kind) {
    for (int i = first; i <= last; ++i) in_span_[i] = true;
    spans_.push_back({frames_[first].frame, frames_[last].frame, kind});
  }

  // A run of dark frames, with the frames before and after it along which contrast falls and rises.
  void MarkFades() {
    for (int i = 0; i < n_; ++i) {
      if (!Dark(i)) continue;
      int last = i;
      while (last + 1 < n_ && Dark(last + 1)) ++last;
      MarkFade(i, last);
      i = last;
    }
  }

  void MarkFade(int first, int last) {
    constexpr int kLongestFade = 60;
    const bool drop_out = first > 0 && last + 1 < n_ && last - first < kLongestFlash && Alike(first - 1, last + 1) > .6;
    if (drop_out) return AddSpan(first, last, SpanKind::kFlash);
    int begin = first, end = last;
    while (begin > 0 && first - begin < kLongestFade && deviation_[begin - 1] > 1.02 * deviation_[begin] && Falling(begin - 1, 1)) --begin;
    while (end + 1 < n_ && end - last < kLongestFade && deviation_[end + 1] > 1.02 * deviation_[end] && Falling(end + 1, -1)) ++end;
    AddSpan(begin, end, SpanKind::kFade);
    if (begin > 0 && end + 1 < n_) boundaries_.push_back({(first + last) / 2, BoundaryKind::kFade, 1.0});
    edge_fades_front_ |= begin == 0;
    edge_fades_back_ |= end + 1 == n_;
  }

  // A cut to black is one step; in a fade the picture stays while its contrast goes.
  bool Falling(int i, int toward) const {
    return deviation_[i] < .97 * usual_ && (deviation_[i + toward] < 2 * kBlankDeviation || Alike(i, i + toward) > .5);
  }

  double Neighbours(int i) const {
    std::vector<double> steps;
    for (int k = std::max(0, i - kNeighbourhood); k < std::min(n_ - 1, i + kNeighbourhood + 1); ++k) {
      if (std::abs(k - i) > 1) steps.push_back(Step(k));
    }
    if (steps.empty()) return 0.0;
    const auto upper = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() * 2 / 3);
    std::nth_element(steps.begin(), upper, steps.end());
    return *upper;
  }

  // A cut to or from a whip pan, whose steps are large themselves: to a picture of no likeness, from or to a shot that does not
  // move like that, and well beyond every other step about.
  bool StandsOut(int i, double step) const {
    constexpr double kUnlike = .6, kTimesGreatest = 1.4, kQuiet = .1;
    double before = 0.0, after = 0.0;
    for (int k = std::max(0, i - kNeighbourhood); k < i; ++k) before = std::max(before, Step(k));
    for (int k = i + 1; k < std::min(n_ - 1, i + kNeighbourhood + 1); ++k) after = std::max(after, Step(k));
    return step > kUnlike && step > kTimesGreatest * std::max(before, after) && std::min(before, after) < kQuiet;
  }

  void ConsiderCut(int i) {
    if (in_span_[i] && in_span_[i + 1]) return;
    const double step = Step(i), around = Neighbours(i);
    if (step < kLeastStep || (step < kTimesNeighbours * around + .05 && !StandsOut(i, step))) return;
    if (in_span_[i] || in_span_[i + 1]) return;  // out of or into a dark run, which is a boundary already
    for (int length = 1; length <= kLongestFlash && i + length + 1 < n_; ++length) {
      if (1.0 - Alike(i, i + length + 1) < .5 * step) return AddSpan(i + 1, i + length, SpanKind::kFlash);
    }
    for (int length = 1; length <= kLongestFlash && i - length >= 0; ++length) {
      if (in_span_[i] && 1.0 - Alike(i - length, i + 1) < .5 * step) return;
    }
    boundaries_.push_back({i, BoundaryKind::kCut, std::clamp((step - around) / .5, 0.0, 1.0)});
  }

  struct Mix {
    int first = 0, last = 0;
    double residual = 1.0;
  };

  // Whether the frames between are mixtures of the two ends, the later end growing.
  std::optional<Mix> MixOf(int first, int last) const {
    if (Alike(first, last) > .4) return std::nullopt;
    for (int i = first; i < last; ++i) {
      if (in_span_[i] || Step(i) > kLeastStep) return std::nullopt;
    }
    const auto centred = [&](int i) { return cv::Mat1f(CellsOf(frames_[i]) - LevelOf(frames_[i]).mean); };
    const cv::Mat1f a = centred(first), b = centred(last);
    const double aa = a.dot(a), bb = b.dot(b), ab = a.dot(b), determinant = aa * bb - ab * ab;
    if (determinant < 1e-3 * aa * bb) return std::nullopt;
    double worst = 0.0, share_before = .02;
    for (int quarter = 1; quarter <= 3; ++quarter) {
      const cv::Mat1f m = centred(first + (last - first) * quarter / 4);
      const double am = a.dot(m), bm = b.dot(m);
      const double x = (bb * am - ab * bm) / determinant, y = (aa * bm - ab * am) / determinant;
      const double share = y / std::max(x + y, 1e-6);
      if (x < -.05 || share < share_before + .05 || share > .98) return std::nullopt;
      share_before = share;
      worst = std::max(worst, cv::norm(cv::Mat1f(m - x * a - y * b), cv::NORM_L2SQR) / std::min(aa, bb));
    }
    return worst < .08 ? std::optional<Mix>({first, last, worst}) : std::nullopt;
  }

  void FindDissolves() {
    std::vector<Mix> found;
    for (const int length : {6, 10, 16, 24, 36, 50}) {
      for (int i = 0; i + length < n_; i += std::max(1, length / 8)) {
        if (const auto mix = MixOf(i, i + length)) found.push_back(*mix);
      }
    }
    std::stable_sort(found.begin(), found.end(), [](const Mix& a, const Mix& b) { return a.residual < b.residual; });
    for (const Mix& mix : found) {
      if (std::any_of(in_span_.begin() + mix.first, in_span_.begin() + mix.last + 1, [](bool in) { return in; })) continue;
      AddSpan(mix.first, mix.last, SpanKind::kDissolve);
      boundaries_.push_back({(mix.first + mix.last) / 2, BoundaryKind::kDissolve, std::clamp(1.0 - 4 * mix.residual, .2, 1.0)});
    }
  }

  ShotList Listed() {
    std::sort(boundaries_.begin(), boundaries_.end(), [](const auto& a, const auto& b) { return a.before < b.before; });
    std::sort(spans_.begin(), spans_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    ShotList out{{}, spans_};
    int first = 0;
    Boundary last{0, edge_fades_front_ ? BoundaryKind::kFade : BoundaryKind::kEdge, 1.0};
    boundaries_.push_back({n_ - 1, edge_fades_back_ ? BoundaryKind::kFade : BoundaryKind::kEdge, 1.0});
    for (const Boundary& next : boundaries_) {
      if (next.before < first) continue;
      out.shots.push_back({frames_[first].frame, frames_[next.before].frame, last.kind, next.kind,
                           std::min(last.confidence, next.confidence)});
      first = next.before + 1;
      last = next;
    }
    return out;
  }

  std::span<const Thumbnail> frames_;
  cv::Mat1f rows_;
  int n_;
  std::vector<double> deviation_;
  double usual_ = 0.0;
  std::vector<bool> in_span_;
  std::vector<Boundary> boundaries_;
  std::vector<TransitionSpan> spans_;
  bool edge_fades_front_ = false, edge_fades_back_ = false;
};

}  // namespace

const char* NameOf(BoundaryKind kind) {
  switch (kind) {
    case BoundaryKind::kEdge: return "edge";
    case BoundaryKind::kCut: return "cut";
    case BoundaryKind::kDissolve: return "dissolve";
    case BoundaryKind::kFade: return "fade";
  }
  throw std::invalid_argument("NameOf: not a kind of boundary");
}

ShotList FindShots(std::span<const Thumbnail> thumbnails) {
  for (std::size_t i = 0; i < thumbnails.size(); ++i) {
    if (thumbnails[i].luma.size() != Thumbnail::kCells) {
      throw std::invalid_argument("FindShots: the thumbnail of frame " + std::to_string(thumbnails[i].frame) + " has no cells; make it again");
    }
    if (i > 0 && thumbnails[i].frame <= thumbnails[i - 1].frame) {
      throw std::invalid_argument("FindShots: frame " + std::to_string(thumbnails[i].frame) + " follows frame " +
                                  std::to_string(thumbnails[i - 1].frame) + "; give each frame once, in ascending order");
    }
  }
  return thumbnails.empty() ? ShotList{} : Search(thumbnails).Run();
}

}  // namespace interneg::matching
