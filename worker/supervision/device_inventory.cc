#include "worker/supervision/device_inventory.h"

#include <sys/sysinfo.h>

#include <cstddef>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "worker/supervision/cpu_slots.h"

namespace interneg::supervision {
namespace {

std::uint64_t MachineMemoryBytes() {
  struct sysinfo info {};
  return sysinfo(&info) == 0 ? static_cast<std::uint64_t>(info.totalram) * info.mem_unit : 0;
}

bool Sets(const std::string& variable, std::string_view name) {
  return variable.starts_with(name) && variable.size() > name.size() && variable[name.size()] == '=';
}

}  // namespace

absl::StatusOr<std::unique_ptr<DeviceInventory>> DeviceInventory::Make(const InventoryOptions& options) {
  if (options.cpu_slots.value_or(0) < 0) {
    return absl::InvalidArgumentError(absl::StrCat("cpu-slots is ", *options.cpu_slots, ": give 0 or more"));
  }
  std::unique_ptr<DeviceInventory> out(new DeviceInventory());
  if (auto status = out->AddGpus(options.nvml_library); !status.ok()) return status;
  out->AddSlots(options.worker_name, options.cpu_slots.value_or(out->devices_.empty() ? 1 : 0));
  if (out->devices_.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("this worker has nothing to compute with: cpu-slots is 0 and ", out->no_gpu_reason_,
                     "; give cpu-slots 1 or more, or install the NVIDIA driver"));
  }
  return out;
}

absl::Status DeviceInventory::AddGpus(const std::string& nvml_library) {
  auto nvml = Nvml::Open(nvml_library);
  if (!nvml.ok()) {
    no_gpu_reason_ = std::string(nvml.status().message());
    return absl::OkStatus();
  }
  nvml_ = std::move(*nvml);
  auto gpus = nvml_->Devices();
  if (!gpus.ok()) return gpus.status();
  if (gpus->empty()) no_gpu_reason_ = "the NVIDIA driver knows no GPU";
  // Reading frames and their colour work run on the CPU beside each GPU, so the cores are divided among the GPUs.
  const auto shares = ShareCpus(AllowedCpus(), static_cast<int>(gpus->size()));
  for (std::size_t i = 0; i < gpus->size(); ++i) {
    const CudaDevice& gpu = (*gpus)[i];
    devices_.push_back({gpu.uuid, DeviceKind::kCuda, gpu.model, gpu.memory_bytes, gpu.ordinal, shares[i]});
  }
  return absl::OkStatus();
}

void DeviceInventory::AddSlots(const std::string& worker_name, int slots) {
  const auto shares = ShareCpus(AllowedCpus(), slots);
  const std::string model = CpuModel();
  for (std::size_t slot = 0; slot < shares.size(); ++slot) {
    devices_.push_back({absl::StrCat("cpu:", worker_name, ":", slot), DeviceKind::kCpu, model,
                        MachineMemoryBytes() / shares.size(), static_cast<std::uint32_t>(slot), shares[slot]});
  }
}

const Device* DeviceInventory::Find(const std::string& uuid) const {
  for (const Device& device : devices_) {
    if (device.uuid == uuid) return &device;
  }
  return nullptr;
}

std::optional<std::uint64_t> DeviceInventory::MemoryUsedBytes(const Device& device) const {
  if (device.kind != DeviceKind::kCuda || !nvml_) return std::nullopt;
  const auto used = nvml_->MemoryUsedBytes(device.uuid);
  if (!used.ok()) return std::nullopt;
  return *used;
}

std::vector<std::string> EngineEnvironment(const Device& device, const std::vector<std::string>& inherited) {
  std::vector<std::string> out;
  for (const std::string& variable : inherited) {
    if (!Sets(variable, "CUDA_VISIBLE_DEVICES") && !Sets(variable, "CUDA_DEVICE_ORDER")) out.push_back(variable);
  }
  out.push_back(absl::StrCat("CUDA_VISIBLE_DEVICES=", device.kind == DeviceKind::kCuda ? device.uuid : ""));
  out.push_back("CUDA_DEVICE_ORDER=PCI_BUS_ID");
  return out;
}

std::uint32_t EngineThreads(const Device& device) { return static_cast<std::uint32_t>(device.cpus.size()); }

}  // namespace interneg::supervision
