// How much memory this process may still take.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_AVAILABLE_MEMORY_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_AVAILABLE_MEMORY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "worker/engine/model/compute.h"

namespace interneg::inference {

// The smallest of what the kernel calls available, what the control group (v2) leaves, and what is free on a CUDA
// device (where its driver tells); 1 GiB when none says.
std::int64_t AvailableMemory_bytes(const model::Device& device);

// What computing a whole frame may take beside a training's pairs: half of what is available, on a CPU 1 GiB at most, for a
// training should leave its machine some room: a U-Net's whole frame at 2K took two. Larger frames go in tiles.
std::int64_t MemoryBesidePairs_bytes(const model::Device& device);

// The rules alone: MemAvailable of /proc/meminfo's text; memory.max minus memory.current, whereby the file cache of
// memory.stat (inactive_file, active_file) counts as free, since the kernel drops it before it refuses memory. Nothing
// when the text says none ("max"). Pure.
std::optional<std::int64_t> MemAvailable_bytes(std::string_view meminfo);
std::optional<std::int64_t> ControlGroupLeft_bytes(std::string_view memory_max, std::string_view memory_current,
                                                   std::string_view memory_stat);

// Free bytes of the CUDA device by its driver; nothing without a driver or such a device.
std::optional<std::int64_t> FreeDeviceMemory_bytes(int index);

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_AVAILABLE_MEMORY_H_
