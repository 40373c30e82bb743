// Geometry between two pictures of one scene: where a pixel of the Source lies in the Reference.
//
// The module `alignment` owns the registration of a better element (the Reference: a telecine, a DVD, another print) to
// the film scan (the Source): the solve, its per-frame weave and keyed manual corrections, the one resampling, the
// residual that judges it, and the live area, overlays and crops. It works on pictures in memory (image::Image,
// R',G',B' or Y' in the training domain, [0, 1]) and knows nothing of files, colour management, jobs or networks.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_TRANSFORM_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_TRANSFORM_H_

#include <array>
#include <string_view>

#include "worker/engine/image/image.h"

namespace interneg::alignment {

// A place in a picture, in pixels: centres lie at integers, x to the right, y down.
struct Point {
  double x = 0.0;
  double y = 0.0;
  friend bool operator==(const Point&, const Point&) = default;
};

// What a solve may change: 2, 4, 6 and 8 degrees of freedom. A similarity is one in square pixels: between pictures of
// different pixel aspect it is not a similarity of the pixel coordinates.
enum class TransformKind { kTranslation, kSimilarity, kAffine, kHomography };

// "translation", "similarity", "affine", "homography"; Parse throws std::invalid_argument that lists the four.
std::string_view NameOf(TransformKind kind);
TransformKind ParseTransformKind(std::string_view name);

// A plane homography from SOURCE pixels to REFERENCE pixels. A regular value type; the identity by default.
class Transform {
 public:
  Transform() = default;

  // Row-major 3x3: (x', y', w) = M (x, y, 1), place (x'/w, y'/w). Stored with M[8] = 1. Throws std::invalid_argument
  // for a matrix that is singular, not finite, or sends the origin to infinity.
  explicit Transform(const std::array<double, 9>& row_major);

  // p → (x sx + dx, y sy + dy).
  static Transform ScaleAndShift(double sx, double sy, double dx_px, double dy_px);

  const std::array<double, 9>& matrix() const { return matrix_; }

  // A place on the horizon (w = 0) comes back infinite.
  Point Apply(Point p) const;

  // Throws std::invalid_argument when the inverse sends the origin to infinity.
  Transform Inverse() const;

  friend bool operator==(const Transform&, const Transform&) = default;

 private:
  std::array<double, 9> matrix_{1, 0, 0, 0, 1, 0, 0, 0, 1};
};

// p → then(first(p)).
Transform Compose(const Transform& first, const Transform& then);

// Covers frame by frame: the outer edges of one picture on the outer edges of the other,
// x' = (x + ½) w_to / w_from − ½. What two scans of one frame would ask for if their framing were the same.
Transform FrameToFrame(image::Size from, image::Size to);

// The same geometry between copies of the pictures at other sizes (proxies), each a whole-frame rescale of its picture.
Transform ForScaledPictures(const Transform& transform, image::Size source_from, image::Size source_to,
                            image::Size reference_from, image::Size reference_to);

// A similarity in the words of a person: p → s R(θ) (p − pivot) + pivot + (dx, dy), θ clockwise as seen (y is down).
struct SimilarityParameters {
  double dx_px = 0.0;
  double dy_px = 0.0;
  double scale = 1.0;
  double rotation_deg = 0.0;
  friend bool operator==(const SimilarityParameters&, const SimilarityParameters&) = default;
};

// Throws std::invalid_argument for a scale that is not above 0 or values that are not finite.
Transform FromSimilarity(const SimilarityParameters& parameters, Point pivot);

// The similarity nearest to the transform's linearisation at the pivot: scale² and angle from the mean of its two axes
// (a = ½(m₀₀ + m₁₁), b = ½(m₁₀ − m₀₁); s = √(a²+b²), θ = atan2(b, a)). Exact for a similarity.
SimilarityParameters ToSimilarity(const Transform& transform, Point pivot);

// The transform that takes four places to four others, exactly. Throws std::invalid_argument when three lie on a line.
Transform FromFourPoints(const std::array<Point, 4>& from, const std::array<Point, 4>& to);

// The centres of the corner pixels: upper left, upper right, lower right, lower left.
std::array<Point, 4> CornersOf(image::Size size);

// How far apart two transforms send the same pixel, in pixels of their target, over a 33×33 grid that spans the
// rectangle with its edges (the greatest is at a corner for affine differences).
struct Displacement {
  double rms_px = 0.0;
  double greatest_px = 0.0;
};
Displacement DifferenceOver(const Transform& a, const Transform& b, const image::Rectangle& area);

// One pixel step right and one down at a place: {∂x'/∂x, ∂x'/∂y, ∂y'/∂x, ∂y'/∂y}.
std::array<double, 4> JacobianAt(const Transform& transform, Point p);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_TRANSFORM_H_
