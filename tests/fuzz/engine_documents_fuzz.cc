#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string_view>

#include "worker/engine/jobs/assignment.h"
#include "worker/engine/jobs/engine_event.h"
#include "worker/engine/jobs/job_document.h"

namespace {

// Readers refuse with std::exception, by name; anything else ends the program.
template <typename Reader>
void Try(const Reader& read) {
  try {
    read();
  } catch (const std::exception&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interneg::jobs;  // NOLINT: four readers of one room
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  Try([&] { ParseJobSpec(json); });
  Try([&] { ParseAssignment(json); });
  Try([&] { ParseEngineEvent(json); });
  Try([&] { ParseEngineCommand(json); });
  return 0;
}
