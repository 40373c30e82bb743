#include "worker/engine/alignment/transform.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>

namespace interneg::alignment {
namespace {

using Matrix = std::array<double, 9>;

constexpr TransformKind kKinds[] = {TransformKind::kTranslation, TransformKind::kSimilarity, TransformKind::kAffine,
                                    TransformKind::kHomography};

Matrix Product(const Matrix& a, const Matrix& b) {
  Matrix out{};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 3; ++k) out[3 * i + j] += a[3 * i + k] * b[3 * k + j];
    }
  }
  return out;
}

double Determinant(const Matrix& m) {
  return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
}

Matrix Adjugate(const Matrix& m) {
  return {m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
          m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
          m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
}

// Takes the unit square's corners (0,0), (1,0), (1,1), (0,1) to four places; Heckbert 1989, "Fundamentals of Texture
// Mapping and Image Warping", §2.2.3.
Matrix FromUnitSquare(const std::array<Point, 4>& q) {
  const double sx = q[0].x - q[1].x + q[2].x - q[3].x, sy = q[0].y - q[1].y + q[2].y - q[3].y;
  const double dx1 = q[1].x - q[2].x, dx2 = q[3].x - q[2].x, dy1 = q[1].y - q[2].y, dy2 = q[3].y - q[2].y;
  const double det = dx1 * dy2 - dx2 * dy1;
  const double reach = std::max({std::abs(dx1), std::abs(dx2), std::abs(dy1), std::abs(dy2)});
  if (!(std::abs(det) > 1e-9 * reach * reach)) {
    throw std::invalid_argument("four points: three of them lie on a line; move one so that they span an area");
  }
  const double g = (sx * dy2 - dx2 * sy) / det, h = (dx1 * sy - sx * dy1) / det;
  return {q[1].x - q[0].x + g * q[1].x,
          q[3].x - q[0].x + h * q[3].x,
          q[0].x,
          q[1].y - q[0].y + g * q[1].y,
          q[3].y - q[0].y + h * q[3].y,
          q[0].y,
          g,
          h,
          1};
}

}  // namespace

std::string_view NameOf(TransformKind kind) {
  switch (kind) {
    case TransformKind::kTranslation:
      return "translation";
    case TransformKind::kSimilarity:
      return "similarity";
    case TransformKind::kAffine:
      return "affine";
    case TransformKind::kHomography:
      return "homography";
  }
  throw std::invalid_argument("NameOf: not a kind of transform");
}

TransformKind ParseTransformKind(std::string_view name) {
  for (const auto kind : kKinds) {
    if (name == NameOf(kind)) return kind;
  }
  throw std::invalid_argument("unknown kind of transform '" + std::string(name) +
                              "': use translation, similarity, affine or homography");
}

Transform::Transform(const std::array<double, 9>& row_major) {
  double greatest = 0.0;
  for (const double v : row_major) {
    if (!std::isfinite(v)) throw std::invalid_argument("transform: the matrix has a value that is not finite");
    greatest = std::max(greatest, std::abs(v));
  }
  if (!(std::abs(row_major[8]) > 1e-12 * greatest)) {
    throw std::invalid_argument("transform: the matrix sends the origin to infinity (its last element is 0)");
  }
  for (int i = 0; i < 9; ++i) matrix_[i] = row_major[i] / row_major[8];
  if (!(std::abs(Determinant(matrix_)) > 1e-14)) {
    throw std::invalid_argument("transform: the matrix is singular; it would press the picture to a line");
  }
}

Transform Transform::ScaleAndShift(double sx, double sy, double dx_px, double dy_px) {
  return Transform({sx, 0, dx_px, 0, sy, dy_px, 0, 0, 1});
}

