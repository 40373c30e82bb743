// NVIDIA's management library, opened while running: nothing of it is needed to build, nor on machines without a GPU.
#ifndef INTERNEG_WORKER_SUPERVISION_NVML_H_
#define INTERNEG_WORKER_SUPERVISION_NVML_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace interneg::supervision {

struct CudaDevice {
  // As NVML writes it, "GPU-…"; CUDA_VISIBLE_DEVICES takes the same text.
  std::string uuid;
  std::string model;
  std::uint64_t memory_bytes = 0;
  // NVML's index (PCI order).
  std::uint32_t ordinal = 0;
};

// An initialised NVML. Not synchronised.
class Nvml {
 public:
  // `library` as dlopen takes it. Errors: NOT_FOUND (no such library: no NVIDIA driver), FAILED_PRECONDITION (it lacks
  // a function, or the driver does not answer).
  static absl::StatusOr<std::unique_ptr<Nvml>> Open(const std::string& library = "libnvidia-ml.so.1");
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  // INTERNAL when a device does not answer: a GPU that "fell off the bus" is named rather than left out silently.
  absl::StatusOr<std::vector<CudaDevice>> Devices() const;
  // In use by every process on the device.
  absl::StatusOr<std::uint64_t> MemoryUsedBytes(const std::string& uuid) const;

 private:
  struct Functions;
  Nvml(void* library, std::unique_ptr<Functions> functions);
  absl::Status Check(int code, const std::string& call) const;
  absl::StatusOr<CudaDevice> Describe(unsigned index) const;

  void* const library_;
  const std::unique_ptr<Functions> functions_;
};

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_NVML_H_
