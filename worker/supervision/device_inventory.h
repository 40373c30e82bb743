// What this machine computes with: CUDA devices and CPU slots, each for one engine at a time.
#ifndef INTERNEG_WORKER_SUPERVISION_DEVICE_INVENTORY_H_
#define INTERNEG_WORKER_SUPERVISION_DEVICE_INVENTORY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "worker/supervision/nvml.h"

namespace interneg::supervision {

enum class DeviceKind { kCpu, kCuda };

struct Device {
  // NVML's UUID, or "cpu:<worker name>:<slot>".
  std::string uuid;
  DeviceKind kind = DeviceKind::kCpu;
  std::string model;
  // Of the GPU; for a CPU slot its share of the machine's memory.
  std::uint64_t memory_bytes = 0;
  std::uint32_t ordinal = 0;
  // Where its engine may run.
  std::vector<int> cpus;

  // As the engine is told: "cpu", or "cuda:0" since each engine sees its own GPU only.
  std::string EngineName() const { return kind == DeviceKind::kCuda ? "cuda:0" : "cpu"; }
};

struct InventoryOptions {
  std::string worker_name;
  // Unset: one slot with all cores where there is no GPU, none where there is one.
  std::optional<int> cpu_slots;
  std::string nvml_library = "libnvidia-ml.so.1";
};

// Fixed once made. Devices() may be called from any thread, MemoryUsedBytes from one.
class DeviceInventory {
 public:
  // Errors: INVALID_ARGUMENT (negative cpu_slots), FAILED_PRECONDITION (neither GPU nor slot), INTERNAL (a GPU that does
  // not answer). A machine without NVIDIA's driver has no GPU; that is no error.
  static absl::StatusOr<std::unique_ptr<DeviceInventory>> Make(const InventoryOptions& options);

  const std::vector<Device>& devices() const { return devices_; }
  // Null when there is no such device.
  const Device* Find(const std::string& uuid) const;
  // In use on the device now; nullopt where nobody says.
  std::optional<std::uint64_t> MemoryUsedBytes(const Device& device) const;
  // Why there is no GPU; empty when there is one.
  const std::string& no_gpu_reason() const { return no_gpu_reason_; }

 private:
  DeviceInventory() = default;
  absl::Status AddGpus(const std::string& nvml_library);
  void AddSlots(const std::string& worker_name, int slots);

  std::unique_ptr<Nvml> nvml_;
  std::vector<Device> devices_;
  std::string no_gpu_reason_;
};

// The engine's environment: `inherited` (NAME=value) with CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER for this device. A
// CPU engine sees no GPU.
std::vector<std::string> EngineEnvironment(const Device& device, const std::vector<std::string>& inherited);

// Threads that an engine on this device computes with.
std::uint32_t EngineThreads(const Device& device);

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_DEVICE_INVENTORY_H_
