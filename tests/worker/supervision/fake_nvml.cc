// A management library with two invented GPUs, loaded by tests in the place of NVIDIA's. FAKE_NVML names what fails.
#include <cstdlib>
#include <cstring>

namespace {

struct Gpu {
  const char* uuid;
  const char* name;
  unsigned long long total;
};
const Gpu kGpus[] = {{"GPU-11111111-aaaa-bbbb-cccc-000000000001", "Invented A", 24ULL << 30},
                     {"GPU-22222222-aaaa-bbbb-cccc-000000000002", "Invented B", 141ULL << 30}};

bool Fails(const char* what) {
  const char* failing = std::getenv("FAKE_NVML");
  return failing != nullptr && std::strcmp(failing, what) == 0;
}

int Copy(const char* text, char* out, unsigned size) {
  if (std::strlen(text) + 1 > size) return 7;
  std::strcpy(out, text);
  return 0;
}

}  // namespace

extern "C" {

struct Memory {
  unsigned long long total, free, used;
};

int nvmlInit_v2() { return Fails("init") ? 9 : 0; }
int nvmlShutdown() { return 0; }
const char* nvmlErrorString(int code) { return code == 9 ? "Driver Not Loaded" : "GPU is lost"; }
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = Fails("none") ? 0 : 2;
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  if (index > 1 || (index == 1 && Fails("second"))) return 15;
  *device = const_cast<Gpu*>(&kGpus[index]);
  return 0;
}
int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
  for (const Gpu& gpu : kGpus) {
    if (std::strcmp(gpu.uuid, uuid) == 0) *device = const_cast<Gpu*>(&gpu);
    if (std::strcmp(gpu.uuid, uuid) == 0) return 0;
  }
  return 6;
}
int nvmlDeviceGetUUID(void* device, char* out, unsigned size) { return Copy(static_cast<Gpu*>(device)->uuid, out, size); }
int nvmlDeviceGetName(void* device, char* out, unsigned size) { return Copy(static_cast<Gpu*>(device)->name, out, size); }
int nvmlDeviceGetMemoryInfo(void* device, Memory* out) {
  const Gpu* gpu = static_cast<Gpu*>(device);
  *out = {gpu->total, gpu->total - (1ULL << 30), 1ULL << 30};
  return 0;
}
}
