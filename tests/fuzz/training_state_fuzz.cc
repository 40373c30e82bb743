#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "worker/engine/training/ancestry.h"
#include "worker/engine/training/run_state.h"

// What a checkpoint's metadata tells of a training: nothing but std::invalid_argument is thrown, and what is read is
// written and read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interneg::training;  // NOLINT: two readers of one room
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const std::string written = ToJson(ParseRunState(text));
    if (ToJson(ParseRunState(written)) != written) std::abort();
  } catch (const std::invalid_argument&) {
  }
  try {
    const Ancestry ancestry = AncestryOf({{kAncestry, text}});
    if (AncestryOf({{kAncestry, ToJson(ancestry)}}) != ancestry) std::abort();
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
