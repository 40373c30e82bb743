#include "worker/supervision/device_inventory.h"

#include <cstdlib>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/supervision/cpu_slots.h"

namespace interneg::supervision {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// FAKE_NVML is read by the fake library each time that it is called.
class FakeNvml : public ::testing::Test {
 protected:
  ~FakeNvml() override { unsetenv("FAKE_NVML"); }
  static InventoryOptions Options() { return {.worker_name = "w", .cpu_slots = {}, .nvml_library = FAKE_NVML_LIBRARY}; }
};

TEST_F(FakeNvml, GpusAreListedByUuidAndMemoryAndTakeThePlaceOfSlots) {
  const auto inventory = DeviceInventory::Make(Options());
  ASSERT_TRUE(inventory.ok()) << inventory.status();
  const auto& devices = (*inventory)->devices();
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[1].uuid, "GPU-22222222-aaaa-bbbb-cccc-000000000002");
  EXPECT_EQ(devices[1].model, "Invented B");
  EXPECT_EQ(devices[1].memory_bytes, 141ULL << 30);
  EXPECT_EQ(devices[1].ordinal, 1U);
  EXPECT_EQ(devices[1].EngineName(), "cuda:0");
  EXPECT_EQ((*inventory)->MemoryUsedBytes(devices[1]), 1ULL << 30);
  EXPECT_EQ((*inventory)->Find("GPU-22222222-aaaa-bbbb-cccc-000000000002"), &devices[1]);
}

TEST_F(FakeNvml, SlotsAskedForStandBesideGpus) {
  InventoryOptions options = Options();
  options.cpu_slots = 1;
  const auto inventory = DeviceInventory::Make(options);
  ASSERT_TRUE(inventory.ok());
  ASSERT_EQ((*inventory)->devices().size(), 3U);
  EXPECT_EQ((*inventory)->devices()[2].uuid, "cpu:w:0");
  EXPECT_EQ((*inventory)->MemoryUsedBytes((*inventory)->devices()[2]), std::nullopt);
}

TEST_F(FakeNvml, AGpuThatDoesNotAnswerIsNamed) {
  setenv("FAKE_NVML", "second", 1);
  const auto inventory = DeviceInventory::Make(Options());
  ASSERT_FALSE(inventory.ok());
  EXPECT_THAT(inventory.status().ToString(), HasSubstr("GPU 1: GPU is lost"));
}

TEST_F(FakeNvml, ADriverThatDoesNotAnswerLeavesTheCpu) {
  setenv("FAKE_NVML", "init", 1);
  const auto inventory = DeviceInventory::Make(Options());
  ASSERT_TRUE(inventory.ok());
  EXPECT_EQ((*inventory)->devices().size(), 1U);
  EXPECT_THAT((*inventory)->no_gpu_reason(), HasSubstr("Driver Not Loaded"));
}

TEST(DeviceInventory, WithoutDriverOneSlotHasAllCores) {
  const auto inventory = DeviceInventory::Make({.worker_name = "w", .cpu_slots = {}, .nvml_library = "libabsent.so.9"});
  ASSERT_TRUE(inventory.ok());
  ASSERT_EQ((*inventory)->devices().size(), 1U);
  EXPECT_EQ((*inventory)->devices()[0].cpus, AllowedCpus());
  EXPECT_EQ(EngineThreads((*inventory)->devices()[0]), AllowedCpus().size());
}

TEST(DeviceInventory, NothingToComputeWithIsRefusedWithTheRemedy) {
  const auto inventory = DeviceInventory::Make({.worker_name = "w", .cpu_slots = 0, .nvml_library = "libabsent.so.9"});
  ASSERT_FALSE(inventory.ok());
  EXPECT_THAT(inventory.status().ToString(), HasSubstr("cpu-slots"));
  EXPECT_FALSE(DeviceInventory::Make({.worker_name = "w", .cpu_slots = -1, .nvml_library = "x"}).ok());
}

TEST(DeviceInventory, AnEngineSeesItsOwnGpuOnly) {
  const std::vector<std::string> inherited = {"PATH=/bin", "CUDA_VISIBLE_DEVICES=3", "CUDA_VISIBLE_DEVICES_X=1"};
  const Device gpu{"GPU-1", DeviceKind::kCuda, "", 0, 0, {}};
  EXPECT_THAT(EngineEnvironment(gpu, inherited), Contains("CUDA_VISIBLE_DEVICES=GPU-1"));
  EXPECT_THAT(EngineEnvironment(gpu, inherited), Not(Contains("CUDA_VISIBLE_DEVICES=3")));
  EXPECT_THAT(EngineEnvironment(gpu, inherited), Contains("CUDA_VISIBLE_DEVICES_X=1"));
  EXPECT_THAT(EngineEnvironment({"cpu:w:0", DeviceKind::kCpu, "", 0, 0, {}}, inherited),
              Contains("CUDA_VISIBLE_DEVICES="));
}

TEST(CpuSlots, SharesAreDisjointAndNearlyEqual) {
  const auto shares = ShareCpus({0, 1, 2, 3, 4, 5, 6}, 3);
  ASSERT_EQ(shares.size(), 3U);
  std::set<int> seen;
  for (const auto& share : shares) {
    EXPECT_GE(share.size(), 2U);
    EXPECT_LE(share.size(), 3U);
    seen.insert(share.begin(), share.end());
  }
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(ShareCpus({4, 5}, 5).size(), 5U);
  EXPECT_TRUE(ShareCpus({4, 5}, 0).empty());
}

}  // namespace
}  // namespace interneg::supervision
