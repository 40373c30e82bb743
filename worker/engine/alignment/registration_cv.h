// One resolution of a registration: the search that starts it and the Gauss–Newton that ends it; for this module's
// sources only.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_REGISTRATION_CV_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_REGISTRATION_CV_H_

#include <array>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/alignment/structure_cv.h"
#include "worker/engine/alignment/transform.h"

namespace interneg::alignment {

using Hessian = cv::Matx<double, 8, 8>;
using Gradient = cv::Matx<double, 8, 1>;

// The eight generators of a homography at the identity, in coordinates u, v of about [−1, 1]: displacements (1,0),
// (0,1), (u,0), (v,0), (0,u), (0,v), −(u², uv), −(uv, v²).
struct Frame {
  double centre_x = 0.0, centre_y = 0.0;  // level pixels at u = v = 0
  double reach_px = 1.0;                  // level pixels of u = 1
  double aspect = 1.0;                    // the height of a level pixel over its width, in square pixels
};

struct Equations {
  Hessian h = Hessian::zeros();
  Gradient b = Gradient::zeros();
  double weight = 0.0;
  double squared = 0.0;  // weighted squared residual
};

constexpr int kPartColumns = 6, kPartRows = 4;
using Parts = std::array<Equations, kPartColumns * kPartRows>;

// What Gauss–Newton needs at one place: the planes of both, on the fixed element's grid, and a weight a pixel.
Parts Accumulate(const Planes& fixed, const Planes& moving, const cv::Mat1f& weight, const Frame& frame,
                 double residual_scale);

// The step of the kind's own parameters, spread over the eight generators. Zero when nothing can be told.
Gradient Step(const Hessian& h, const Gradient& b, TransformKind kind, const Frame& frame);

// x → x + displacement, as a transform of the level's pixels.
Transform FromStep(const Gradient& step, const Frame& frame);

// The mean squared displacement (level pixels²) of a step over a box of level pixels.
double MeanSquare(const Gradient& step, const Frame& frame, const std::array<double, 4>& box);

// A level's view of both elements. Transforms here are from the fixed element's own pixels to the moving one's.
struct LevelPair {
  const Element& fixed;
  const Element& moving;
  std::size_t level;
  Transform ToLevels(const Transform& transform) const;
  Transform FromLevels(const Transform& transform) const;
  Frame FrameOf() const;
};

enum class Feature { kTensor, kSigned };

struct Refinement {
  Transform transform;
  bool converged = false;         // the last step moved less than can be seen
  double last_step_px = 0.0;      // RMS, in this level's pixels
  double correlation = 0.0;       // weighted mean of ρ under the mask
  double jackknife_rms_px = 0.0;  // over the whole of the fixed element, in this level's pixels
  double anisotropy = 1.0;        // what an affine step from here would do to width over height
  double anisotropy_error = 0.0;  // one standard deviation of that
};

// At most `iterations` steps from `start`; for kSigned on the planes that `projection` makes.
Refinement Refine(const LevelPair& pair, const Transform& start, TransformKind kind, Feature feature,
                  const Projection& projection, int iterations);

// Under a transform: the moving element's luma, and what of the fixed element's planes comes nearest to it where the
// tensor fields agree.
Projection ProjectionAt(const LevelPair& pair, const Transform& transform);

// How much of the picture agrees on a transform, by comparing parts on their own.
struct Agreement {
  int parts = 0;             // with structure in both
  double share = 0.0;        // of them, whose best shift within ±4 px lies within 1.5 px of none
  double correlation = 0.0;  // median over them, at none
};
Agreement MeasureAgreement(const LevelPair& pair, const Transform& transform, const Projection& projection);

// Starts, best first, at most `starts`. Scales about `base` are searched over `least`..`most`.
std::vector<Transform> Search(const Element& fixed, const Element& moving, const Transform& base, double least,
                              double most, std::size_t starts);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_REGISTRATION_CV_H_
