#include "worker/engine/matching/frame_map.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <opencv2/core.hpp>

#include "worker/engine/matching/assembly_opencv.h"
#include "worker/engine/matching/features_opencv.h"
#include "worker/engine/matching/runs_opencv.h"
#include "worker/engine/matching/shot_pairs_opencv.h"

namespace interneg::matching {
namespace {

void RequireOptions(const MatchOptions& o) {
  const auto refuse = [](const char* what) { throw std::invalid_argument(std::string("match: ") + what); };
  if (!(o.report_probability > .5 && o.report_probability < 1)) refuse("report_probability must lie in (0.5, 1)");
  if (!(o.least_score > 0 && o.least_score < 1)) refuse("least_score must lie in (0, 1)");
  if (o.shortest_span < 1) refuse("shortest_span must be at least 1");
  if (o.candidates < 1) refuse("candidates must be at least 1");
}

// Shots as indices. Over a dissolve time runs on, on both sides, and a slow change may be taken for one: what it joins
// is matched as a whole.
std::vector<IndexRange> Indexed(const ShotList& list, std::span<const Thumbnail> frames) {
  std::vector<IndexRange> out;
  int at = 0;
  for (const Shot& shot : list.shots) {
    const bool continues = !out.empty() && shot.begins == BoundaryKind::kDissolve;
    IndexRange range{continues ? out.back().first : at, at};
    if (continues) out.pop_back();
    while (at < static_cast<int>(frames.size()) && frames[at].frame <= shot.last) ++at;
    range.last = at - 1;
    out.push_back(range);
  }
  return out;
}

std::vector<Thumbnail> Turned(std::span<const Thumbnail> frames, Orientation orientation) {
  std::vector<Thumbnail> out(frames.begin(), frames.end());
  const int code = orientation == Orientation::kMirrored ? 1 : orientation == Orientation::kUpsideDown ? 0 : -1;
  for (Thumbnail& frame : out) {
    cv::Mat1f cells(Thumbnail::kHeight, Thumbnail::kWidth, frame.luma.data());
    cv::Mat1f turned;
    cv::flip(cells, turned, code);
    turned.copyTo(cells);
  }
  return out;
}

std::vector<Run> RunsOfAll(const Sides& sides, std::span<const ShotPair> pairs, const CellTransform& usual, const MatchOptions& options) {
  const AllRows rows = RowsOfAll(sides, usual);
  std::vector<std::vector<Run>> found(pairs.size());
  const auto find = [&](int k) { found[static_cast<std::size_t>(k)] = RunsOf(sides, rows, pairs[static_cast<std::size_t>(k)], options); };
  const int count = static_cast<int>(pairs.size());
  if (count == 1) {
    find(0);  // which has work for the other threads itself
  } else {
    cv::parallel_for_(cv::Range(0, count), [&](const cv::Range& part) {
      for (int k = part.start; k < part.end; ++k) find(k);
    }, count);
  }
  std::vector<Run> runs;
  for (auto& of_pair : found) std::move(of_pair.begin(), of_pair.end(), std::back_inserter(runs));
  return runs;
}

// Those pairs that gave a run.
std::vector<ShotPair> PairsOf(const Sides& sides, std::span<const Run> runs, std::span<const ShotPair> pairs) {
  std::vector<ShotPair> out;
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(out), [&](const ShotPair& pair) {
    const IndexRange source = sides.source_shots[pair.source_shot], reference = sides.reference_shots[pair.reference_shot];
    return std::any_of(runs.begin(), runs.end(), [&](const Run& run) {
      return run.source_first >= source.first && run.source_first <= source.last && run.reference_shot.first == reference.first;
    });
  });
  return out;
}

// The farthest that a corner moves between two transforms, in cells.
double Moved(const CellTransform& a, const CellTransform& b) {
  double most = 0.0;
  for (const double x : {0.0, Thumbnail::kWidth - 1.0}) {
    for (const double y : {0.0, Thumbnail::kHeight - 1.0}) {
      const auto apart = [&](int k) { return (a[k] - b[k]) * x + (a[k + 1] - b[k + 1]) * y + a[k + 2] - b[k + 2]; };
      most = std::max(most, std::hypot(apart(0), apart(3)));
    }
  }
  return most;
}

FrameMap MatchFrom(const Sides& sides, const cv::Mat1f& source, const cv::Mat1f& reference, const CellTransform& start,
                   const MatchOptions& options) {
  const auto pairs = LikelyPairs(source, sides.source_shots, reference, sides.reference_shots, options.candidates);
  CellTransform usual = UsualGeometry(sides, pairs, start);
  std::vector<Run> runs = RunsOfAll(sides, pairs, usual, options);
  const CellTransform refitted = Refitted(sides, runs, usual);
  // So small a difference shifts times; it makes no pair of what was none.
  constexpr double kSettled = .03, kElsewhere = .5;
  const double moved = Moved(usual, refitted);
  if (moved > kSettled) runs = RunsOfAll(sides, moved > kElsewhere ? pairs : PairsOf(sides, runs, pairs), refitted, options);
  return Assemble(sides, std::move(runs), options);
}

// Where the picture is inside black borders that never change, as a transform's scale and shift along one direction.
struct Extent {
  double first, last;
};

Extent LitExtent(std::span<const Thumbnail> frames, bool columns) {
  constexpr float kBlack = .05F;
  cv::Mat1f most(Thumbnail::kHeight, Thumbnail::kWidth, 0.0F);
  const std::size_t stride = std::max<std::size_t>(1, frames.size() / 300);
  for (std::size_t i = 0; i < frames.size(); i += stride) most = cv::max(most, CellsOf(frames[i]));
  cv::Mat1f line;
  cv::reduce(most, line, columns ? 0 : 1, cv::REDUCE_MAX);
  const int n = static_cast<int>(line.total());
  int first = 0, last = n - 1;
  while (first < n / 3 && line(first) < kBlack) ++first;
  while (last > n - 1 - n / 3 && line(last) < kBlack) --last;
  return {first - .5, last + .5};
}

// Other ways in which the reference's picture may lie in its frame: without its borders, or of another aspect ratio.
std::vector<CellTransform> OtherFramings(std::span<const Thumbnail> source, std::span<const Thumbnail> reference) {
  const auto scaled = [](double sx, double sy) {
    const double cx = (Thumbnail::kWidth - 1) / 2.0, cy = (Thumbnail::kHeight - 1) / 2.0;
    return CellTransform{sx, 0, cx - sx * cx, 0, sy, cy - sy * cy};
  };
  std::vector<CellTransform> out;
  const Extent sx = LitExtent(source, true), sy = LitExtent(source, false), rx = LitExtent(reference, true), ry = LitExtent(reference, false);
  const double ax = (rx.last - rx.first) / (sx.last - sx.first), ay = (ry.last - ry.first) / (sy.last - sy.first);
  if (std::abs(ax - 1) > .03 || std::abs(ay - 1) > .03) {
    out.push_back({ax, 0, rx.first - ax * sx.first, 0, ay, ry.first - ay * sy.first});
  }
  for (const double s : {.75, 4.0 / 3.0, .84, 1.19}) {
    out.push_back(scaled(s, 1));
    out.push_back(scaled(1, s));
    out.push_back(scaled(s, s));
  }
  return out;
}

cv::Mat1f CoarseUnder(std::span<const Thumbnail> frames, const CellTransform& to_reference) {
  cv::Mat1f rows(static_cast<int>(frames.size()), kCoarseCells, 0.0F);
  for (int i = 0; i < rows.rows; ++i) {
    if (!IsBlank(frames[i])) CoarseRow(NormalisedContrast(Warped(CellsOf(frames[i]), to_reference))).copyTo(rows.row(i));
  }
  return rows;
}

std::string Aspect(const CellTransform& m) {
  return "the reference's picture fills another part of its frame than the source's: " + std::to_string(std::lround(100 * m[0])) +
         " % of the source's width and " + std::to_string(std::lround(100 * m[4])) + " % of its height; the map takes this into account";
}

}  // namespace

