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

std::optional<std::int64_t> ControlGroupLeft_bytes(std::string_view memory_max, std::string_view memory_current) {
  const auto limit = Number(memory_max), used = Number(memory_current);
  if (!limit || !used) return std::nullopt;
  return std::max<std::int64_t>(0, *limit - *used);
}

std::int64_t AvailableMemory_bytes() {
  const auto machine = MemAvailable_bytes(TextOf("/proc/meminfo"));
  const std::string group = ControlGroupFolder();
  const auto left = ControlGroupLeft_bytes(TextOf(group + "/memory.max"), TextOf(group + "/memory.current"));
  if (machine && left) return std::min(*machine, *left);
  if (machine) return *machine;
  return left.value_or(std::int64_t{1} << 30);
}

}  // namespace interneg::inference
