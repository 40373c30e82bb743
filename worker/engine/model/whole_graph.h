// A whole model as one graph, from R'G'B' to R'G'B': what other programs are given.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_WHOLE_GRAPH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_WHOLE_GRAPH_H_

#include "worker/engine/model/network_graph.h"
#include "worker/engine/model/stored_model.h"

namespace interneg::model {

// Input: R',G',B' of a whole frame in the training domain, any values. Output: the same recovered, as
// inference::ComposeRecovered(source, Model::Recover(source)) has it: the planes that are not free are kept, and chroma
// that leaves the gamut is scaled toward grey at constant Y. All operations are of the kPlain form; parameters that are
// not kFixed are the network's, by its own names. Throws std::invalid_argument for a lut, which has a form of its own
// (.cube).
NetworkGraph WholeGraph(const StoredModel& model);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_WHOLE_GRAPH_H_
