#include "worker/engine/inference/available_memory.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace interneg::inference {
namespace {

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<std::int64_t> Number(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\n");
  if (start == std::string_view::npos) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + start, text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

// The number behind a name at the beginning of a line; 0 without.
std::int64_t Field(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ' ') {
      return Number(line.substr(name.size())).value_or(0);
    }
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return 0;
}

// The process's own group below the v2 mount: the line "0::/path" of /proc/self/cgroup.
std::string ControlGroupFolder() {
  const auto groups = TextOf("/proc/self/cgroup");
  const auto at = groups.find("0::");
  if (at == std::string::npos) return "";
  return "/sys/fs/cgroup" + groups.substr(at + 3, groups.find('\n', at) - at - 3);
}

}  // namespace

std::optional<std::int64_t> MemAvailable_bytes(std::string_view meminfo) {
  constexpr std::string_view kName = "MemAvailable:";
  const auto at = meminfo.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  const auto kib = Number(meminfo.substr(at + kName.size()));
  if (!kib) return std::nullopt;
  return *kib * 1024;
}

std::optional<std::int64_t> ControlGroupLeft_bytes(std::string_view memory_max, std::string_view memory_current,
                                                   std::string_view memory_stat) {
  const auto limit = Number(memory_max), used = Number(memory_current);
  if (!limit || !used) return std::nullopt;
  const std::int64_t cache = Field(memory_stat, "inactive_file") + Field(memory_stat, "active_file");
  return std::clamp<std::int64_t>(*limit - *used + cache, 0, *limit);
}

std::int64_t AvailableMemory_bytes(const model::Device& device) {
  const std::string group = ControlGroupFolder();
  std::optional<std::int64_t> least;
  const auto consider = [&least](std::optional<std::int64_t> bytes) {
    if (bytes) least = std::min(*bytes, least.value_or(*bytes));
  };
  consider(MemAvailable_bytes(TextOf("/proc/meminfo")));
  consider(ControlGroupLeft_bytes(TextOf(group + "/memory.max"), TextOf(group + "/memory.current"),
                                  TextOf(group + "/memory.stat")));
  if (device.kind == model::DeviceKind::kCuda) consider(FreeDeviceMemory_bytes(device.index));
  return least.value_or(std::int64_t{1} << 30);
}

std::int64_t MemoryBesidePairs_bytes(const model::Device& device) {
  constexpr std::int64_t kOnCpu_bytes = std::int64_t{1} << 30;
  const std::int64_t half = AvailableMemory_bytes(device) / 2;
  return device.kind == model::DeviceKind::kCpu ? std::min(half, kOnCpu_bytes) : half;
}

}  // namespace interneg::inference
