#include "worker/supervision/cpu_slots.h"

#include <sched.h>

#include <algorithm>
#include <cstddef>
#include <fstream>

namespace interneg::supervision {

std::vector<int> AllowedCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> out;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) out.push_back(cpu);
    }
  }
  if (out.empty()) out.push_back(0);
  return out;
}

std::vector<std::vector<int>> ShareCpus(const std::vector<int>& cpus, int slots) {
  std::vector<std::vector<int>> out;
  const std::size_t n = cpus.size();
  const auto count = static_cast<std::size_t>(std::max(slots, 0));
  for (std::size_t slot = 0; slot < count && n > 0; ++slot) {
    const std::size_t begin = slot * n / count;
    const std::size_t end = std::max(begin + 1, (slot + 1) * n / count);
    out.emplace_back(cpus.begin() + static_cast<std::ptrdiff_t>(begin), cpus.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return out;
}

std::string CpuModel() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t begin = line.find_first_not_of(" \t", line.find(':') + 1);
    if (begin != std::string::npos) return line.substr(begin);
  }
  return "CPU";
}

}  // namespace interneg::supervision
