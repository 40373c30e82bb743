#include "worker/engine/model/compute.h"

#include <stdexcept>

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

}  // namespace
}  // namespace interneg::model
