// Runs of frames that follow each other on both sides; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_RUNS_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_RUNS_OPENCV_H_

#include <span>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/matching/frame_map.h"
#include "worker/engine/matching/shot_alignment_opencv.h"
#include "worker/engine/matching/shot_pairs_opencv.h"

namespace interneg::matching {

// Both sides, with their shots as indices.
struct Sides {
  std::span<const Thumbnail> source, reference;
  std::vector<IndexRange> source_shots, reference_shots;
};

struct Run {
  int source_first = 0;               // index of the first of `frames`
  std::vector<FrameEvidence> frames;  // references as indices into the whole reference
  IndexRange reference_shot;          // where its references can lie
  double score = 0.0;                 // mean of its frames
  double motion = 0.0;                // MotionCorrelation
  double residual = 0.0;              // median, per cell compared
  CellTransform geometry{};
  int source_last() const { return source_first + static_cast<int>(frames.size()) - 1; }
};

// The transform that most of the likeliest shot pairs agree on; `start` when none of them registers.
CellTransform UsualGeometry(const Sides& sides, std::span<const ShotPair> pairs, const CellTransform& start);

// FeatureRows of all frames, those of the reference under one geometry.
struct AllRows {
  cv::Mat1f source, reference;
  CellTransform geometry{};
};
AllRows RowsOfAll(const Sides& sides, const CellTransform& geometry);

// Whether more than three frames hang on each of the reference, on the mean: no two transfers differ by such a rate; the pictures
// are of one place, at other times. Of fewer than 6 frames nothing is said.
bool Hangs(const Run& run);

// Aligns the two shots under the usual framing (that of `rows`), or under one of their own where that does not fit. Empty when the two do
// not show the same: runs that Hangs, that are little alike, or in which other things move.
std::vector<Run> RunsOf(const Sides& sides, const AllRows& rows, const ShotPair& pair, const MatchOptions& options);

// The usual framing again, from frames that were paired under it.
CellTransform Refitted(const Sides& sides, std::span<const Run> runs, const CellTransform& usual);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_RUNS_OPENCV_H_