Point Transform::Apply(Point p) const {
  const auto& m = matrix_;
  const double w = m[6] * p.x + m[7] * p.y + m[8];
  if (w == 0.0) return {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  return {(m[0] * p.x + m[1] * p.y + m[2]) / w, (m[3] * p.x + m[4] * p.y + m[5]) / w};
}

Transform Transform::Inverse() const {
  return Transform(Adjugate(matrix_));
}

Transform Compose(const Transform& first, const Transform& then) {
  return Transform(Product(then.matrix(), first.matrix()));
}

Transform FrameToFrame(image::Size from, image::Size to) {
  const double sx = static_cast<double>(to.width_px) / from.width_px;
  const double sy = static_cast<double>(to.height_px) / from.height_px;
  return Transform::ScaleAndShift(sx, sy, .5 * sx - .5, .5 * sy - .5);
}

Transform ForScaledPictures(const Transform& transform, image::Size source_from, image::Size source_to,
                            image::Size reference_from, image::Size reference_to) {
  return Compose(Compose(FrameToFrame(source_to, source_from), transform), FrameToFrame(reference_from, reference_to));
}

Transform FromSimilarity(const SimilarityParameters& p, Point pivot) {
  if (!(p.scale > 0.0) || !std::isfinite(p.scale) || !std::isfinite(p.dx_px) || !std::isfinite(p.dy_px) ||
      !std::isfinite(p.rotation_deg)) {
    throw std::invalid_argument("similarity: the scale is above 0 and every parameter finite");
  }
  const double angle = p.rotation_deg * std::numbers::pi / 180.0;
  const double a = p.scale * std::cos(angle), b = p.scale * std::sin(angle);
  return Transform({a, -b, pivot.x + p.dx_px - a * pivot.x + b * pivot.y,  //
                    b, a, pivot.y + p.dy_px - b * pivot.x - a * pivot.y, 0, 0, 1});
}

SimilarityParameters ToSimilarity(const Transform& transform, Point pivot) {
  const auto j = JacobianAt(transform, pivot);
  const Point moved = transform.Apply(pivot);
  const double a = .5 * (j[0] + j[3]), b = .5 * (j[2] - j[1]);
  return {moved.x - pivot.x, moved.y - pivot.y, std::hypot(a, b), std::atan2(b, a) * 180.0 / std::numbers::pi};
}

Transform FromFourPoints(const std::array<Point, 4>& from, const std::array<Point, 4>& to) {
  return Transform(Product(FromUnitSquare(to), Adjugate(FromUnitSquare(from))));
}

std::array<Point, 4> CornersOf(image::Size size) {
  const double right = size.width_px - 1.0, bottom = size.height_px - 1.0;
  return {Point{0, 0}, Point{right, 0}, Point{right, bottom}, Point{0, bottom}};
}

Displacement DifferenceOver(const Transform& a, const Transform& b, const image::Rectangle& area) {
  constexpr int kSteps = 32;
  double sum = 0.0, greatest = 0.0;
  for (int j = 0; j <= kSteps; ++j) {
    for (int i = 0; i <= kSteps; ++i) {
      const Point p{area.x_px + (area.size.width_px - 1.0) * i / kSteps,
                    area.y_px + (area.size.height_px - 1.0) * j / kSteps};
      const Point pa = a.Apply(p), pb = b.Apply(p);
      const double squared = (pa.x - pb.x) * (pa.x - pb.x) + (pa.y - pb.y) * (pa.y - pb.y);
      sum += squared;
      greatest = std::max(greatest, squared);
    }
  }
  return {std::sqrt(sum / ((kSteps + 1) * (kSteps + 1))), std::sqrt(greatest)};
}

std::array<double, 4> JacobianAt(const Transform& transform, Point p) {
  const auto& m = transform.matrix();
  const double w = m[6] * p.x + m[7] * p.y + m[8];
  const Point q = transform.Apply(p);
  return {(m[0] - m[6] * q.x) / w, (m[1] - m[7] * q.x) / w, (m[3] - m[6] * q.y) / w, (m[4] - m[7] * q.y) / w};
}

}  // namespace interneg::alignment
