// Numbers made from thumbnails; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_FEATURES_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_FEATURES_OPENCV_H_

#include <span>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/matching/frame_map.h"
#include "worker/engine/matching/thumbnail.h"

namespace interneg::matching {

inline constexpr CellTransform kAsIs{1, 0, 0, 0, 1, 0};

// The cells as a picture that shares the thumbnail's memory.
cv::Mat1f CellsOf(const Thumbnail& thumbnail);

// A frame with no more contrast than this (standard deviation of its cells) shows nothing to match.
inline constexpr double kBlankDeviation = 0.004;
bool IsBlank(const Thumbnail& thumbnail);

// Local contrast normalisation (Jarrett, Kavukcuoglu, Ranzato, LeCun, "What is the best multi-stage architecture for
// object recognition?", ICCV 2009, §3.1): v = (x − μ) / √(σ² + ε²), μ and σ over a Gaussian window of kWindow cells;
// ε = .35 × the whole picture's deviation, at least .006, keeps flat parts from becoming noise.
cv::Mat1f NormalisedContrast(const cv::Mat1f& cells);

// The reference's cells where the source's are, and 1 where they exist (0 outside). Bicubic.
cv::Mat1f Warped(const cv::Mat1f& cells, const CellTransform& to_reference);
cv::Mat1f Coverage(const CellTransform& to_reference);

// One row a frame: NormalisedContrast of the warped cells. Blank frames are rows of zeros. Uses OpenCV's threads.
cv::Mat1f FeatureRows(std::span<const Thumbnail> frames, const CellTransform& to_reference);

// The kCoarse × kCoarse·3/4 description for finding shots: normalised contrast, blurred, shrunk, mean 0, length 1 (or
// all zeros for a blank frame). A crop of 6 % moves its edges by half a cell.
inline constexpr int kCoarseWidth = 16, kCoarseHeight = 12, kCoarseCells = kCoarseWidth * kCoarseHeight;
cv::Mat1f CoarseRow(const cv::Mat1f& normalised);
cv::Mat1f CoarseRows(std::span<const Thumbnail> frames);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_FEATURES_OPENCV_H_