const char* NameOf(FrameState state) {
  switch (state) {
    case FrameState::kUnmatched: return "unmatched";
    case FrameState::kUncertain: return "uncertain";
    case FrameState::kHeld: return "held";
    case FrameState::kMatched: return "matched";
  }
  throw std::invalid_argument("NameOf: not a state of a frame");
}

const char* NameOf(Orientation orientation) {
  switch (orientation) {
    case Orientation::kUpright: return "upright";
    case Orientation::kMirrored: return "mirrored";
    case Orientation::kUpsideDown: return "upside down";
    case Orientation::kRotated180: return "rotated by 180 degrees";
  }
  throw std::invalid_argument("NameOf: not an orientation");
}

namespace {

class Matcher {
 public:
  Matcher(std::span<const Thumbnail> source, std::span<const Thumbnail> reference, const MatchOptions& options)
      : source_(source), reference_(reference), options_(options), source_shots_(FindShots(source)),
        reference_shots_(FindShots(reference)), coarse_(CoarseRows(source)) {}

  FrameMap Run() {
    FrameMap map = Try(reference_, kAsIs);
    for (const auto orientation : {Orientation::kMirrored, Orientation::kUpsideDown, Orientation::kRotated180}) {
      if (!map.empty() || NoPictures()) break;
      map = Try(Turned(reference_, orientation), kAsIs);
      map.orientation = map.empty() ? Orientation::kUpright : orientation;
    }
    if (map.empty() && !NoPictures()) map = TryOtherFramings();
    if (map.orientation != Orientation::kUpright) {
      map.notes.push_back(std::string("the reference is ") + NameOf(map.orientation) + "; turn it before anything else is done with it");
    }
    Annotate(map);
    map.source_shots = source_shots_;
    map.reference_shots = reference_shots_;
    return map;
  }

