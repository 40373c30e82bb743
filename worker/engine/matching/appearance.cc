#include "worker/engine/matching/appearance_opencv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "worker/engine/matching/products_opencv.h"
#include "worker/engine/matching/shot_alignment_opencv.h"
#include "worker/engine/matching/weave_opencv.h"

namespace interneg::matching {
namespace {

constexpr std::size_t kMostPairs = 200;
constexpr int kMostSamples = 64;     // frames of a side, and steps, that directions are made from
constexpr int kMostDirections = 48;  // of either kind
constexpr double kLeastShare = 1e-3;
constexpr int kMostWeaveDirections = 12;
constexpr double kLeastOfWeave = .02;
constexpr int kReach = 12;           // pairs to either side, about whose mean a pair's fast changes are

cv::Mat1f Less(const cv::Mat1f& rows, const cv::Mat1f& mean) {
  cv::Mat1f out = rows.clone();
  for (int i = 0; i < out.rows; ++i) out.row(i) -= mean;
  return out;
}

// What is left of a sequence of numbers less the mean of those about each.
std::vector<double> Fast(const cv::Mat1f& values) {
  const int n = static_cast<int>(values.total());
  std::vector<double> sums{0.0}, out;
  for (int i = 0; i < n; ++i) sums.push_back(sums.back() + values(i));
  for (int i = 0; i < n; ++i) {
    const int begin = std::max(0, i - kReach), end = std::min(n, i + kReach + 1);
    out.push_back(values(i) - (sums[static_cast<std::size_t>(end)] - sums[static_cast<std::size_t>(begin)]) / (end - begin));
  }
  return out;
}

struct Relation {
  double gain = 0.0, noise = 0.0;
  bool shared = false;  // the sides change together along this direction
};

// `jumps`: what is not noise in a.
Relation Relate(const std::vector<double>& a, const std::vector<double>& b, const cv::Mat1f& jumps) {
  const auto n = static_cast<double>(a.size());
  const double aa = std::inner_product(a.begin(), a.end(), a.begin(), 0.0), bb = std::inner_product(b.begin(), b.end(), b.begin(), 0.0),
               ab = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  Relation out;
  if (bb <= 0 || aa <= 0) return out;
  out.gain = std::clamp(ab / bb, 0.0, 2.0);
  const double correlation = ab / std::sqrt(aa * bb);
  out.shared = correlation > 2.5 / std::sqrt(n) && correlation > .15;
  std::vector<double> squares;
  for (std::size_t i = 0; i < a.size(); ++i) squares.push_back(std::pow(a[i] - out.gain * b[i] - jumps(static_cast<int>(i)), 2));
  out.noise = TrimmedVariance(std::move(squares)) + 1e-4 * aa / n;
  return out;
}

// At most kMostSamples rows, spread evenly: the time that principal directions take grows with their cube.
cv::Mat1f Thinned(const cv::Mat1f& rows) {
  const int count = std::min(rows.rows, kMostSamples);
  cv::Mat1f out(count, rows.cols);
  for (int k = 0; k < count; ++k) rows.row((2 * k + 1) * rows.rows / (2 * count)).copyTo(out.row(k));
  return out;
}

std::vector<double> Listed(const cv::Mat1f& values) { return {values.begin(), values.end()}; }

cv::Mat1f Beside(const cv::Mat1f& rows, const cv::Mat1f& known) {
  if (rows.rows == 0 || known.rows == 0) return rows;
  return rows - RowProducts(RowProducts(rows, known), known.t());
}

// From pairs to the next frame's, thinned, less what lies along `known` directions.
cv::Mat1f StepsBeside(const cv::Mat1f& frames, std::span<const std::pair<int, int>> pairs, const cv::Mat1f& known) {
  cv::Mat1f steps(0, frames.cols);
  for (int k = 1; k < frames.rows; ++k) {
    if (pairs[static_cast<std::size_t>(k)].first == pairs[static_cast<std::size_t>(k - 1)].first + 1) steps.push_back(cv::Mat1f(frames.row(k) - frames.row(k - 1)));
  }
  steps = Thinned(steps);
  return Beside(steps, known);
}

}  // namespace

double TrimmedVariance(std::vector<double> squares) {
  std::sort(squares.begin(), squares.end());
  const std::size_t kept = std::max<std::size_t>(1, squares.size() * 9 / 10);
  double sum = 0.0;
  for (std::size_t k = 0; k < kept; ++k) sum += squares[k];
  constexpr double kTrimmed = 1.55;  // variance of a Gaussian over that of its middle nine tenths of squares
  return kTrimmed * sum / static_cast<double>(kept);
}

Appearance::Appearance(const cv::Mat1f& source, const cv::Mat1f& reference, std::span<const std::pair<int, int>> pairs, const cv::Mat1f& weave) {
  pairs = pairs.first(std::min(pairs.size(), kMostPairs));
  const int n = static_cast<int>(pairs.size());
  cv::Mat1f a(n, source.cols), b(n, source.cols);
  for (int k = 0; k < n; ++k) {
    source.row(pairs[static_cast<std::size_t>(k)].first).copyTo(a.row(k));
    reference.row(pairs[static_cast<std::size_t>(k)].second).copyTo(b.row(k));
  }
  cv::reduce(a, mean_source_, 0, cv::REDUCE_AVG);
  cv::reduce(b, mean_reference_, 0, cv::REDUCE_AVG);
  lasting_ = mean_source_ - mean_reference_;
  a = Less(a, mean_source_);
  b = Less(b, mean_reference_);
  cv::Mat1f both;
  cv::Mat1f all = weave.empty() ? cv::Mat1f(0, source.cols) : PrincipalDirections(weave, kMostWeaveDirections, kLeastOfWeave);
  cv::vconcat(Beside(Thinned(a), all), Beside(Thinned(b), all), both);
  all.push_back(PrincipalDirections(both, std::min(kMostDirections, n - 1), kLeastShare));
  cv::vconcat(StepsBeside(a, pairs, all), StepsBeside(b, pairs, all), both);
  if (both.rows > 1) all.push_back(PrincipalDirections(both, std::min(kMostDirections, both.rows - 1), kLeastShare));
  basis_.create(0, source.cols);
  if (all.rows == 0) return;
  const cv::Mat1f alpha = RowProducts(all, a), beta = RowProducts(all, b);
  Relate(alpha, beta, all, weave.empty() ? Jumps{} : MeasureJumps(alpha, beta, RowProducts(weave, all), pairs));
}

// The jumps that the pairs' fast changes show.
Appearance::Jumps Appearance::MeasureJumps(const cv::Mat1f& alpha, const cv::Mat1f& beta, const cv::Mat1f& weave, std::span<const std::pair<int, int>> pairs) {
  Jumps out{cv::Mat1f(alpha.size()), cv::Mat1f(1, alpha.rows, 0.0F)};
  cv::Mat1f fast(alpha.cols, alpha.rows);
  for (int d = 0; d < alpha.rows; ++d) {
    const auto of = Fast(alpha.row(d) - beta.row(d));
    for (int k = 0; k < fast.rows; ++k) fast(k, d) = static_cast<float>(of[static_cast<std::size_t>(k)]);
  }
  std::array<std::vector<double>, kJumps> squares;
  for (int k = 0; k < fast.rows; ++k) {
    const cv::Vec3d jump = JumpOf(weave, pairs[static_cast<std::size_t>(k)].first, {fast[k], static_cast<std::size_t>(fast.cols)});
    const cv::Mat1f made = RowOfJump(weave, pairs[static_cast<std::size_t>(k)].first, jump);
    cv::Mat1f(made.t()).copyTo(out.made.col(k));
    out.leverage += LeverageOfJumps(weave, pairs[static_cast<std::size_t>(k)].first) / fast.rows;
    for (int v = 0; v < kJumps; ++v) squares[static_cast<std::size_t>(v)].push_back(jump(v) * jump(v));
  }
  for (int v = 0; v < kJumps; ++v) jump_(v) = std::sqrt(TrimmedVariance(std::move(squares[static_cast<std::size_t>(v)])));
  return out;
}

void Appearance::Relate(const cv::Mat1f& alpha, const cv::Mat1f& beta, const cv::Mat1f& directions, const Jumps& jumps) {
  constexpr double kLittle = .5;
  std::vector<double> noises, undisturbed;
  std::vector<int> taken;
  for (int k = 0; k < directions.rows; ++k) {
    const cv::Mat1f made = jumps.made.empty() ? cv::Mat1f(1, alpha.cols, 0.0F) : cv::Mat1f(jumps.made.row(k));
    Relation relation = matching::Relate(Fast(alpha.row(k)), Fast(beta.row(k)), made);
    if (!relation.shared) relation = matching::Relate(Listed(alpha.row(k)), Listed(beta.row(k)), made);
    if (jumps.leverage.empty() || jumps.leverage(k) < kLittle) undisturbed.push_back(relation.noise);
    if (!relation.shared) continue;
    basis_.push_back(directions.row(k));
    gain_.push_back(static_cast<float>(relation.gain));
    noises.push_back(relation.noise);
    taken.push_back(k);
  }
  const double usual = Median(undisturbed);
  for (std::size_t k = 0; k < noises.size(); ++k) {
    const double lost = jumps.leverage.empty() ? 0.0 : jumps.leverage(taken[k]) * usual;
    scale_.push_back(static_cast<float>(1.0 / std::sqrt(std::max(noises[k] + lost, 1e-9))));
  }
}

cv::Mat1f Appearance::WeaveDeviations(const cv::Mat1f& weave) const {
  if (basis_.rows == 0 || weave.empty()) return {};
  cv::Mat1f out = RowProducts(weave, basis_);
  for (int k = 0; k < out.cols; ++k) out.col(k) *= scale_[static_cast<std::size_t>(k)];
  for (int i = 0; i < out.rows; ++i) out.row(i) *= jump_(i % kJumps);
  return out;
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

}  // namespace interneg::matching
