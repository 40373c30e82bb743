// How much memory this process may still take.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_AVAILABLE_MEMORY_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_AVAILABLE_MEMORY_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace interneg::inference {

// The smaller of what the kernel calls available and what the control group (v2) leaves; 1 GiB when neither says.
std::int64_t AvailableMemory_bytes();

// The two rules alone: MemAvailable of /proc/meminfo's text, and memory.max minus memory.current. Nothing when the text
// says none ("max"). Pure.
std::optional<std::int64_t> MemAvailable_bytes(std::string_view meminfo);
std::optional<std::int64_t> ControlGroupLeft_bytes(std::string_view memory_max, std::string_view memory_current);

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_AVAILABLE_MEMORY_H_
