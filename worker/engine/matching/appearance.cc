#include "worker/engine/matching/appearance_opencv.h"

#include <algorithm>
#include <cmath>

#include "worker/engine/matching/products_opencv.h"

namespace interneg::matching {
namespace {

constexpr int kMostSamples = 96, kMostDirections = 48;

std::vector<std::pair<int, int>> Sampled(std::span<const std::pair<int, int>> pairs) {
  const std::size_t count = std::min<std::size_t>(kMostSamples, pairs.size());
  std::vector<std::pair<int, int>> out;
  for (std::size_t k = 0; k < count; ++k) out.push_back(pairs[(2 * k + 1) * pairs.size() / (2 * count)]);
  return out;
}

cv::Mat1f Less(const cv::Mat1f& rows, const cv::Mat1f& mean) {
  cv::Mat1f out = rows.clone();
  for (int i = 0; i < out.rows; ++i) out.row(i) -= mean;
  return out;
}

// A few pairs that are off by a frame must not hide the direction that tells them so.
double TrimmedVariance(std::vector<double> squares) {
  std::sort(squares.begin(), squares.end());
  const std::size_t kept = std::max<std::size_t>(1, squares.size() * 9 / 10);
  double sum = 0.0;
  for (std::size_t k = 0; k < kept; ++k) sum += squares[k];
  constexpr double kTrimmed = 1.55;  // variance of a Gaussian over that of its middle nine tenths of squares
  return kTrimmed * sum / static_cast<double>(kept);
}

struct Relation {
  double gain = 0.0, noise = 0.0;
  bool shared = false;  // the sides change together along this direction
};

Relation Relate(const cv::Mat1f& a, const cv::Mat1f& b) {
  const double aa = a.dot(a), bb = b.dot(b), ab = a.dot(b);
  const auto n = static_cast<double>(a.total());
  Relation out;
  if (bb <= 0 || aa <= 0) return out;
  out.gain = std::clamp(ab / bb, 0.0, 2.0);
  const double correlation = ab / std::sqrt(aa * bb);
  out.shared = correlation > 2.5 / std::sqrt(n) && correlation > .15;
  std::vector<double> squares;
  for (int i = 0; i < static_cast<int>(a.total()); ++i) squares.push_back(std::pow(static_cast<double>(a(i)) - out.gain * b(i), 2));
  out.noise = TrimmedVariance(std::move(squares)) + 1e-4 * aa / n;
  return out;
}

}  // namespace

Appearance::Appearance(const cv::Mat1f& source, const cv::Mat1f& reference, std::span<const std::pair<int, int>> pairs) {
  const auto sampled = Sampled(pairs);
  const int n = static_cast<int>(sampled.size());
  cv::Mat1f a(n, source.cols), b(n, source.cols);
  for (int k = 0; k < n; ++k) {
    source.row(sampled[k].first).copyTo(a.row(k));
    reference.row(sampled[k].second).copyTo(b.row(k));
  }
  cv::reduce(a, mean_source_, 0, cv::REDUCE_AVG);
  cv::reduce(b, mean_reference_, 0, cv::REDUCE_AVG);
  lasting_ = mean_source_ - mean_reference_;
  a = Less(a, mean_source_);
  b = Less(b, mean_reference_);
  const cv::Mat1f all = PrincipalDirections(.5 * (a + b), std::min(kMostDirections, n - 1), 1e-3);
  basis_.create(0, source.cols);
  if (all.rows == 0) return;
  const cv::Mat1f alpha = RowProducts(all, a), beta = RowProducts(all, b);
  for (int k = 0; k < all.rows; ++k) {
    const Relation relation = Relate(alpha.row(k), beta.row(k));
    if (!relation.shared) continue;
    basis_.push_back(all.row(k));
    gain_.push_back(static_cast<float>(relation.gain));
    scale_.push_back(static_cast<float>(1.0 / std::sqrt(std::max(relation.noise, 1e-9))));
  }
}

cv::Mat1f Appearance::SourceCoordinates(const cv::Mat1f& rows) const {
  if (basis_.rows == 0) return cv::Mat1f(rows.rows, 1, 0.0F);
  cv::Mat1f out = RowProducts(Less(rows, mean_source_), basis_);
  for (int k = 0; k < out.cols; ++k) out.col(k) *= scale_[static_cast<std::size_t>(k)];
  return out;
}

cv::Mat1f Appearance::ReferenceCoordinates(const cv::Mat1f& rows) const {
  if (basis_.rows == 0) return cv::Mat1f(rows.rows, 1, 0.0F);
  cv::Mat1f out = RowProducts(Less(rows, mean_reference_), basis_);
  for (int k = 0; k < out.cols; ++k) out.col(k) *= scale_[static_cast<std::size_t>(k)] * gain_[static_cast<std::size_t>(k)];
  return out;
}

namespace {

constexpr int kDriftReach = 12, kMovementReach = 5;  // frames to either side
constexpr double kDriftDoubt = 4.0;                  // a drift follows the movement more than other directions

// The mean over the paired rows about `row` of what `of` gives for them; zeros when there are none.
template <typename Of>
cv::Mat1f MeanAbout(int row, int reach, int width, std::span<const int> columns, const Of& of) {
  cv::Mat1f sum(1, width, 0.0F);
  int count = 0;
  for (int i = std::max(0, row - reach); i <= std::min(static_cast<int>(columns.size()) - 1, row + reach); ++i) {
    if (columns[static_cast<std::size_t>(i)] < 0) continue;
    sum += of(i);
    ++count;
  }
  return count == 0 ? sum : cv::Mat1f(sum / count);
}

// The direction in which the reference moves about a row; zeros where it stands.
cv::Mat1f MovementAbout(int row, const cv::Mat1f& reference, std::span<const int> columns) {
  const int last = static_cast<int>(columns.size()) - 1;
  const auto partner = [&](int i) { return reference.row(columns[static_cast<std::size_t>(i)]); };
  const cv::Mat1f before = MeanAbout(std::max(0, row - kMovementReach), kMovementReach, reference.cols, columns, partner);
  const cv::Mat1f after = MeanAbout(std::min(last, row + kMovementReach), kMovementReach, reference.cols, columns, partner);
  cv::Mat1f movement = after - before;
  const double length = cv::norm(movement);
  return length > 1e-6 ? cv::Mat1f(movement / length) : movement;
}

}  // namespace

Drift RemoveDrift(cv::Mat1f& source, cv::Mat1f& reference, std::span<const int> columns) {
  const cv::Mat1f before = source.clone();
  const auto error = [&](int i) { return cv::Mat1f(before.row(i) - reference.row(columns[static_cast<std::size_t>(i)])); };
  cv::Mat1f drifts(source.size(), 0.0F);
  for (int i = 0; i < source.rows; ++i) {
    cv::Mat1f drift = MeanAbout(i, kDriftReach, source.cols, columns, error);
    const cv::Mat1f movement = MovementAbout(i, reference, columns);
    drift -= drift.dot(movement) * movement;
    source.row(i) -= drift;
    drift.copyTo(drifts.row(i));
  }
  for (int k = 0; k < source.cols; ++k) {
    std::vector<double> squares;
    for (int i = 0; i < source.rows; ++i) {
      const int j = columns[static_cast<std::size_t>(i)];
      if (j >= 0) squares.push_back(std::pow(static_cast<double>(source(i, k)) - reference(j, k), 2));
    }
    if (squares.size() < Appearance::kLeastPairs) break;
    const double scale = 1.0 / std::sqrt(std::clamp(TrimmedVariance(std::move(squares)), .1, 1.0));
    source.col(k) *= scale;
    reference.col(k) *= scale;
    drifts.col(k) *= scale;
  }
  Drift out{cv::Mat1f(source.size(), 0.0F), {}};
  for (int i = 0; i < source.rows; ++i) {
    MovementAbout(i, reference, columns).copyTo(out.movement.row(i));
    const double d2 = drifts.row(i).dot(drifts.row(i)) / std::max(1, source.cols - 1);
    out.share.push_back(kDriftDoubt * d2 / (1.0 + kDriftDoubt * d2));
  }
  return out;
}

}  // namespace interneg::matching
