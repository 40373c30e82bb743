// The ground truth of each kind of recovery, built from a pair.
#ifndef INTERNEG_WORKER_ENGINE_DATASET_TARGET_H_
#define INTERNEG_WORKER_ENGINE_DATASET_TARGET_H_

#include <string_view>

#include "worker/engine/dataset/pair.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::dataset {

// kChroma:   truth = source Y + reference Cb, Cr   (Y is held)
// kSpatial:  truth = reference Y + source Cb, Cr   (Cb, Cr are held)
// kCombined: truth = reference Y, Cb, Cr           (nothing is held)
// kDirect:   truth = reference R'G'B'              (nothing is held; stored as its Y, Cb, Cr)
enum class Recovery { kChroma, kSpatial, kCombined, kDirect };

// "chroma", "spatial", "combined", "direct". ParseRecovery throws std::invalid_argument that lists the four.
std::string_view NameOf(Recovery recovery);
Recovery ParseRecovery(std::string_view name);

// Input and ground truth as planes Y,Cb,Cr of one size. Both branches are clamped to [0, 1] in R'G'B' before the
// split; the composed truth is not clamped again, since that would change the held plane.
struct Target {
  image::Image input;
  image::Image truth;
};

// For spatial and combined jobs: whether the reference's low-frequency luma is first matched to the source, so that
// only detail differs.
enum class LumaMatch { kOff, kLowFrequency };

// "off", "low-frequency".
std::string_view NameOf(LumaMatch match);

// Whether such a recovery's target depends on LumaMatch.
bool MatchesLuma(Recovery recovery);

// Throws std::invalid_argument when source and reference differ in size or have not three planes.
Target BuildTarget(const Pair& pair, Recovery recovery, image::YCbCrMatrix matrix, LumaMatch match = LumaMatch::kOff);

// Largest |truth − input| over the planes that `recovery` holds; 0 for a target made by BuildTarget, and 0 where
// nothing is held. The check that "only chroma (luma) differs".
double HeldPlaneDifference(const Target& target, Recovery recovery);

}  // namespace interneg::dataset

#endif  // INTERNEG_WORKER_ENGINE_DATASET_TARGET_H_
