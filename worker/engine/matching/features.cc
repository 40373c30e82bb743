#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "worker/engine/matching/features_opencv.h"

namespace interneg::matching {
namespace {

constexpr double kWindow = 4.0;  // cells: larger than a moving hand, smaller than a light's fall-off

cv::Mat1f Blurred(const cv::Mat1f& in, double sigma) {
  cv::Mat1f out;
  cv::GaussianBlur(in, out, cv::Size(), sigma, sigma, cv::BORDER_REFLECT);
  return out;
}

cv::Mat1d AffineOf(const CellTransform& m) { return (cv::Mat1d(2, 3) << m[0], m[1], m[2], m[3], m[4], m[5]); }

}  // namespace

cv::Mat1f CellsOf(const Thumbnail& thumbnail) {
  // OpenCV has no read-only view; nobody writes through this one.
  return {Thumbnail::kHeight, Thumbnail::kWidth, const_cast<float*>(thumbnail.luma.data())};
}

bool IsBlank(const Thumbnail& thumbnail) { return LevelOf(thumbnail).deviation < kBlankDeviation; }

cv::Mat1f NormalisedContrast(const cv::Mat1f& cells) {
  cv::Scalar mean, deviation;
  cv::meanStdDev(cells, mean, deviation);
  const double floor = std::max(0.35 * deviation[0], 0.006);
  const cv::Mat1f centred = cells - Blurred(cells, kWindow);
  cv::Mat1f spread = Blurred(centred.mul(centred), kWindow) + floor * floor;
  cv::sqrt(spread, spread);
  return centred / spread;
}

cv::Mat1f Warped(const cv::Mat1f& cells, const CellTransform& to_reference) {
  cv::Mat1f out;
  cv::warpAffine(cells, out, AffineOf(to_reference), cells.size(), cv::INTER_CUBIC | cv::WARP_INVERSE_MAP,
                 cv::BORDER_REPLICATE);
  return out;
}

cv::Mat1f Coverage(const CellTransform& m) {
  cv::Mat1f out(Thumbnail::kHeight, Thumbnail::kWidth);
  for (int y = 0; y < out.rows; ++y) {
    for (int x = 0; x < out.cols; ++x) {
      const double u = m[0] * x + m[1] * y + m[2], v = m[3] * x + m[4] * y + m[5];
      out(y, x) = u >= -.25 && v >= -.25 && u <= Thumbnail::kWidth - .75 && v <= Thumbnail::kHeight - .75 ? 1.0F : 0.0F;
    }
  }
  return out;
}

cv::Mat1f FeatureRows(std::span<const Thumbnail> frames, const CellTransform& to_reference) {
  const bool still = to_reference == kAsIs;
  cv::Mat1f rows(static_cast<int>(frames.size()), static_cast<int>(Thumbnail::kCells), 0.0F);
  cv::parallel_for_(cv::Range(0, rows.rows), [&](const cv::Range& part) {
    for (int i = part.start; i < part.end; ++i) {
      const auto& frame = frames[static_cast<std::size_t>(i)];
      if (IsBlank(frame)) continue;
      NormalisedContrast(still ? CellsOf(frame) : Warped(CellsOf(frame), to_reference)).reshape(1, 1).copyTo(rows.row(i));
    }
  });
  return rows;
}

cv::Mat1f CoarseRow(const cv::Mat1f& normalised) {
  cv::Mat1f small;
  cv::resize(Blurred(normalised, 1.5), small, cv::Size(kCoarseWidth, kCoarseHeight), 0, 0, cv::INTER_AREA);
  cv::Mat1f row = small.reshape(1, 1).clone();
  row -= cv::mean(row)[0];
  const double length = cv::norm(row);
  if (length > 1e-6) row /= length;
  return row;
}

cv::Mat1f CoarseRows(std::span<const Thumbnail> frames) {
  cv::Mat1f rows(static_cast<int>(frames.size()), kCoarseCells, 0.0F);
  for (int i = 0; i < rows.rows; ++i) {
    const auto& frame = frames[static_cast<std::size_t>(i)];
    if (!IsBlank(frame)) CoarseRow(NormalisedContrast(CellsOf(frame))).copyTo(rows.row(i));
  }
  return rows;
}

}  // namespace interneg::matching
