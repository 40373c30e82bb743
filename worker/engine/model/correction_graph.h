// The network of a description as a graph: what it adds to the base planes.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_CORRECTION_GRAPH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_CORRECTION_GRAPH_H_

#include "worker/engine/model/network_description.h"
#include "worker/engine/model/network_graph.h"

namespace interneg::model {

// What the network reads of a picture, float32: chroma networks Y, Cb, Cr, the first guess's Cb', Cr', and these
// averaged over 5 × 5 pixels (grain hides in single pixels what their neighbourhood still knows); others Y, Cb, Cr.
// BasePlanes names the planes among them that the correction is added to.
struct PlaneRange {
  int first = 0;
  int count = 0;
};
int InputPlanes(const NetworkDescription& description);
PlaneRange BasePlanes(const NetworkDescription& description);
// Where the planes that are recovered lie among Y, Cb, Cr.
PlaneRange FreeAmongYCbCr(const NetworkDescription& description);

inline constexpr int kAround_px = 2;           // the first guess is averaged over this many pixels each way
inline constexpr int kSliceInputs = 7;         // Y, Cb, Cr, Cb', Cr' (the first guess), and Cb', Cr' averaged
inline constexpr int kSliceTerms = 8;          // the inputs and 1
inline constexpr int kSliceCoefficients = 16;  // two rows of an affine map: ΔCb, ΔCr
inline constexpr int kGuideHidden = 16;

// kFused: a grid is sliced by one node, for which the engine has a kernel. kPlain: by operations that every runtime
// has.
enum class GraphForm { kFused, kPlain };

// Appends the network of `description` (one that learns) that reads `z`, a value of InputPlanes channels; returns the
// value of BasePlanes channels that it adds.
int AddCorrection(GraphBuilder& graph, const NetworkDescription& description, int z, GraphForm form);

// The network alone, fused: input InputPlanes, output the correction.
NetworkGraph CorrectionGraph(const NetworkDescription& description);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_CORRECTION_GRAPH_H_
