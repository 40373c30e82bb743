#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "worker/engine/matching/features_opencv.h"
#include "worker/engine/matching/registration_opencv.h"

namespace interneg::matching {
namespace {

using Normal = cv::Matx<double, 6, 6>;
using Step = cv::Matx<double, 6, 1>;

constexpr double kHalfWidth = Thumbnail::kWidth / 2.0, kHalfHeight = Thumbnail::kHeight / 2.0;

cv::Mat1f Smoothed(const cv::Mat1f& in, double sigma) {
  if (sigma <= 0.0) return in;
  cv::Mat1f out;
  cv::GaussianBlur(in, out, cv::Size(), sigma, sigma, cv::BORDER_REFLECT);
  return out;
}

double MaskedDot(const cv::Mat1f& a, const cv::Mat1f& b, const cv::Mat1f& mask) { return a.mul(mask).dot(b); }

// Adds one pair's equations: residual against the warped picture's gradient times (x, y, 1).
void Accumulate(const cv::Mat1f& s, const cv::Mat1f& w, const cv::Mat1f& mask, Normal& normal, Step& right) {
  const double energy = MaskedDot(w, w, mask);
  if (energy < 1e-6) return;
  const double gain = MaskedDot(s, w, mask) / energy;
  for (int y = 1; y + 1 < w.rows; ++y) {
    for (int x = 1; x + 1 < w.cols; ++x) {
      if (mask(y, x) < .5F) continue;
      const double gx = gain * .5 * (w(y, x + 1) - w(y, x - 1)), gy = gain * .5 * (w(y + 1, x) - w(y - 1, x));
      const double e = s(y, x) - gain * w(y, x), u = (x + .5 - kHalfWidth) / kHalfWidth, v = (y + .5 - kHalfHeight) / kHalfWidth;
      // A pixel that has nothing to do with the other side must not pull: Huber's weight.
      const double weight = std::abs(e) < .8 ? 1.0 : .8 / std::abs(e);
      const double j[6] = {gx * u, gx * v, gx, gy * u, gy * v, gy};
      for (int a = 0; a < 6; ++a) {
        right(a) += weight * j[a] * e;
        for (int b = a; b < 6; ++b) normal(a, b) += weight * j[a] * j[b];
      }
    }
  }
}

// m after the source's cells have first been moved by the step (in half widths about the centre).
CellTransform Composed(const CellTransform& m, const Step& d) {
  const double cx = kHalfWidth - .5, cy = kHalfHeight - .5;
  const double p[6] = {1 + d(0) / kHalfWidth, d(1) / kHalfWidth, 0, d(3) / kHalfWidth, 1 + d(4) / kHalfWidth, 0};
  const double tx = cx + d(2) - p[0] * cx - p[1] * cy, ty = cy + d(5) - p[3] * cx - p[4] * cy;
  return {m[0] * p[0] + m[1] * p[3], m[0] * p[1] + m[1] * p[4], m[0] * tx + m[1] * ty + m[2],
          m[3] * p[0] + m[4] * p[3], m[3] * p[1] + m[4] * p[4], m[3] * tx + m[4] * ty + m[5]};
}

bool Plausible(const CellTransform& m) {
  const auto scale = [](double v) { return std::abs(v) > .6 && std::abs(v) < 1.67; };
  return scale(m[0]) && scale(m[4]) && std::abs(m[1]) < .15 && std::abs(m[3]) < .15;
}

bool Solve(Normal normal, const Step& right, Step& step) {
  for (int a = 0; a < 6; ++a) {
    for (int b = 0; b < a; ++b) normal(a, b) = normal(b, a);
    normal(a, a) = normal(a, a) * 1.01 + 1e-6;
  }
  return cv::solve(normal, right, step, cv::DECOMP_CHOLESKY);
}

CellTransform Refined(std::span<const CellPair> pairs, std::span<const cv::Mat1f> sources, CellTransform m, double sigma) {
  constexpr int kMostSteps = 8;
  for (int round = 0; round < kMostSteps; ++round) {
    const cv::Mat1f mask = Coverage(m);
    Normal normal = Normal::zeros();
    Step right = Step::zeros(), step;
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      const cv::Mat1f w = Smoothed(NormalisedContrast(Warped(pairs[k].reference, m)), sigma);
      Accumulate(sources[k], w, mask, normal, right);
    }
    if (!Solve(normal, right, step)) return m;
    const double most = cv::norm(step, cv::NORM_INF);
    if (most > 2.0) step *= 2.0 / most;
    const CellTransform next = Composed(m, step);
    if (!Plausible(next)) return m;
    m = next;
    if (most < .01) break;
  }
  return m;
}

}  // namespace

double Correlation(std::span<const CellPair> pairs, const CellTransform& transform) {
  const cv::Mat1f mask = Coverage(transform);
  double sum = 0.0;
  for (const auto& pair : pairs) {
    const cv::Mat1f s = NormalisedContrast(pair.source), w = NormalisedContrast(Warped(pair.reference, transform));
    const double length = std::sqrt(MaskedDot(s, s, mask) * MaskedDot(w, w, mask));
    if (length > 1e-6) sum += MaskedDot(s, w, mask) / length;
  }
  return pairs.empty() ? 0.0 : sum / static_cast<double>(pairs.size());
}

CellTransform Register(std::span<const CellPair> pairs, const CellTransform& start) {
  CellTransform best = start, m = start;
  double most = Correlation(pairs, start);
  for (const double sigma : {2.0, 1.0, 0.0}) {
    std::vector<cv::Mat1f> sources;
    for (const auto& pair : pairs) sources.push_back(Smoothed(NormalisedContrast(pair.source), sigma));
    m = Refined(pairs, sources, m, sigma);
    if (const double now = Correlation(pairs, m); now > most) most = now, best = m;
  }
  return best;
}

}  // namespace interneg::matching
