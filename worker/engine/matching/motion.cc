#include <algorithm>
#include <utility>

#include "worker/engine/matching/shot_alignment_opencv.h"

namespace interneg::matching {

double MotionCorrelation(const ShotRows& rows, std::span<const std::pair<int, int>> pairs) {
  const auto count = static_cast<double>(pairs.size());
  if (pairs.size() < 3) return 0.0;
  cv::Mat1f mean_a(1, rows.source.cols, 0.0F), mean_b = mean_a.clone();
  for (const auto& [i, j] : pairs) mean_a += rows.source.row(i), mean_b += rows.reference.row(j);
  mean_a /= count;
  mean_b /= count;
  double aa = 0, bb = 0, ab = 0;
  std::vector<double> steps_a, steps_b;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const cv::Mat1f a = rows.source.row(pairs[k].first) - mean_a, b = rows.reference.row(pairs[k].second) - mean_b;
    aa += a.dot(a), bb += b.dot(b), ab += a.dot(b);
    if (k == 0) continue;
    const double da = cv::norm(rows.source.row(pairs[k].first), rows.source.row(pairs[k - 1].first), cv::NORM_L2SQR);
    const double db = cv::norm(rows.reference.row(pairs[k].second), rows.reference.row(pairs[k - 1].second), cv::NORM_L2SQR);
    if (da > 1e-3) steps_a.push_back(da);
    if (db > 1e-3) steps_b.push_back(db);
  }
  // Half of the step between still neighbours is noise; a third of the steps are taken to be nearly still.
  const auto noise = [&](std::vector<double>& steps) {
    if (steps.empty()) return 0.0;
    const auto third = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 3);
    std::nth_element(steps.begin(), third, steps.end());
    return .5 * *third * (count - 1);
  };
  const double na = noise(steps_a), nb = noise(steps_b), sa = aa - na, sb = bb - nb;
  if (sa < .3 * na || sb < .3 * nb || sa <= 0 || sb <= 0) return 0.0;
  return std::clamp(ab / std::sqrt(sa * sb), -1.0, 1.0);
}

}  // namespace interneg::matching
