// Where and how precisely networks are computed: device, threads, number format, and what this CPU can do.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_COMPUTE_H_
#define INTERNEG_WORKER_ENGINE_MODEL_COMPUTE_H_

#include <string>
#include <string_view>

namespace interneg::model {

enum class DeviceKind { kCpu, kCuda };

// "cpu", "cuda", "cuda:N". ParseDevice throws std::invalid_argument that lists the forms.
struct Device {
  DeviceKind kind = DeviceKind::kCpu;
  int index = 0;
  friend bool operator==(const Device&, const Device&) = default;
};
std::string NameOf(const Device& device);
Device ParseDevice(std::string_view name);

// kAuto: bfloat16 on CUDA, and on CPUs that compute it faster than float32; float32 elsewhere.
enum class Precision { kAuto, kFloat32, kBfloat16 };

// "auto", "fp32", "bf16". ParsePrecision throws std::invalid_argument that lists the three.
std::string_view NameOf(Precision precision);
Precision ParsePrecision(std::string_view name);

struct CpuFeatures {
  bool avx512 = false;
  bool avx512_bf16 = false;
  bool amx_bf16 = false;
};
CpuFeatures DetectCpuFeatures();

// Never kAuto. Throws std::runtime_error when `device` is a CUDA device that this build or machine has not.
Precision ResolvePrecision(Precision wanted, const Device& device);

// Cores in this process's affinity mask, at least 1.
int AvailableCores();

// For the whole process, before other threads compute. Sets the threads that tensors are computed with; 0 =
// AvailableCores(), LibTorch's own default being 1 in some builds. Keeps what is freed for what is allocated next, up to
// 2 GiB more than is in use: planes are megabytes each, and malloc hands such pieces back to the system and fetches them
// anew page by page, which took a third of the time of a 4K frame.
void PrepareToCompute(int threads);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_COMPUTE_H_
