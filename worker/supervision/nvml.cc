#include "worker/supervision/nvml.h"

#include <dlfcn.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace interneg::supervision {
namespace {

// Our own declarations of what is used; layouts and symbol versions as NVML's stable ABI (nvml.h) has them.
using NvmlDevice = void*;
struct NvmlMemory {
  unsigned long long total;  // NOLINT(google-runtime-int): the ABI's own type
  unsigned long long free;   // NOLINT(google-runtime-int)
  unsigned long long used;   // NOLINT(google-runtime-int)
};
constexpr int kSuccess = 0;
constexpr unsigned kTextBytes = 96;

template <typename Function>
bool Resolve(void* library, const char* name, Function*& out) {
  out = reinterpret_cast<Function*>(dlsym(library, name));
  return out != nullptr;
}

}  // namespace

struct Nvml::Functions {
  int (*init)();
  int (*shutdown)();
  const char* (*error_text)(int);
  int (*count)(unsigned*);
  int (*by_index)(unsigned, NvmlDevice*);
  int (*by_uuid)(const char*, NvmlDevice*);
  int (*uuid)(NvmlDevice, char*, unsigned);
  int (*name)(NvmlDevice, char*, unsigned);
  int (*memory)(NvmlDevice, NvmlMemory*);
};

absl::StatusOr<std::unique_ptr<Nvml>> Nvml::Open(const std::string& library_name) {
  void* library = dlopen(library_name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return absl::NotFoundError(absl::StrCat("no NVML: ", dlerror()));
  auto f = std::make_unique<Functions>();
  const bool complete = Resolve(library, "nvmlInit_v2", f->init) && Resolve(library, "nvmlShutdown", f->shutdown) &&
                        Resolve(library, "nvmlErrorString", f->error_text) &&
                        Resolve(library, "nvmlDeviceGetCount_v2", f->count) &&
                        Resolve(library, "nvmlDeviceGetHandleByIndex_v2", f->by_index) &&
                        Resolve(library, "nvmlDeviceGetHandleByUUID", f->by_uuid) &&
                        Resolve(library, "nvmlDeviceGetUUID", f->uuid) &&
                        Resolve(library, "nvmlDeviceGetName", f->name) &&
                        Resolve(library, "nvmlDeviceGetMemoryInfo", f->memory);
  if (!complete) {
    dlclose(library);
    return absl::FailedPreconditionError(absl::StrCat(library_name, " is too old or is no NVML: a function is missing"));
  }
  if (const int code = f->init(); code != kSuccess) {
    const std::string why = f->error_text(code);
    dlclose(library);
    return absl::FailedPreconditionError(absl::StrCat("the NVIDIA driver does not answer: ", why));
  }
  return std::unique_ptr<Nvml>(new Nvml(library, std::move(f)));
}

Nvml::Nvml(void* library, std::unique_ptr<Functions> functions) : library_(library), functions_(std::move(functions)) {}

Nvml::~Nvml() {
  functions_->shutdown();
  dlclose(library_);
}

absl::Status Nvml::Check(int code, const std::string& call) const {
  if (code == kSuccess) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(call, ": ", functions_->error_text(code)));
}

absl::StatusOr<CudaDevice> Nvml::Describe(unsigned index) const {
  const std::string which = absl::StrCat("GPU ", index);
  NvmlDevice device = nullptr;
  if (auto s = Check(functions_->by_index(index, &device), which); !s.ok()) return s;
  std::array<char, kTextBytes> uuid{};
  std::array<char, kTextBytes> name{};
  NvmlMemory memory{};
  if (auto s = Check(functions_->uuid(device, uuid.data(), kTextBytes), which + ", UUID"); !s.ok()) return s;
  if (auto s = Check(functions_->name(device, name.data(), kTextBytes), which + ", name"); !s.ok()) return s;
  if (auto s = Check(functions_->memory(device, &memory), which + ", memory"); !s.ok()) return s;
  return CudaDevice{uuid.data(), name.data(), memory.total, index};
}

absl::StatusOr<std::vector<CudaDevice>> Nvml::Devices() const {
  unsigned count = 0;
  if (auto s = Check(functions_->count(&count), "counting GPUs"); !s.ok()) return s;
  std::vector<CudaDevice> out;
  for (unsigned index = 0; index < count; ++index) {
    auto device = Describe(index);
    if (!device.ok()) return device.status();
    out.push_back(std::move(*device));
  }
  return out;
}

absl::StatusOr<std::uint64_t> Nvml::MemoryUsedBytes(const std::string& uuid) const {
  NvmlDevice device = nullptr;
  NvmlMemory memory{};
  if (auto s = Check(functions_->by_uuid(uuid.c_str(), &device), uuid); !s.ok()) return s;
  if (auto s = Check(functions_->memory(device, &memory), uuid + ", memory"); !s.ok()) return s;
  return memory.used;
}

}  // namespace interneg::supervision
