// One geometry for a shot: a global transform, the weave of each frame on top, and what a person set by hand.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_SHOT_ALIGNMENT_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_SHOT_ALIGNMENT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/alignment/solve.h"
#include "worker/engine/alignment/transform.h"
#include "worker/engine/alignment/transform_keys.h"
#include "worker/engine/image/image.h"

namespace interneg::alignment {

// The solve of one frame of the shot.
struct FrameSolution {
  std::int64_t frame = 0;
  Solution solution;
};

// What may differ from frame to frame on top of the global transform.
enum class WeaveKind { kNone, kTranslation, kTranslationAndRotation };

struct ShotOptions {
  TransformKind kind = TransformKind::kSimilarity;  // of the global transform
  WeaveKind weave = WeaveKind::kTranslation;
  image::Size source_size;
  double source_pixel_aspect = 1.0;
  double reference_pixel_aspect = 1.0;

  // A frame whose own solve lies further (RMS over the picture, source pixels) from global + weave than this does not
  // fit the shot, nor does a weave above the share of the picture's height; either is replaced.
  double greatest_misfit_px = 1.0;
  double greatest_weave = 0.02;
};

// Where a frame's transform comes from. kInterpolated: its own solve was not to be trusted; the weave is that of the
// neighbours, straight between them.
enum class TransformSource { kSolved, kInterpolated, kManual };
std::string_view NameOf(TransformSource source);

struct AlignedFrame {
  std::int64_t frame = 0;
  Transform transform;
  TransformSource source = TransformSource::kSolved;

  // The weave in source pixels and degrees, about the source's centre; zero for a manual frame.
  double weave_dx_px = 0.0;
  double weave_dy_px = 0.0;
  double weave_rotation_deg = 0.0;

  // RMS distance of the frame's own solve from the transform that is used; source pixels. 0 when it has none.
  double misfit_px = 0.0;
  double confidence = 0.0;  // of the solve; 0 when interpolated, 1 when manual
  std::string reason;       // why it was replaced
};

struct ShotAlignment {
  Transform global;
  std::vector<AlignedFrame> frames;  // ascending, one for each frame given
  double weave_rms_px = 0.0;         // of solved frames
  int solved = 0, interpolated = 0, manual = 0;
};

// The global transform: the places of a 5×5 grid over the central 80 % of the source, averaged over the solved frames
// with Huber weights (1.345 σ, σ from the median absolute deviation; Huber 1981) and their confidence, and the
// transform of the kind nearest to them by least squares. The weave of a frame is the motion nearest to global⁻¹ ∘ own
// solve. `keys` may be empty: then every frame is automatic. `which` chooses automatic or manual for each frame.
//
// Throws std::invalid_argument for no frame, a frame given twice, a frame switched to manual without a key, or when no
// frame is solved and not all are manual (naming the frames' most frequent reason).
ShotAlignment AlignShot(std::span<const FrameSolution> solutions, const ShotOptions& options, const TransformKeys& keys,
                        const PathSwitch& which);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_SHOT_ALIGNMENT_H_
