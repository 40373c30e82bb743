#include <dlfcn.h>

#include "worker/engine/inference/available_memory.h"

namespace interneg::inference {
namespace {

// The driver is opened at run time, so that nothing of CUDA is needed to build. Its devices are numbered as LibTorch's
// are: both obey CUDA_VISIBLE_DEVICES. Signatures from the CUDA driver API (cuda.h); 0 is success.
class Driver {
 public:
  Driver() : library_(::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL)) {}

  std::optional<std::int64_t> Free_bytes(int index) const {
    if (library_ == nullptr) return std::nullopt;
    int device = 0;
    void* context = nullptr;
    if (Call<int (*)(unsigned)>("cuInit", 0U) != 0) return std::nullopt;
    if (Call<int (*)(int*, int)>("cuDeviceGet", &device, index) != 0) return std::nullopt;
    if (Call<int (*)(void**, int)>("cuDevicePrimaryCtxRetain", &context, device) != 0) return std::nullopt;
    const auto free = FreeIn(context);
    Call<int (*)(int)>("cuDevicePrimaryCtxRelease_v2", device);
    return free;
  }

 private:
  std::optional<std::int64_t> FreeIn(void* context) const {
    if (Call<int (*)(void*)>("cuCtxPushCurrent_v2", context) != 0) return std::nullopt;
    std::size_t free = 0, total = 0;
    const int failed = Call<int (*)(std::size_t*, std::size_t*)>("cuMemGetInfo_v2", &free, &total);
    Call<int (*)(void**)>("cuCtxPopCurrent_v2", &context);
    if (failed != 0) return std::nullopt;
    return static_cast<std::int64_t>(free);
  }

  // Anything but 0 when the driver has no such function.
  template <typename Function, typename... Arguments>
  int Call(const char* name, Arguments... arguments) const {
    const auto function = reinterpret_cast<Function>(::dlsym(library_, name));
    return function == nullptr ? -1 : function(arguments...);
  }

  void* library_;  // stays open: LibTorch uses it as well
};

}  // namespace

std::optional<std::int64_t> FreeDeviceMemory_bytes(int index) {
  return Driver().Free_bytes(index);
}

}  // namespace interneg::inference
