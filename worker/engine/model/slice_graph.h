// The slice of a bilateral grid as nodes of a graph; BilateralSlice (bilateral_slice_torch.h) says what it computes.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_SLICE_GRAPH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_SLICE_GRAPH_H_

#include "worker/engine/model/correction_graph.h"

namespace interneg::model {

// Appends the slice of `grid` (bins · kSliceCoefficients channels, bins slowest) at the planes `z`, with the parameters
// of its guide ("guide.w1" …). Returns ΔCb, ΔCr.
int AddSlice(GraphBuilder& graph, int grid, int z, const NetworkDescription& description, GraphForm form);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_SLICE_GRAPH_H_