 private:
  Sides Facing(std::span<const Thumbnail> reference) const {
    return {source_, reference, Indexed(source_shots_, source_), Indexed(reference_shots_, reference)};
  }

  FrameMap Try(std::span<const Thumbnail> reference, const CellTransform& framing) const {
    return MatchFrom(Facing(reference), coarse_, CoarseUnder(reference, framing), framing, options_);
  }

  FrameMap TryOtherFramings() const {
    for (const auto& framing : OtherFramings(source_, reference_)) {
      FrameMap map = Try(reference_, framing);
      if (map.empty()) continue;
      map.notes.push_back(Aspect(map.spans.front().geometry));
      return map;
    }
    return Assemble(Facing(reference_), {}, options_);
  }

  bool NoPictures() const { return Blank(source_) == source_.size() || Blank(reference_) == reference_.size(); }
  static std::size_t Blank(std::span<const Thumbnail> frames) {
    return static_cast<std::size_t>(std::count_if(frames.begin(), frames.end(), IsBlank));
  }

  void Annotate(FrameMap& map) const {
    const auto tell = [&](const char* side, std::span<const Thumbnail> frames) {
      if (frames.empty()) map.notes.push_back(std::string("the ") + side + " has no frames");
      if (const auto blank = Blank(frames); blank > 0) {
        map.notes.push_back(std::to_string(blank) + " of " + std::to_string(frames.size()) + " frames of the " + side +
                            " are black or constant and match nothing");
      }
    };
    tell("source", source_);
    tell("reference", reference_);
    if (map.empty()) {
      map.notes.push_back("no overlap: no frame of the source was found in the reference; check that both are of the same title and section");
    }
  }

  std::span<const Thumbnail> source_, reference_;
  const MatchOptions& options_;
  ShotList source_shots_, reference_shots_;
  cv::Mat1f coarse_;
};

}  // namespace

FrameMap Match(std::span<const Thumbnail> source, std::span<const Thumbnail> reference, const MatchOptions& options) {
  RequireOptions(options);
  return Matcher(source, reference, options).Run();
}

}  // namespace interneg::matching
