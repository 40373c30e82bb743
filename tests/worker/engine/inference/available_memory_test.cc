#include "worker/engine/inference/available_memory.h"

#include <gtest/gtest.h>

namespace interneg::inference {
namespace {

TEST(AvailableMemory, KernelFigureIsInKibibytes) {
  EXPECT_EQ(MemAvailable_bytes("MemTotal: 10 kB\nMemAvailable:    2048 kB\n"), 2048 * 1024);
  EXPECT_EQ(MemAvailable_bytes("MemTotal: 10 kB\n"), std::nullopt);
}

TEST(AvailableMemory, ControlGroupWithoutLimitSaysNothing) {
  EXPECT_EQ(ControlGroupLeft_bytes("max\n", "100\n", ""), std::nullopt);
  EXPECT_EQ(ControlGroupLeft_bytes("1000\n", "400\n", ""), 600);
  EXPECT_EQ(ControlGroupLeft_bytes("1000\n", "4000\n", ""), 0);
  EXPECT_EQ(ControlGroupLeft_bytes("", "", ""), std::nullopt);
}

// Reading frames fills the group with cache until nothing seems to be left; the kernel gives that back on demand.
TEST(AvailableMemory, FileCacheOfTheControlGroupIsFree) {
  constexpr char kStat[] = "anon 100\nfile 850\nactive_file 300\ninactive_file 500\ninactive_file_other 9\n";
  EXPECT_EQ(ControlGroupLeft_bytes("1000\n", "950\n", kStat), 850);
  EXPECT_EQ(ControlGroupLeft_bytes("1000\n", "400\n", kStat), 1000);
}

TEST(AvailableMemory, DeviceThatIsNotThereSaysNothing) {
  EXPECT_EQ(FreeDeviceMemory_bytes(1000), std::nullopt);
}

TEST(AvailableMemory, IsSomeOfThisMachine) {
  EXPECT_GT(AvailableMemory_bytes({}), 0);
}

}  // namespace
}  // namespace interneg::inference
