#include <algorithm>
#include <cmath>

#include "worker/engine/matching/banded_path.h"
#include "worker/engine/matching/products_opencv.h"
#include "worker/engine/matching/shot_alignment_opencv.h"

namespace interneg::matching {
namespace {

constexpr double kMostCells = 4e6;
constexpr int kSamples = 48;      // of each side, for medians and components
constexpr int kComponents = 64;
constexpr float kNats = 30.0F;    // a residual of twice the usual one
constexpr float kAlone = 5.0F;    // residuals, in usual ones, at which a frame would rather stand alone

cv::Mat1f Thinned(const cv::Mat1f& rows, int stride) {
  if (stride == 1) return rows;
  cv::Mat1f out((rows.rows + stride - 1) / stride, rows.cols);
  for (int i = 0; i < out.rows; ++i) rows.row(i * stride).copyTo(out.row(i));
  return out;
}

cv::Mat1f Samples(const cv::Mat1f& rows) {
  const int count = std::min(rows.rows, kSamples);
  cv::Mat1f out(count, rows.cols);
  for (int k = 0; k < count; ++k) {
    rows.row(static_cast<int>((static_cast<std::int64_t>(2 * k + 1) * rows.rows) / (2 * count))).copyTo(out.row(k));
  }
  return out;
}

cv::Mat1f MedianRow(const cv::Mat1f& samples) {
  cv::Mat1f out(1, samples.cols);
  std::vector<float> column(static_cast<std::size_t>(samples.rows));
  for (int x = 0; x < samples.cols; ++x) {
    for (int i = 0; i < samples.rows; ++i) column[static_cast<std::size_t>(i)] = samples(i, x);
    std::nth_element(column.begin(), column.begin() + samples.rows / 2, column.end());
    out(0, x) = column[static_cast<std::size_t>(samples.rows / 2)];
  }
  return out;
}

void Subtract(cv::Mat1f& rows, const cv::Mat1f& row) {
  for (int i = 0; i < rows.rows; ++i) rows.row(i) -= row;
}

cv::Mat1f Directions(const cv::Mat1f& samples) {
  cv::Mat1f centred = samples.clone(), mean;
  cv::reduce(samples, mean, 0, cv::REDUCE_AVG);
  Subtract(centred, mean);
  return PrincipalDirections(centred, kComponents, 1e-4);
}

struct Way {
  std::vector<int> path;
  double residual = 0.0;  // usual residual of a paired frame, with frames alone counted as if paired badly
};

Way Cheapest(const cv::Mat1f& source, const cv::Mat1f& reference) {
  cv::Mat1f both;
  cv::vconcat(Samples(source), Samples(reference), both);
  const cv::Mat1f directions = Directions(both);
  if (directions.rows == 0) return {std::vector<int>(static_cast<std::size_t>(source.rows), -1), 0.0};
  const cv::Mat1f distances = SquaredDistances(RowProducts(source, directions), RowProducts(reference, directions));
  std::vector<double> least;
  for (int i = 0; i < distances.rows; ++i) {
    double low = 0.0;
    cv::minMaxLoc(distances.row(i), &low, nullptr);
    least.push_back(low);
  }
  // A quarter of the shot may be all that both sides share.
  const auto quarter = least.begin() + static_cast<std::ptrdiff_t>(least.size() / 4);
  std::nth_element(least.begin(), quarter, least.end());
  const double usual = std::max(*quarter, 1e-6);
  Band band{distances.rows, distances.cols, distances.cols, std::vector<int>(distances.rows, 0), {}};
  band.cost.resize(distances.total());
  std::transform(distances.begin(), distances.end(), band.cost.begin(),
                 [&](float d) { return kNats * static_cast<float>(std::min(d / usual, 50.0)); });
  PathCosts costs;
  costs.step = {1.5F, .2F, 1.0F, 2.0F, 3.0F};
  costs.alone.assign(static_cast<std::size_t>(band.rows), kAlone * kNats);
  Way way{CheapestPath(band, costs), 0.0};
  for (int i = 0; i < band.rows; ++i) way.residual += way.path[i] < 0 ? kAlone * usual : distances(i, way.path[i]);
  return way;
}

std::vector<int> Thickened(const std::vector<int>& path, int stride, int rows, int columns) {
  std::vector<int> out(static_cast<std::size_t>(rows), -1);
  for (int i = 0; i < rows; ++i) {
    const int k = i / stride;
    if (path[k] >= 0) out[i] = std::min(path[k] * stride + i % stride, columns - 1);
  }
  return out;
}

}  // namespace

double Median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

cv::Mat1f MedianDifference(const cv::Mat1f& source, const cv::Mat1f& reference) {
  return MedianRow(Samples(reference)) - MedianRow(Samples(source));
}

std::vector<int> RoughPath(const ShotRows& rows) {
  const double cells = static_cast<double>(rows.source.rows) * rows.reference.rows;
  const int stride = std::max(1, static_cast<int>(std::ceil(std::sqrt(cells / kMostCells))));
  const cv::Mat1f source = Thinned(rows.source, stride), reference = Thinned(rows.reference, stride);
  const Way plain = Cheapest(source, reference);
  cv::Mat1f level = reference.clone();
  Subtract(level, rows.level);
  const Way levelled = Cheapest(source, level);
  const Way& better = levelled.residual < plain.residual ? levelled : plain;
  return Thickened(better.path, stride, rows.source.rows, rows.reference.rows);
}

}  // namespace interneg::matching
