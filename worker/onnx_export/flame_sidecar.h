// The JSON that stands beside an .onnx and tells Autodesk Flame how to feed it.
#ifndef INTERNEG_WORKER_ONNX_EXPORT_FLAME_SIDECAR_H_
#define INTERNEG_WORKER_ONNX_EXPORT_FLAME_SIDECAR_H_

#include <string>
#include <string_view>

namespace interneg::onnx_export {

// ModelDescription as Flame 2025's Inference Builder documents it, for ToOnnx's input and output. The network is taught
// in a display or log encoding, so scene-linear is not supported; frames may have any size, so the rest stays as Flame
// has it. Pure.
std::string FlameSidecar(const std::string& name, const std::string& description);

// Whether `text` is a sidecar of some model: JSON whose outermost object has a ModelDescription. Hostile text is safe.
bool IsFlameSidecar(std::string_view text);

}  // namespace interneg::onnx_export

#endif  // INTERNEG_WORKER_ONNX_EXPORT_FLAME_SIDECAR_H_
