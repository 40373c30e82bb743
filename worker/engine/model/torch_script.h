// A model as TorchScript, for programs that load .pt files (Nuke's CatFileCreator, Python).
#ifndef INTERNEG_WORKER_ENGINE_MODEL_TORCH_SCRIPT_H_
#define INTERNEG_WORKER_ENGINE_MODEL_TORCH_SCRIPT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "worker/engine/model/network_graph.h"
#include "worker/engine/model/safetensors.h"

namespace interneg::model {

// The source of `forward` for a graph of plain operations, one line a node, and of the functions it calls. Parameters
// are attributes by their names with underscores for dots, constants "constant_" and the node's number. Pure. Throws
// std::logic_error for a graph with an operation that only the engine has.
std::string TorchScriptSource(const NetworkGraph& graph);

// The bytes of a .pt file: one input [n, 3, height, width], R',G',B' of whole frames in the training domain, and one
// output like it (whole_graph.h). All weights are parameters of the module, so that it can be moved to a device or to
// half. Throws std::invalid_argument for content that is no model.
std::vector<std::byte> ToTorchScript(const Safetensors& content);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_TORCH_SCRIPT_H_
