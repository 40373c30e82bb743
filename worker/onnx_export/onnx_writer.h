// A model as an ONNX file.
//
// This program turns model files into what ONNX runtimes read. It knows descriptions, graphs and files of networks
// (worker/engine/model, the part without LibTorch) and libonnx, and nothing else of Interneg.
#ifndef INTERNEG_WORKER_ONNX_EXPORT_ONNX_WRITER_H_
#define INTERNEG_WORKER_ONNX_EXPORT_ONNX_WRITER_H_

#include <string>

#include "worker/engine/model/safetensors.h"

namespace interneg::onnx_export {

inline constexpr char kInputName[] = "source";
inline constexpr char kOutputName[] = "recovered";

// The bytes of an .onnx file of operator set 13: one input "source" and one output "recovered", float32
// [1, 3, height, width] of any size: R',G',B' of a whole frame in the training domain (model/whole_graph.h).
// `description` becomes the model's documentation. Throws std::invalid_argument for content that is no model, and
// std::logic_error when libonnx's checker refuses the result.
std::string ToOnnx(const model::Safetensors& content, const std::string& description);

}  // namespace interneg::onnx_export

#endif  // INTERNEG_WORKER_ONNX_EXPORT_ONNX_WRITER_H_
