// The guide of a bilateral slice on the CPU: what says, for each pixel, how high in a cell's bins it lies. In blocks of
// neighbouring pixels, so that the compiler makes vectors of them. Called by slice_kernel.cc.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_SLICE_GUIDE_H_
#define INTERNEG_WORKER_ENGINE_MODEL_SLICE_GUIDE_H_

#include "worker/engine/model/correction_graph.h"

namespace interneg::model {

inline constexpr int kBlock_px = 16;

// Its weights, or the gradients of these.
struct GuideValues {
  float w1[kGuideHidden][kSliceInputs];
  float b1[kGuideHidden];
  float w2[kGuideHidden];
  float b2;
};
void Add(const GuideValues& from, GuideValues& to);

// Gradients of the guide, one sum a lane of a block, so that adding a block needs no sum across lanes.
struct GuideSums {
  float w1[kGuideHidden][kSliceInputs][kBlock_px] = {};
  float b1[kGuideHidden][kBlock_px] = {};
  float w2[kGuideHidden][kBlock_px] = {};
  float b2[kBlock_px] = {};
};
GuideValues Reduced(const GuideSums& sums);

// A block of neighbouring pixels of one row.
struct PixelBlock {
  float z[kSliceInputs][kBlock_px];
  float hidden[kGuideHidden][kBlock_px];
  float guide[kBlock_px];
};

// Fills `hidden` and `guide` from `z`; the guide before its tanh: b2 + 2 · Y − 1 + Σ w2 · relu(b1 + w1 · z).
void EvaluateGuide(const GuideValues& guide, PixelBlock& block);

// Adds a block's gradients; slope: of the guide before its tanh, a value a pixel.
void AddGuideSlope(const GuideValues& guide, const PixelBlock& block, const float* slope, GuideSums& sums);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_SLICE_GUIDE_H_
