// Divides the cores of this process among engines that compute without a GPU.
#ifndef INTERNEG_WORKER_SUPERVISION_CPU_SLOTS_H_
#define INTERNEG_WORKER_SUPERVISION_CPU_SLOTS_H_

#include <string>
#include <vector>

namespace interneg::supervision {

// CPUs this process may run on, ascending. At least one.
std::vector<int> AllowedCpus();

// `slots` shares of `cpus`, disjoint and consecutive, whose sizes differ by at most one; more slots than CPUs give
// shares that several slots have in common. `slots` < 1 gives none.
std::vector<std::vector<int>> ShareCpus(const std::vector<int>& cpus, int slots);

// For people, from /proc/cpuinfo; "CPU" where it does not say.
std::string CpuModel();

}  // namespace interneg::supervision

#endif  // INTERNEG_WORKER_SUPERVISION_CPU_SLOTS_H_
