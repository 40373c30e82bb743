// Fixed numbers as nodes of a graph.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_FIXED_MATRIX_H_
#define INTERNEG_WORKER_ENGINE_MODEL_FIXED_MATRIX_H_

#include <string>
#include <vector>

#include "worker/engine/model/network_graph.h"

namespace interneg::model {

// A linear map of channels: `rows` in order of the output, each a weight for every input. Named by what its two fixed
// parameters are called by (name + ".weight", name + ".bias"), which must be unique in the graph.
int AddMatrix(GraphBuilder& graph, int x, const std::string& name, std::vector<float> rows);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_FIXED_MATRIX_H_
