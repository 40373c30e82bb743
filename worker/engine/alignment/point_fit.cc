#include "worker/engine/alignment/point_fit_cv.h"

#include <cmath>
#include <cstddef>

#include <opencv2/core.hpp>

namespace interneg::alignment {
namespace {

// Places brought to about [−1, 1], so that the normal equations are well conditioned.
struct Centring {
  Transform to_unit;
  explicit Centring(std::span<const Point> points, double aspect) {
    double x = 0.0, y = 0.0, spread = 0.0;
    for (const Point& p : points) {
      x += p.x * aspect / static_cast<double>(points.size());
      y += p.y / static_cast<double>(points.size());
    }
    for (const Point& p : points) spread += std::hypot(p.x * aspect - x, p.y - y) / static_cast<double>(points.size());
    to_unit = Transform({aspect / spread, 0, -x / spread, 0, 1 / spread, -y / spread, 0, 0, 1});
  }
};

int Unknowns(TransformKind kind) {
  switch (kind) {
    case TransformKind::kTranslation:
      return 2;
    case TransformKind::kSimilarity:
      return 4;
    case TransformKind::kAffine:
      return 6;
    case TransformKind::kHomography:
      return 8;
  }
  return 8;
}

// The two rows that one pair adds to A x = b.
void AddRows(TransformKind kind, Point p, Point q, cv::Mat1d& a, cv::Mat1d& b, int row) {
  if (kind == TransformKind::kSimilarity) {
    const double rows[2][4] = {{p.x, -p.y, 1, 0}, {p.y, p.x, 0, 1}};
    for (int i = 0; i < 8; ++i) a(row + i / 4, i % 4) = rows[i / 4][i % 4];
  } else {
    const double rows[2][8] = {{p.x, p.y, 1, 0, 0, 0, -q.x * p.x, -q.x * p.y},
                               {0, 0, 0, p.x, p.y, 1, -q.y * p.x, -q.y * p.y}};
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < a.cols; ++j) a(row + i, j) = rows[i][j];
    }
  }
  b(row) = q.x;
  b(row + 1) = q.y;
}

Transform FromUnknowns(TransformKind kind, const cv::Mat1d& x) {
  if (kind == TransformKind::kSimilarity) return Transform({x(0), -x(1), x(2), x(1), x(0), x(3), 0, 0, 1});
  const bool projective = kind == TransformKind::kHomography;
  return Transform({x(0), x(1), x(2), x(3), x(4), x(5), projective ? x(6) : 0, projective ? x(7) : 0, 1});
}

}  // namespace

Transform FitPoints(std::span<const Point> from, std::span<const Point> to, TransformKind kind, const Aspects& aspects,
                    const Transform& scale_of) {
  if (kind == TransformKind::kTranslation) {
    Point mean;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const Point q = scale_of.Apply(from[i]);
      mean.x += (to[i].x - q.x) / static_cast<double>(from.size());
      mean.y += (to[i].y - q.y) / static_cast<double>(from.size());
    }
    return Compose(scale_of, Transform::ScaleAndShift(1, 1, mean.x, mean.y));
  }
  const Centring a_side(from, aspects.from), b_side(to, aspects.to);
  cv::Mat1d a = cv::Mat1d::zeros(static_cast<int>(2 * from.size()), Unknowns(kind)), b(a.rows, 1), x;
  for (std::size_t i = 0; i < from.size(); ++i) {
    AddRows(kind, a_side.to_unit.Apply(from[i]), b_side.to_unit.Apply(to[i]), a, b, static_cast<int>(2 * i));
  }
  cv::solve(a, b, x, cv::DECOMP_SVD);
  return Compose(Compose(a_side.to_unit, FromUnknowns(kind, x)), b_side.to_unit.Inverse());
}

}  // namespace interneg::alignment
