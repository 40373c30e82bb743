#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "worker/engine/matching/thumbnail.h"
#include "worker/engine/matching/weave_opencv.h"

namespace interneg::matching {
namespace {

// By central differences; the rim has none.
void Derive(const cv::Mat1f& picture, cv::Mat1f right, cv::Mat1f down, cv::Mat1f turn) {
  const double cx = (picture.cols - 1) / 2.0, cy = (picture.rows - 1) / 2.0;
  for (int y = 1; y + 1 < picture.rows; ++y) {
    for (int x = 1; x + 1 < picture.cols; ++x) {
      right(y, x) = .5F * (picture(y, x - 1) - picture(y, x + 1));
      down(y, x) = .5F * (picture(y - 1, x) - picture(y + 1, x));
      turn(y, x) = static_cast<float>(((x - cx) * down(y, x) - (y - cy) * right(y, x)) / cx);
    }
  }
}

int GroupOf(int frame, const cv::Mat1f& weave) { return std::min(frame / kWeaveFrames, weave.rows / kJumps - 1); }

double Dot(const float* a, std::span<const float> b) {
  float sum = 0.0F;
  for (std::size_t k = 0; k < b.size(); ++k) sum += a[k] * b[k];
  return sum;
}

}  // namespace

cv::Mat1f WeaveRows(const cv::Mat1f& frames) {
  const int groups = std::max(1, frames.rows / kWeaveFrames);
  cv::Mat1f out(kJumps * groups, frames.cols, 0.0F);
  for (int g = 0; g < groups; ++g) {
    const int first = g * kWeaveFrames, end = g + 1 == groups ? frames.rows : first + kWeaveFrames;
    cv::Mat1f mean;
    cv::reduce(frames.rowRange(first, end), mean, 0, cv::REDUCE_AVG);
    const auto picture = [](const cv::Mat1f& row) { return cv::Mat1f(row.reshape(1, Thumbnail::kHeight)); };
    const int at = kJumps * g;
    Derive(picture(mean), picture(out.row(at)), picture(out.row(at + 1)), picture(out.row(at + 2)));
  }
  return out;
}

cv::Vec3d JumpOf(const cv::Mat1f& weave, int frame, std::span<const float> difference) {
  const int at = kJumps * GroupOf(frame, weave);
  cv::Matx33d normal;
  cv::Vec3d right, out;
  for (int a = 0; a < kJumps; ++a) {
    right(a) = Dot(weave[at + a], difference);
    for (int b = 0; b < kJumps; ++b) normal(a, b) = Dot(weave[at + a], {weave[at + b], difference.size()});
    normal(a, a) = 1.001 * normal(a, a) + 1e-9;
  }
  cv::solve(normal, right, out, cv::DECOMP_CHOLESKY);
  return out;
}

cv::Mat1f RowOfJump(const cv::Mat1f& weave, int frame, const cv::Vec3d& jump) {
  const int at = kJumps * GroupOf(frame, weave);
  return jump(0) * weave.row(at) + jump(1) * weave.row(at + 1) + jump(2) * weave.row(at + 2);
}

cv::Mat1f LeverageOfJumps(const cv::Mat1f& weave, int frame) {
  const int at = kJumps * GroupOf(frame, weave);
  const cv::Mat1f w = weave.rowRange(at, at + kJumps);
  cv::Mat1f normal = w * w.t(), solved, out;
  for (int k = 0; k < kJumps; ++k) normal(k, k) = 1.001F * normal(k, k) + 1e-9F;
  cv::solve(normal, w, solved, cv::DECOMP_CHOLESKY);
  cv::reduce(w.mul(solved), out, 0, cv::REDUCE_SUM);
  return out;
}

WeaveMetric::WeaveMetric(cv::Mat1f deviations, int lead) : deviations_(std::move(deviations)), lead_(lead) { Settle(); }

void WeaveMetric::ScaleColumn(int column, double scale) {
  if (!deviations_.empty()) deviations_.col(column) *= scale;
}

// With D Dᵀ = V Λ Vᵀ, v are the rows of (1 + Λ)^−½ Vᵀ D.
void WeaveMetric::Settle() {
  along_ = deviations_.clone();
  for (int at = 0; at < deviations_.rows; at += kJumps) {
    const cv::Mat1d d(deviations_.rowRange(at, at + kJumps));
    cv::Mat1d values, vectors;
    cv::eigen(cv::Mat1d(d * d.t()), values, vectors);
    cv::Mat1d v = vectors * d;
    for (int k = 0; k < kJumps; ++k) v.row(k) /= std::sqrt(1.0 + std::max(0.0, values(k)));
    cv::Mat1f(v).copyTo(along_.rowRange(at, at + kJumps));
  }
}

int WeaveMetric::FirstRow(int frame) const { return kJumps * GroupOf(frame + lead_, along_); }

double WeaveMetric::Explained(int frame, std::span<const float> x) const {
  if (along_.empty()) return 0.0;
  double sum = 0.0;
  for (int k = 0, at = FirstRow(frame); k < kJumps; ++k) sum += std::pow(Dot(along_[at + k], x), 2);
  return sum;
}

void WeaveMetric::Remove(int frame, std::span<float> x) const {
  if (along_.empty()) return;
  const int at = FirstRow(frame);
  double jump[kJumps];
  for (int k = 0; k < kJumps; ++k) jump[k] = Dot(along_[at + k], x);
  for (int k = 0; k < kJumps; ++k) {
    for (std::size_t c = 0; c < x.size(); ++c) x[c] -= static_cast<float>(jump[k]) * along_(at + k, static_cast<int>(c));
  }
}

double WeaveMetric::Squared(int frame, const cv::Mat1f& a, const cv::Mat1f& b) const {
  const cv::Mat1f x = a - b;
  return x.dot(x) - Explained(frame, {x[0], static_cast<std::size_t>(x.cols)});
}

}  // namespace interneg::matching
