// A 3D LUT fitted on pairs: a model of its own, and the baseline beside every other.
//
// As baseline it stands for what a restorer has without Interneg, a matched LUT as Nuke's MatchGrade makes it (size 64
// behind a log pre-LUT). It knows colours and nothing else: neither place, nor neighbours, nor time.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_LUT_FIT_H_
#define INTERNEG_WORKER_ENGINE_MODEL_LUT_FIT_H_

#include <optional>
#include <span>
#include <string_view>

#include "worker/engine/image/image.h"
#include "worker/engine/model/color_cube.h"

namespace interneg::model {

// R',G',B' in the training domain, registered and of one size. `truth` is what the source's colours should become (for
// a chroma job the source's Y with the reference's Cb, Cr). `confidence`, where there is one, has one plane of the same
// size in [0, 1] that weights each pixel. The images are borrowed for the call.
struct LutPair {
  const image::Image* source = nullptr;
  const image::Image* truth = nullptr;
  const image::Image* confidence = nullptr;
};

// kLog spaces the nodes by s(v) = ln(1 + v/a) / ln(1 + 1/a), a = ⅓: four times denser at black than at white, and mild
// enough for a cube of 64 to hold identity within 1e-4. For the display domain. kNone: equal spacing; for the log
// domain, which is one already.
enum class LutShaper { kLog, kNone };
std::string_view NameOf(LutShaper shaper);  // "log", "none"

struct LutOptions {
  int size = 64;  // 17–65 nodes along an edge
  LutShaper shaper = LutShaper::kLog;
  // Weight of the prior (cube_system.h) against the mean squared error; more is smoother. Chosen among powers of ten
  // by leaving pairs out when not given (with one pair: kUsualSmoothness).
  std::optional<double> smoothness;
};
inline constexpr double kUsualSmoothness = 1e-8;

struct LutFit {
  ColorCube cube;
  double smoothness = 0;               // used
  double rms_error = 0;                // over the pixels that were looked at, all three channels
  double covered_share = 0;            // of the nodes, those with pixels around them: the rest is the prior's
  std::optional<double> left_out_rms;  // predicted for pairs that were left out, at the size that chose the smoothness
};

// Minimises the confidence-weighted mean of |cube(source) − truth|² plus the prior, which pulls to the best affine map
// where no pixel speaks: over the nodes of sizes 9, 17, 33 and so on up to the one asked for, each from the last
// one's result. Sources are limited to [0, 1], truths are not; no node leaves the range of [0, 1] and the truths seen.
// At most four million pixels are looked at, on a regular lattice of each frame: a few seconds on one core whatever the
// material. Deterministic, one thread.
// Throws std::invalid_argument for: no pair, a size outside 17–65, pictures without three planes, of different sizes,
// with NaN or infinite pixels, a confidence outside [0, 1], no pixel with confidence, a smoothness that is not
// positive.
LutFit FitLut(std::span<const LutPair> pairs, const LutOptions& options);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_LUT_FIT_H_
