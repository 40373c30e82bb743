#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <stdexcept>

#include "worker/engine/model/safetensors.h"

// Nothing but std::invalid_argument is thrown; every view lies within the bytes; what parses is written and parses
// to the same tensors.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interneg::model;  // NOLINT: one header
  const std::span<const std::byte> file(reinterpret_cast<const std::byte*>(data), size);
  try {
    const Safetensors content = ParseSafetensors(file);
    for (const auto& [name, view] : content.tensors) {
      if (view.bytes.empty()) continue;
      if (view.bytes.data() < file.data() || view.bytes.data() + view.bytes.size() > file.data() + file.size()) {
        std::abort();
      }
    }
    const auto written = FormatSafetensors(content);
    const Safetensors again = ParseSafetensors(written);
    if (again.tensors.size() != content.tensors.size() || again.metadata != content.metadata) std::abort();
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
