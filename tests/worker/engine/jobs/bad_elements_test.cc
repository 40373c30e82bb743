// Elements that cannot be brought together: what each stage says of them, by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/worker/engine/jobs/drawn_attempt.h"
#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/stage_results.h"
#include "worker/engine/simulation/demo_scene.h"

namespace interneg::jobs {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;

class BadElements : public testing::Test {
 protected:
  static constexpr image::Size kSize{192, 144};
  static constexpr int kFrames = 12;
  // Where a pixel of the reference is taken from.
  using Place = std::function<std::pair<int, int>(int x, int y)>;

  static image::Image Drawn(int frame) { return simulation::DrawDemoScene(kSize, frame - 1, kFrames); }
  static image::Image Placed(const image::Image& picture, const Place& place) {
    image::Image out(picture.size(), picture.channels(), picture.color_space());
    for (int c = 0; c < picture.channel_count(); ++c) {
      for (int y = 0; y < picture.height_px(); ++y) {
        for (int x = 0; x < picture.width_px(); ++x) {
          const auto [from_x, from_y] = place(x, y);
          out.plane(c)[At(x, y)] = picture.plane(c)[At(from_x, from_y)];
        }
      }
    }
    return out;
  }
  static std::size_t At(int x, int y) { return static_cast<std::size_t>(y) * kSize.width_px + x; }
  static image::Image Noise(int frame) {
    image::Image noise(kSize, {"R", "G", "B"}, "");
    unsigned state = 7U + static_cast<unsigned>(frame);
    for (float& v : noise.values()) v = static_cast<float>((state = state * 1664525U + 1013904223U) >> 8) / 16777216.0F;
    return noise;
  }

  FrameSource Write(const std::string& folder, int frames, const std::function<image::Image(int)>& draw) {
    for (int frame = 1; frame <= frames; ++frame) {
      WriteFrame(shot_.folder / folder, "f.%04d.png", frame, image::ClampedToUnit(draw(frame)));
    }
    return {shot_.folder / (folder + "/f.%04d.png"), "1-" + std::to_string(frames), ""};
  }
  FrameSource WriteSource() { return Write("scan", kFrames, Drawn); }

  template <typename Job>
  EngineResult Run(const std::string& name, const Job& job, const std::vector<InputDocument>& inputs = {}) {
    return RunJob(shot_, name, job, inputs);
  }
  FrameMap Matched(const FrameSource& source, const FrameSource& reference) {
    MatchJob job;
    job.source = source;
    job.reference = reference;
    EXPECT_EQ(Run("match", job).outcome, EngineOutcome::kSucceeded);
    return ParseFrameMap(BytesOf(shot_.folder / "match/frame_map.json"), "map");
  }
  std::string CurateRefusal(const FrameSource& source, const FrameSource& reference) {
    CurateJob job;
    job.source = source;
    job.reference = reference;
    return FailureOfCall([&] { Run("curate", job); }).message;
  }
  std::string AlignRefusal(const FrameSource& source, const FrameSource& reference) {
    AlignJob job;
    job.source = source;
    job.reference = reference;
    job.pairs = {2, 6};
    return FailureOfCall([&] { Run("align", job); }).message;
  }

  DrawnShot shot_;
};

TEST_F(BadElements, AMirroredReferenceIsSaidSoByMatchingAndAligning) {
  const auto source = WriteSource();
  const auto reference = Write("mirrored", kFrames, [](int frame) {
    return Placed(Drawn(frame), [](int x, int y) { return std::pair(kSize.width_px - 1 - x, y); });
  });
  const auto map = Matched(source, reference);
  EXPECT_EQ(map.orientation, "mirrored");
  EXPECT_THAT(shot_.Warnings(), Contains(HasSubstr("the reference is mirrored; turn it before anything else")));
  EXPECT_THAT(AlignRefusal(source, reference), HasSubstr("frame 2: the reference is mirrored left to right; flip it"));
}

TEST_F(BadElements, AReferenceTurnedByHalfATurnIsSaidSoByMatchingAndAligning) {
  const auto source = WriteSource();
  const auto reference = Write("turned", kFrames, [](int frame) {
    return Placed(Drawn(frame), [](int x, int y) { return std::pair(kSize.width_px - 1 - x, kSize.height_px - 1 - y); });
  });
  EXPECT_EQ(Matched(source, reference).orientation, "rotated by 180 degrees");
  EXPECT_THAT(shot_.Warnings(), Contains(HasSubstr("the reference is rotated by 180 degrees; turn it")));
  EXPECT_THAT(AlignRefusal(source, reference),
              HasSubstr("frame 6: the reference is upside down (turned by 180 degrees); turn it"));
}

TEST_F(BadElements, BlackFramesMatchNothingAndAreNoPairs) {
  const auto source = WriteSource();
  const auto black = Write("black", kFrames, [](int) { return image::Image(kSize, {"R", "G", "B"}, ""); });
  EXPECT_THAT(Matched(source, black).frames, Each(Field(&MappedFrame::state, MatchState::kUnmatched)));
  EXPECT_THAT(shot_.Warnings(), Contains(HasSubstr("12 of 12 frames of the reference are black or constant")));
  EXPECT_THAT(CurateRefusal(black, source), AllOf(HasSubstr("only 0 of 12 frames can be used"), HasSubstr("constant 12")));
  EXPECT_THAT(AlignRefusal(source, black), HasSubstr("frame 2: the reference is black"));
}

TEST_F(BadElements, OneFrameIsTooLittleToChooseFrom) {
  const auto one = Write("one", 1, Drawn);
  const auto other = Write("other", 1, [](int frame) { return Drawn(frame + 1); });
  for (const auto& frame : Matched(one, other).frames) EXPECT_NE(frame.state, MatchState::kMatched);
  EXPECT_THAT(CurateRefusal(one, other), HasSubstr("only 1 of 1 frames can be used, and 3 are needed; widen the range"));
}

TEST_F(BadElements, ASolveThatFindsNothingIsToldForEachPair) {
  EXPECT_THAT(AlignRefusal(WriteSource(), Write("noise", kFrames, Noise)),
              AllOf(HasSubstr("no pair "), HasSubstr("frame 2: "), HasSubstr("frame 6: ")));
}

}  // namespace
}  // namespace interneg::jobs
