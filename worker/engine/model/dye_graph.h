// A map of dyes as nodes of a graph.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_DYE_GRAPH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_DYE_GRAPH_H_

#include "worker/engine/model/dye_map.h"
#include "worker/engine/model/network_graph.h"

namespace interneg::model {

// `source`: Y, Cb, Cr, any values; `gain`: three planes g of the frame's places. Returns the node of Cb, Cr.
int AddDyes(GraphBuilder& graph, int source, int gain, const DyeMap& map);
// The three planes of g, for a graph whose input is a whole frame.
int AddGain(GraphBuilder& graph, int source, const DyeMap& map);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_DYE_GRAPH_H_
