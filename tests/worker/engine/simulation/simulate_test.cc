#include "worker/engine/simulation/simulate.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/image/ycbcr.h"

namespace interneg::simulation {
namespace {

namespace fs = std::filesystem;

class Simulating : public ::testing::Test {
 protected:
  Simulating() {
    std::string pattern = (fs::temp_directory_path() / "interneg-simulate-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Simulating() override { fs::remove_all(folder_); }
  frames::Roots roots() const { return frames::Roots(std::vector<frames::Root>{{"r", folder_.string(), {}}}); }
  image::Image Read(const std::string& name) const { return frames::ReadFile(roots(), {"r", name}, 1, "s").rgb; }
  fs::path folder_;
};

TEST_F(Simulating, AFadeJobHasFadedReferenceVideoAndExactTruth) {
  SimulateSceneOptions scene{{"r", "clean"}, {96, 64}, frames::FrameRange::Parse("1001-1003")};
  EXPECT_EQ(SimulateScene(roots(), scene, {}), 3U);
  SimulateFadeOptions options{{"r", "clean/f.%04d.png"}, frames::FrameRange::Parse("1001-1003x2"), {"r", "out"}, {}};
  options.fade.retention = ParseRetention("severe");
  options.fade.grain = GrainGauge::k16mm;
  std::size_t last = 0;
  EXPECT_EQ(SimulateFade(roots(), options, [&](std::size_t done, std::size_t total) {
    EXPECT_EQ(total, 2U);
    last = done;
  }), 2U);
  EXPECT_EQ(last, 2U);
  const auto faded = RgbToYCbCr(Read("out/faded/f.1003.png"), image::YCbCrMatrix::kBt709);
  const auto truth = RgbToYCbCr(Read("out/truth/f.1003.png"), image::YCbCrMatrix::kBt709);
  for (std::size_t i = 0; i < faded.plane(0).size(); ++i) {
    ASSERT_NEAR(truth.plane(0)[i], faded.plane(0)[i], .5 / 65535 + 1e-6);
  }
  const auto clean = Read("clean/f.1003.png"), reference = Read("out/reference/f.1003.png");
  EXPECT_TRUE(std::equal(clean.values().begin(), clean.values().end(), reference.values().begin()));
  EXPECT_TRUE(fs::exists(folder_ / "out/video/f.1001.png"));
  EXPECT_FALSE(fs::exists(folder_ / "out/video/f.1002.png"));
}

TEST_F(Simulating, MissingFramesAreToldBeforeAnythingIsWritten) {
  SimulateScene(roots(), {{"r", "clean"}, {64, 64}, frames::FrameRange::Parse("1-2")}, {});
  const SimulateFadeOptions options{{"r", "clean/f.%04d.png"}, frames::FrameRange::Parse("1-5"), {"r", "out"}, {}};
  EXPECT_THROW(SimulateFade(roots(), options, {}), frames::FrameError);
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace interneg::simulation
