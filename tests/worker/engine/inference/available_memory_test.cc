#include "worker/engine/inference/available_memory.h"

#include <gtest/gtest.h>

namespace interneg::inference {
namespace {

TEST(AvailableMemory, KernelFigureIsInKibibytes) {
  EXPECT_EQ(MemAvailable_bytes("MemTotal: 10 kB\nMemAvailable:    2048 kB\n"), 2048 * 1024);
  EXPECT_EQ(MemAvailable_bytes("MemTotal: 10 kB\n"), std::nullopt);
}

TEST(AvailableMemory, ControlGroupWithoutLimitSaysNothing) {
  EXPECT_EQ(ControlGroupLeft_bytes("max\n", "100\n"), std::nullopt);
  EXPECT_EQ(ControlGroupLeft_bytes("1000\n", "400\n"), 600);
  EXPECT_EQ(ControlGroupLeft_bytes("1000\n", "4000\n"), 0);
  EXPECT_EQ(ControlGroupLeft_bytes("", ""), std::nullopt);
}

TEST(AvailableMemory, IsSomeOfThisMachine) {
  EXPECT_GT(AvailableMemory_bytes(), 0);
}

}  // namespace
}  // namespace interneg::inference
