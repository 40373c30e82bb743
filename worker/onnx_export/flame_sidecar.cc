#include "worker/onnx_export/flame_sidecar.h"

#include <nlohmann/json.hpp>

#include "worker/onnx_export/onnx_writer.h"

namespace interneg::onnx_export {

std::string FlameSidecar(const std::string& name, const std::string& description) {
  using nlohmann::ordered_json;
  const ordered_json input = {{"Name", kInputName},
                              {"Description", "The film to recover, whole frames"},
                              {"Type", "Front"},
                              {"Gain", 1.0},
                              {"Channels", "RGB"}};
  const ordered_json output = {{"Name", kOutputName},  {"Description", "The recovered frame"},
                               {"Type", "Result"},     {"InverseGain", 1.0},
                               {"ScalingFactor", 1.0}, {"Channels", "RGB"}};
  const ordered_json model = {{"MinimumVersion", "2025.2"},
                              {"Name", name},
                              {"Description", description},
                              {"SupportsSceneLinear", false},
                              {"KeepAspectRatio", false},
                              {"Padding", 1},
                              {"Inputs", ordered_json::array({input})},
                              {"Outputs", ordered_json::array({output})}};
  return ordered_json{{"ModelDescription", model}}.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool IsFlameSidecar(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  return parsed.is_object() && parsed.contains("ModelDescription");
}

}  // namespace interneg::onnx_export
