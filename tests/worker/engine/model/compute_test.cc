#include "worker/engine/model/compute.h"

#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace interneg::model {
namespace {

TEST(Device, NamesGoBothWays) {
  for (const char* name : {"cpu", "cuda:0", "cuda:7"}) EXPECT_EQ(NameOf(ParseDevice(name)), name);
  EXPECT_EQ(ParseDevice("cuda"), (Device{DeviceKind::kCuda, 0}));
  for (const char* name : {"", "gpu", "cuda:", "cuda:-1", "cuda:1x", "cuda:99999999999"}) {
    EXPECT_THROW(ParseDevice(name), std::invalid_argument) << name;
  }
}

TEST(Precision, ResolvesToSomethingDefinite) {
  EXPECT_NE(ResolvePrecision(Precision::kAuto, {}), Precision::kAuto);
  EXPECT_EQ(ResolvePrecision(Precision::kFloat32, {}), Precision::kFloat32);
  EXPECT_THROW(ParsePrecision("fp8"), std::invalid_argument);
}

TEST(Precision, AMissingDeviceIsAnError) {
  EXPECT_THROW(ResolvePrecision(Precision::kAuto, {DeviceKind::kCuda, 1000}), std::runtime_error);
}

TEST(Cores, ThereIsAtLeastOne) {
  EXPECT_GE(AvailableCores(), 1);
}

// Where a module is compiled without OpenMP, at::parallel_for does all on one thread and says nothing.
TEST(Kernels, RunOnAsManyThreadsAsLibTorchHas) {
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  at::parallel_for(0, 2, 1, [&](std::int64_t, std::int64_t) {
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
  });
  at::set_num_threads(before);
  EXPECT_EQ(threads.size(), 2U);
}

}  // namespace
}  // namespace interneg::model
