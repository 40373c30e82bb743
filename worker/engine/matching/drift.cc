#include "worker/engine/matching/drift_opencv.h"

#include <algorithm>
#include <cmath>

#include "worker/engine/matching/appearance_opencv.h"
#include "worker/engine/matching/shot_alignment_opencv.h"

namespace interneg::matching {
namespace {

constexpr int kReach = 12, kMovementReach = 5;  // rows to either side
constexpr int kOffsets = 48;                    // parallel paths to either side: more than a band is wide
constexpr int kLeastRows = 4;                   // of which a mean says something
constexpr double kLeastNoise = .2;              // of the scene's: what a stretch of it may have
constexpr double kNoisiest = 4.0;                // of the noise about: what one frame may have
constexpr double kDoubt = 4.0;                  // a drift of twice the size that other directions show

}  // namespace

ParallelPaths::ParallelPaths(cv::Mat1f& source, cv::Mat1f& reference, std::span<const int> columns, std::span<const int> centres, WeaveMetric& weave)
    : source_(source), reference_(reference), weave_(weave), columns_(columns), centres_(centres) {
  sums_.resize(2 * kOffsets + 1);
  Add(0);
  ScaleToNoise();
  for (int offset = -kOffsets; offset <= kOffsets; ++offset) Add(offset);
  MeasureNoise();
  MeasureDrift();
}

bool ParallelPaths::Counts(int row, int offset) const {
  const int column = centres_[static_cast<std::size_t>(row)] + offset;
  return columns_[static_cast<std::size_t>(row)] >= 0 && column >= 0 && column < reference_.rows;
}

void ParallelPaths::Add(int offset) {
  Sums& sums = sums_[static_cast<std::size_t>(offset + kOffsets)];
  sums.values = cv::Mat1d(source_.rows + 1, source_.cols, 0.0);
  sums.moments = sums.values.clone();
  sums.count = sums.rows = sums.squares = {0.0};
  for (int i = 0; i < source_.rows; ++i) {
    const bool counts = Counts(i, offset);
    sums.count.push_back(sums.count.back() + (counts ? 1.0 : 0.0));
    sums.rows.push_back(sums.rows.back() + (counts ? 1.0 * i : 0.0));
    sums.squares.push_back(sums.squares.back() + (counts ? 1.0 * i * i : 0.0));
    const float* s = source_[i];
    const float* r = counts ? reference_[centres_[static_cast<std::size_t>(i)] + offset] : s;
    for (int k = 0; k < source_.cols; ++k) {
      const double e = static_cast<double>(s[k]) - r[k];
      sums.values(i + 1, k) = sums.values(i, k) + e;
      sums.moments(i + 1, k) = sums.moments(i, k) + e * i;
    }
  }
}

ParallelPaths::Expected ParallelPaths::ExpectedAt(int row, int offset) const {
  const Sums& sums = sums_[static_cast<std::size_t>(offset + kOffsets)];
  const int begin = std::max(0, row - kReach), end = std::min(source_.rows, row + kReach + 1);
  const bool own = Counts(row, offset);
  const auto between = [&](const std::vector<double>& of, double here) {
    return of[static_cast<std::size_t>(end)] - of[static_cast<std::size_t>(begin)] - (own ? here : 0.0);
  };
  Expected out{cv::Mat1f(1, source_.cols, 0.0F), cv::Mat1f(1, source_.cols, 0.0F), between(sums.count, 1.0), 0.0};
  if (out.count < kLeastRows) return {out.mean, out.here, 0.0, 0.0};
  const double middle = between(sums.rows, row) / out.count;
  const double spread = between(sums.squares, 1.0 * row * row) - out.count * middle * middle, away = row - middle;
  out.doubt = 1.0 / out.count + away * away / spread;
  for (int k = 0; k < source_.cols; ++k) {
    double sum = sums.values(end, k) - sums.values(begin, k), moment = sums.moments(end, k) - sums.moments(begin, k);
    if (own) {
      const double e = sums.values(row + 1, k) - sums.values(row, k);
      sum -= e;
      moment -= e * row;
    }
    out.mean(k) = static_cast<float>(sum / out.count);
    out.here(k) = static_cast<float>(sum / out.count + away * (moment - middle * sum) / spread);
  }
  return out;
}

double ParallelPaths::Cost(int row, int column) const {
  const int offset = std::clamp(column - centres_[static_cast<std::size_t>(row)], -kOffsets, kOffsets);
  const Expected expected = ExpectedAt(row, offset);
  const cv::Mat1f e = source_.row(row) - reference_.row(column) - expected.here;
  const double own = e.dot(e) - weave_.Explained(row, {e[0], static_cast<std::size_t>(e.cols)}), slow = expected.mean.dot(expected.mean);
  const double n = expected.count, noise = noise_[static_cast<std::size_t>(row)];
  if (n == 0) return .5 * own / noise;
  return .5 * (own / (1 + expected.doubt) + slow / (1.0 + n * drift_[static_cast<std::size_t>(row)] / noise)) / noise;
}

double ParallelPaths::drift() const { return Median(drift_); }

cv::Mat1f ParallelPaths::Drifts() const {
  cv::Mat1f out(source_.size());
  for (int i = 0; i < source_.rows; ++i) ExpectedAt(i, 0).here.copyTo(out.row(i));
  return out;
}

void ParallelPaths::ScaleToNoise() {
  std::vector<std::vector<double>> squares(static_cast<std::size_t>(source_.cols));
  for (int i = 0; i < source_.rows; ++i) {
    if (!Counts(i, 0)) continue;
    const Expected expected = ExpectedAt(i, 0);
    if (expected.count == 0) continue;
    cv::Mat1f e = source_.row(i) - reference_.row(centres_[static_cast<std::size_t>(i)]) - expected.here;
    weave_.Remove(i, {e[0], static_cast<std::size_t>(e.cols)});
    for (int k = 0; k < e.cols; ++k) squares[static_cast<std::size_t>(k)].push_back(e(k) * e(k) / (1 + expected.doubt));
  }
  for (int k = 0; k < source_.cols; ++k) {
    auto& of = squares[static_cast<std::size_t>(k)];
    if (of.size() < Appearance::kLeastPairs) break;
    const double scale = 1.0 / std::sqrt(std::clamp(TrimmedVariance(std::move(of)), .02, 4.0));
    source_.col(k) *= scale;
    reference_.col(k) *= scale;
    weave_.ScaleColumn(k, scale);
  }
  weave_.Settle();
}

// The direction in which the reference moves about a row, of length 1; zeros where it stands.
cv::Mat1f ParallelPaths::MovementAbout(int row) const {
  const auto mean = [&](int about) {
    cv::Mat1f sum(1, reference_.cols, 0.0F);
    int count = 0;
    for (int i = std::max(0, about - kMovementReach); i <= std::min(source_.rows - 1, about + kMovementReach); ++i) {
      if (Counts(i, 0)) sum += reference_.row(centres_[static_cast<std::size_t>(i)]), ++count;
    }
    return count == 0 ? sum : cv::Mat1f(sum / count);
  };
  cv::Mat1f movement = mean(std::min(source_.rows - 1, row + kMovementReach)) - mean(std::max(0, row - kMovementReach));
  const double length = cv::norm(movement);
  return length > 1e-6 ? cv::Mat1f(movement / length) : movement;
}

double ParallelPaths::Own(int row, int offset) const {
  const Expected expected = ExpectedAt(row, offset);
  if (!Counts(row, offset) || expected.count == 0) return -1.0;
  const cv::Mat1f e = source_.row(row) - reference_.row(centres_[static_cast<std::size_t>(row)] + offset) - expected.here;
  return (e.dot(e) - weave_.Explained(row, {e[0], static_cast<std::size_t>(e.cols)})) / (1 + expected.doubt) / source_.cols;
}

// Fast movement leaves more than grain does, so that the noise where little moves is less than all rows' own. A frame that no
// column near its own fits is noisier than those about it (scratched, jumped in the gate), and says less.
void ParallelPaths::MeasureNoise() {
  std::vector<double> own;
  for (int i = 0; i < source_.rows; ++i) own.push_back(Own(i, 0));
  for (int i = 0; i < source_.rows; ++i) {
    std::vector<double> about;
    for (int k = std::max(0, i - kReach); k < std::min(source_.rows, i + kReach + 1); ++k) {
      if (own[static_cast<std::size_t>(k)] >= 0.0) about.push_back(own[static_cast<std::size_t>(k)]);
    }
    const double usual = about.size() < kLeastRows ? 1.0 : std::clamp(Median(std::move(about)), kLeastNoise, 1 / kLeastNoise);
    double least = own[static_cast<std::size_t>(i)];
    for (const int offset : {-2, -1, 1, 2}) {
      if (const double there = Own(i, offset); there >= 0.0 && there < least) least = there;
    }
    usual_noise_.push_back(static_cast<float>(usual));
    noise_.push_back(static_cast<float>(std::clamp(least, usual, kNoisiest * usual)));
  }
}

void ParallelPaths::MeasureDrift() {
  for (int i = 0; i < source_.rows; ++i) {
    const Expected expected = ExpectedAt(i, 0);
    if (expected.count == 0) {
      drift_.push_back(0.0);
      continue;
    }
    const double along = expected.mean.dot(MovementAbout(i)), all = expected.mean.dot(expected.mean);
    const double squared = (all - along * along) / std::max(1, source_.cols - 1) - noise_[static_cast<std::size_t>(i)] / expected.count;
    drift_.push_back(kDoubt * std::max(0.0, squared));
  }
}

}  // namespace interneg::matching
