// How a render's document smooths over time: who is whose neighbour.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/frames/frame_reader.h"
#include "worker/engine/jobs/standalone.h"
#include "worker/engine/jobs/train_job.h"

namespace interneg::jobs {
namespace {

// The right half has faded otherwise than the left one, at an edge that no polynomial of the place follows: there is
// something for a network to learn.
image::Image FadedInHalves(const image::Image& clean) {
  auto faded = Faded(clean);
  const auto width = static_cast<std::size_t>(clean.width_px());
  for (std::size_t i = 0; i < clean.pixel_count(); ++i) {
    if (i % width < width / 2) continue;
    const float red = faded.plane(0)[i];
    faded.plane(0)[i] = 0.8F * red + 0.1F * faded.plane(2)[i];
    faded.plane(2)[i] = 0.6F * faded.plane(2)[i] + 0.2F * red;
  }
  return faded;
}

class SmoothedRender : public testing::Test {
 protected:
  SmoothedRender() {
    for (int frame = 1; frame <= 9; ++frame) {
      WriteFrame(shot_.folder / "source", "f.%04d.png", frame, FadedInHalves(DrawClean(DrawnShot::kSize, frame)));
    }
    auto train = shot_.SmallGrid();
    train.training->steps = 60;
    train.training->learning_rate = 0.005;
    RunTrain(shot_.Context(), {train, ToJson(shot_.Spec(train)), shot_.folder / "scratch", {}});
  }
  // Renders the range, or only `frames` of it, into that folder.
  EngineResult Rendered(const std::string& folder, const std::string& range, const std::string& frames = "",
                        double strength = 0.8) {
    auto job = shot_.Render();
    job.source->range = range;
    job.temporal_smoothing = strength;
    job.output->path = shot_.folder / (folder + "/r.%04d.exr");
    job.output->format = FileFormat::kExr;
    job.output->bit_depth = BitDepth::kFloat;
    return RenderInPlace(shot_.Context(), job, frames, shot_.folder / "scratch/model.safetensors", folder);
  }
  bool AreAlike(const std::string& one, const std::string& other, int frame) {
    const auto values = [&](const std::string& folder) {
      const frames::FrameSequence files(
          shot_.roots, shot_.roots.Locate(shot_.folder / (folder + "/r.%04d.exr"), shot_.folder.path().string()));
      return files.Read(frame, "").rgb;
    };
    return std::ranges::equal(values(one).values(), values(other).values());
  }
  DrawnShot shot_;
};

TEST_F(SmoothedRender, NeighboursFollowFromTimeAndNotFromHowTheRangeIsWritten) {
  ASSERT_EQ(Rendered("plain", "1-9", "", 0.0).outcome, EngineOutcome::kSucceeded);
  ASSERT_EQ(Rendered("forward", "1-9").outcome, EngineOutcome::kSucceeded);
  EXPECT_FALSE(AreAlike("plain", "forward", 5)) << "nothing is smoothed: the test says nothing";
  ASSERT_EQ(Rendered("backward", "9-1").outcome, EngineOutcome::kSucceeded);
  ASSERT_EQ(Rendered("coarse", "1-9:3").outcome, EngineOutcome::kSucceeded);
  for (int frame = 1; frame <= 9; ++frame) {
    EXPECT_TRUE(AreAlike("forward", "backward", frame)) << frame;
    EXPECT_TRUE(AreAlike("forward", "coarse", frame)) << frame;
  }
}

TEST_F(SmoothedRender, FilesSayThatTheyAreSmoothed) {
  ASSERT_EQ(Rendered("plain", "4-6", "", 0.0).outcome, EngineOutcome::kSucceeded);
  ASSERT_EQ(Rendered("smooth", "4-6", "", 0.25).outcome, EngineOutcome::kSucceeded);
  EXPECT_THAT(BytesOf(shot_.folder / "smooth/r.0005.exr"),
              testing::AllOf(testing::HasSubstr("interneg:temporalSmoothing"), testing::HasSubstr("0.25")));
  EXPECT_THAT(BytesOf(shot_.folder / "plain/r.0005.exr"),
              testing::Not(testing::HasSubstr("interneg:temporalSmoothing")));
}

// As the farm divides a job: its chunks ascend, however the job's range is written.
TEST_F(SmoothedRender, APartOfARangeThatIsWrittenBackwardIsRendered) {
  ASSERT_EQ(Rendered("forward", "1-9").outcome, EngineOutcome::kSucceeded);
  ASSERT_EQ(Rendered("part", "6-9,1-5", "4-6").outcome, EngineOutcome::kSucceeded);
  for (const int frame : {4, 5, 6}) EXPECT_TRUE(AreAlike("forward", "part", frame)) << frame;
}

}  // namespace
}  // namespace interneg::jobs
