#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <stdexcept>

#include "worker/engine/model/correction_graph.h"
#include "worker/engine/model/stored_model.h"
#include "worker/engine/model/whole_graph.h"

// Nothing but std::invalid_argument is thrown; what is read can be measured and exported, with finite weights alone.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interneg::model;  // NOLINT: one module
  try {
    const Safetensors content = ParseSafetensors(std::as_bytes(std::span(data, size)));
    const StoredModel stored = ReadStoredModel(content);
    if (Halo_px(stored.description) < 0 || !(BytesPerPixel(stored.description) > 0.0)) std::abort();
    if (ParseNetworkDescription(ToJson(stored.description)) != stored.description) std::abort();
    for (const Parameter& parameter : WholeGraph(stored).parameters) {
      for (const float value : WeightsOf(content, parameter)) {
        if (!std::isfinite(value)) std::abort();
      }
    }
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
