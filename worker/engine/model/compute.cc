#include "worker/engine/model/compute.h"

#include <malloc.h>
#include <sched.h>
#include <algorithm>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <system_error>

#include <torch/torch.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace interneg::model {
namespace {

void RequirePresent(const Device& device) {
  if (device.kind != DeviceKind::kCuda) return;
  const int count = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
  if (device.index < count) return;
  throw std::runtime_error("device " + NameOf(device) + " is not available (" + std::to_string(count) +
                           " CUDA devices found); use cpu or another index");
}

}  // namespace

std::string NameOf(const Device& device) {
  return device.kind == DeviceKind::kCpu ? "cpu" : "cuda:" + std::to_string(device.index);
}

Device ParseDevice(std::string_view name) {
  if (name == "cpu") return {};
  if (name == "cuda") return {DeviceKind::kCuda, 0};
  constexpr std::string_view kPrefix = "cuda:";
  if (name.starts_with(kPrefix)) {
    int index = -1;
    const auto digits = name.substr(kPrefix.size());
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error == std::errc() && end == digits.data() + digits.size() && index >= 0 && index < 1024) {
      return {DeviceKind::kCuda, index};
    }
  }
  throw std::invalid_argument("unknown device '" + std::string(name) + "': use cpu, cuda or cuda:N");
}

std::string_view NameOf(Precision precision) {
  switch (precision) {
    case Precision::kAuto:
      return "auto";
    case Precision::kFloat32:
      return "fp32";
    case Precision::kBfloat16:
      return "bf16";
  }
  throw std::invalid_argument("NameOf: not a precision");
}

Precision ParsePrecision(std::string_view name) {
  for (const auto precision : {Precision::kAuto, Precision::kFloat32, Precision::kBfloat16}) {
    if (name == NameOf(precision)) return precision;
  }
  throw std::invalid_argument("unknown precision '" + std::string(name) + "': use auto, fp32 or bf16");
}

CpuFeatures DetectCpuFeatures() {
  CpuFeatures features;
#if defined(__x86_64__)
  // Intel SDM vol. 2A, CPUID leaf 7: EBX[16] AVX512F, EDX[22] AMX-BF16; sub-leaf 1: EAX[5] AVX512_BF16.
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) {
    features.avx512 = __builtin_cpu_supports("avx512f") != 0;
    features.amx_bf16 = features.avx512 && (d >> 22 & 1U) != 0;
    unsigned a1 = 0, b1 = 0, c1 = 0, d1 = 0;
    if (a >= 1 && __get_cpuid_count(7, 1, &a1, &b1, &c1, &d1) != 0) {
      features.avx512_bf16 = features.avx512 && (a1 >> 5 & 1U) != 0;
    }
  }
#endif
  return features;
}

Precision ResolvePrecision(Precision wanted, const Device& device) {
  RequirePresent(device);
  if (wanted != Precision::kAuto) return wanted;
  if (device.kind == DeviceKind::kCuda) return Precision::kBfloat16;
  const CpuFeatures features = DetectCpuFeatures();
  return features.amx_bf16 || features.avx512_bf16 ? Precision::kBfloat16 : Precision::kFloat32;
}

int AvailableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

void PrepareToCompute(int threads) {
  constexpr int kKept_bytes = std::numeric_limits<int>::max();  // the most that mallopt takes
  at::set_num_threads(threads > 0 ? threads : AvailableCores());
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, kKept_bytes);
}

}  // namespace interneg::model
