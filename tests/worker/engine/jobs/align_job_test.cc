// Alignment by itself: what is kept of an earlier one, what the pairs of a shot say together, the dense flow, the targets,
// and references that cannot be aligned.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "tests/worker/engine/jobs/drawn_attempt.h"
#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/alignment/resample.h"
#include "worker/engine/alignment/transform.h"
#include "worker/engine/jobs/aligned_area.h"
#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/lettering_share.h"
#include "worker/engine/jobs/stage_results.h"
#include "worker/engine/simulation/demo_scene.h"
#include "worker/engine/simulation/fade.h"

namespace interneg::jobs {
namespace {

using alignment::DifferenceOver;
using alignment::Transform;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;

// Source: frames 1 to 5, 192×144, faded. Reference: the same numbers, 240×162, cropped by 4 %, weaving.
class AlignStage : public testing::Test {
 protected:
  static constexpr image::Size kSource{192, 144}, kReference{240, 162};
  static constexpr int kFrames = 5;

  static Transform Truth(int frame) {
    return Transform::ScaleAndShift(240.0 / 184.5, 162.0 / 138.0, -4.8 + .5 * std::sin(frame),
                                    -3.5 + .4 * std::cos(frame));
  }
  static image::Image Clean(int frame) { return simulation::DrawDemoScene(kSource, frame - 1, kFrames); }
  static image::Image ReferenceOf(int frame) {
    return alignment::Resample(Clean(frame), Truth(frame).Inverse(), kReference, alignment::ResampleFilter::kLanczos3).picture;
  }

  void Write(int frame, const image::Image& reference) {
    WriteFrame(shot_.folder / "reference", "f.%04d.png", frame, image::ClampedToUnit(reference));
  }
  void SetUp() override {
    simulation::FadeOptions fade;
    fade.retention = {.30, 1, .80};
    for (int frame = 1; frame <= kFrames; ++frame) {
      WriteFrame(shot_.folder / "source", "f.%04d.png", frame, simulation::FadeFrame(Clean(frame), fade, frame));
      Write(frame, ReferenceOf(frame));
    }
  }

  AlignJob Job(std::vector<std::int32_t> pairs) const {
    AlignJob job;
    job.source = FrameSource{shot_.folder / "source/f.%04d.png", "1-5", ""};
    job.reference = FrameSource{shot_.folder / "reference/f.%04d.png", "1-5", ""};
    job.pairs = std::move(pairs);
    return job;
  }
  template <typename Kind>
  EngineResult Run(const std::string& name, const Kind& job, const std::vector<InputDocument>& inputs = {}) {
    return RunJob(shot_, name, job, inputs);
  }
  std::string Document(const std::string& name) const { return shot_.folder / (name + "/alignment.json"); }
  Alignment Aligned(const std::string& name) const { return ParseAlignment(BytesOf(Document(name)), "alignment"); }
  Alignment After(const std::string& name, const AlignJob& job, const std::vector<InputDocument>& inputs = {}) {
    EXPECT_EQ(Run(name, job, inputs).outcome, EngineOutcome::kSucceeded);
    return Aligned(name);
  }
  // Runs the job on top of an earlier alignment.
  Alignment Again(const std::string& name, AlignJob job, const std::string& earlier) {
    job.previous = StageInput{{}, "earlier"};
    return After(name, job, {{"previous", Document(earlier)}});
  }
  std::string Refusal(const AlignJob& job) {
    return FailureOfCall([&] { Run("refused", job); }).message;
  }

  static Transform TransformOf(const AlignedPair& pair) {
    std::array<double, 9> matrix{};
    std::copy_n(pair.transform.begin(), 9, matrix.begin());
    return Transform(matrix);
  }
  static double ErrorOf(const AlignedPair& pair) {
    return DifferenceOver(TransformOf(pair), Truth(pair.source_frame), {0, 0, kSource}).rms_px;
  }

  DrawnShot shot_;
};

TEST_F(AlignStage, ARepeatedRunMakesTheSameDocument) {
  After("first", Job({1, 3}));
  After("second", Job({1, 3}));
  EXPECT_EQ(BytesOf(Document("second")), BytesOf(Document("first")));
  Again("kept", Job({1, 3}), "first");
  EXPECT_EQ(BytesOf(Document("kept")), BytesOf(Document("first")));
}

TEST_F(AlignStage, SolvesOfAnEarlierAlignmentAreKeptAndNewPairsSolved) {
  auto earlier = After("first", Job({1}));
  // No solve of the pictures would say so.
  earlier.pairs[0].solve->forward_backward_px = 0.0123456;
  WriteText(Document("first"), ToJson(earlier));
  const auto more = Again("more", Job({1, 3}), "first");
  ASSERT_THAT(more.pairs, SizeIs(2));
  EXPECT_EQ(more.pairs[0].solve->forward_backward_px, 0.0123456);
  EXPECT_EQ(more.pairs[1].status, "solved");
  EXPECT_LT(ErrorOf(more.pairs[1]), 0.25);
}

TEST_F(AlignStage, AnotherSolverOrPartnerSolvesAgain) {
  auto earlier = After("first", Job({1}));
  earlier.pairs[0].solve->forward_backward_px = 0.0123456;
  WriteText(Document("first"), ToJson(earlier));
  auto job = Job({1});
  job.kind = TransformKind::kHomography;
  EXPECT_NE(Again("kind", job, "first").pairs[0].solve->forward_backward_px, 0.0123456);
  job = Job({1});
  job.central_share = 0.7;
  EXPECT_NE(Again("region", job, "first").pairs[0].solve->forward_backward_px, 0.0123456);
  earlier.pairs[0].reference_frame = 2;
  WriteText(Document("first"), ToJson(earlier));
  EXPECT_NE(Again("partner", Job({1}), "first").pairs[0].solve->forward_backward_px, 0.0123456);
}

TEST_F(AlignStage, AKeyIsJudgedAndTakenBackWithoutALoss) {
  const auto first = After("first", Job({1, 3}));
  auto keyed = Job({1, 3});
  keyed.keys = {{3, {}, 2.0, 0.0, 0.0, 0.0}};
  keyed.manual_frames = "3";
  const auto by_hand = Again("keyed", keyed, "first");
  EXPECT_EQ(by_hand.pairs[1].path, "manual");
  EXPECT_GT(by_hand.pairs[1].residual, first.pairs[1].residual);
  EXPECT_EQ(by_hand.pairs[0], first.pairs[0]) << "what is not keyed stays";
  auto back = Job({1, 3});
  back.automatic_frames = "3";
  const auto automatic = Again("back", back, "keyed");
  EXPECT_EQ(automatic.manual_frames, "");
  EXPECT_EQ(automatic.pairs, first.pairs);
  EXPECT_THAT(automatic.keys, SizeIs(1)) << "the key waits to be switched to again";
}

TEST_F(AlignStage, ThePairsOfAShotShareItsScale) {
  const auto alignment = After("align", Job({1, 2, 3, 4}));
  for (const auto& pair : alignment.pairs) {
    EXPECT_EQ(pair.path, "automatic") << pair.reason;
    EXPECT_LT(ErrorOf(pair), 0.2);
    EXPECT_NEAR(pair.transform[0], alignment.pairs[0].transform[0], 1e-3);
    EXPECT_NEAR(pair.transform[4], alignment.pairs[0].transform[4], 1e-3);
  }
}

// Nothing of the picture is left but a window on it.
image::Image Window(image::Image picture, const image::Rectangle& window) {
  for (int y = 0; y < picture.height_px(); ++y) {
    for (int x = 0; x < picture.width_px(); ++x) {
      const bool inside = x >= window.x_px && x < window.x_px + window.size.width_px && y >= window.y_px &&
                          y < window.y_px + window.size.height_px;
      for (int c = 0; c < 3 && !inside; ++c) picture.plane(c)[static_cast<std::size_t>(y) * picture.width_px() + x] = .4F;
    }
  }
  return picture;
}

TEST_F(AlignStage, APairThatDoesNotSolveByItselfTakesTheShotsGeometry) {
  Write(3, Window(ReferenceOf(3), {30, 82, {82, 53}}));
  const auto alignment = After("align", Job({1, 2, 3, 4}));
  const auto& pair = alignment.pairs[2];
  EXPECT_NE(pair.solve->status, "solved");
  EXPECT_EQ(pair.status, "uncertain");
  EXPECT_THAT(pair.path, testing::AnyOf("shot", "interpolated"));
  EXPECT_THAT(pair.reason, HasSubstr("by itself: "));
  EXPECT_LT(ErrorOf(pair), 1.0);
  EXPECT_EQ(alignment.pairs[3].status, "solved");
}

TEST_F(AlignStage, AFlowIsTakenWhereItHelpsAndTrainedOn) {
  for (const int frame : {1, 3}) {
    const auto straight = ReferenceOf(frame);
    alignment::DisplacementField bend{kReference, {}, {}};
    for (int y = 0; y < kReference.height_px; ++y) {
      for (int x = 0; x < kReference.width_px; ++x) {
        bend.dx_px.push_back(static_cast<float>(1.8 * std::sin(2 * std::numbers::pi * y / 81.0)));
        bend.dy_px.push_back(static_cast<float>(1.8 * std::sin(2 * std::numbers::pi * x / 120.0)));
      }
    }
    Write(frame, alignment::ResampleWithField(straight, {}, bend, alignment::ResampleFilter::kLanczos3).picture);
  }
  auto job = Job({1, 3});
  job.dense = true;
  const auto alignment = After("dense", job);
  for (const auto& pair : alignment.pairs) {
    ASSERT_TRUE(pair.flow) << pair.flow_reason;
    EXPECT_LT(pair.residual, .8 * pair.residual_without_flow);
    EXPECT_EQ(pair.flow_reason, "");
  }
  After("again", job);
  EXPECT_EQ(BytesOf(Document("again")), BytesOf(Document("dense")));

  TrainJob train;
  train.recovery = Recovery::kChroma;
  train.source = job.source;
  train.reference = job.reference;
  train.network = NetworkKind::kClosedForm;
  train.alignment = StageInput{{}, "align"};
  ASSERT_EQ(Run("train", train, {{"alignment", Document("dense")}}).outcome, EngineOutcome::kSucceeded);
  auto broken = alignment;
  broken.pairs[0].flow->dx.pop_back();
  WriteText(Document("dense"), ToJson(broken));
  EXPECT_THAT(FailureOfCall([&] { Run("broken", train, {{"alignment", Document("dense")}}); }).message,
              HasSubstr("pair 1: a flow of"));
}

TEST_F(AlignStage, AFlowThatDoesNotHelpIsSaidSo) {
  auto job = Job({1});
  job.dense = true;
  for (const auto& pair : After("dense", job).pairs) {
    EXPECT_FALSE(pair.flow);
    EXPECT_THAT(pair.flow_reason, HasSubstr("the flow "));
    EXPECT_EQ(pair.residual, pair.residual_without_flow);
  }
}

TEST_F(AlignStage, TheTargetOfEveryPairIsShownAndChecked) {
  auto job = Job({1, 3});
  job.held_out = {5};
  After("align", job);
  TrainJob train;
  train.recovery = Recovery::kChroma;
  train.source = job.source;
  train.reference = job.reference;
  train.network = NetworkKind::kClosedForm;
  train.alignment = StageInput{{}, "align"};
  ASSERT_EQ(Run("train", train, {{"alignment", Document("align")}}).outcome, EngineOutcome::kSucceeded);
  EXPECT_THAT(shot_.events.All<LocalArtifact>(), Contains(Field(&LocalArtifact::kind, "target_sheet")).Times(3));
  const auto named = [](const char* name, int frame, const char* scope) {
    return AllOf(Field(&Measure::name, name), Field(&Measure::subject, "target"), Field(&Measure::scope, scope),
                 Field(&Measure::frame, frame));
  };
  const auto measures = shot_.events.All<Measure>();
  for (const int frame : {1, 3, 5}) {
    const char* scope = frame == 5 ? "validation" : "training";
    EXPECT_THAT(measures, Contains(AllOf(named("held_plane_difference", frame, scope), Field(&Measure::value, 0.0))));
    EXPECT_THAT(measures, Contains(AllOf(named("learned_plane_difference", frame, scope), Field(&Measure::value, testing::Gt(.005)))));
    EXPECT_THAT(measures, Contains(named("beyond_range_share", frame, scope)));
  }
}

// The reference's pixels through a transform of its own frame.
image::Image Turned(const image::Image& picture, const Transform& transform) {
  return alignment::Resample(picture, transform, picture.size(), alignment::ResampleFilter::kBicubic).picture;
}

TEST_F(AlignStage, AReferenceThatIsTurnedOverIsSaidSoOfEachPair) {
  const auto picture = Clean(1);
  WriteFrame(shot_.folder / "turned", "f.%04d.png", 1, Turned(picture, Transform({-1, 0, 191, 0, -1, 143, 0, 0, 1})));
  WriteFrame(shot_.folder / "turned", "f.%04d.png", 2, Turned(Clean(2), Transform({-1, 0, 191, 0, 1, 0, 0, 0, 1})));
  auto job = Job({1, 2});
  job.reference = FrameSource{shot_.folder / "turned/f.%04d.png", "1-2", ""};
  EXPECT_THAT(Refusal(job), AllOf(HasSubstr("frame 1: the reference is upside down (turned by 180 degrees); turn it"),
                                  HasSubstr("frame 2: the reference is mirrored left to right; flip it")));
}

TEST_F(AlignStage, BlackFramesAreLeftOutAndBlackElementsRefused) {
  const image::Image black(kReference, {"R", "G", "B"}, "");
  Write(3, black);
  const auto alignment = After("align", Job({1, 3}));
  EXPECT_EQ(alignment.pairs[1].verdict, "unusable");
  EXPECT_THAT(alignment.pairs[1].reason, HasSubstr("the reference is black"));
  EXPECT_EQ(alignment.pairs[0].verdict, "good");
  EXPECT_THAT(shot_.Warnings(), Contains(HasSubstr("frame 3 on 3 is unusable")));
  Write(1, black);
  EXPECT_THAT(Refusal(Job({1, 3})), AllOf(HasSubstr("no pair can be aligned"), HasSubstr("frame 1: the reference is black"),
                                          HasSubstr("frame 3: the reference is black")));
}

// Letters as wide as they are high, in the picture's lower part.
image::Image Lettered(image::Image picture) {
  for (int y = 196; y < 204; ++y) {
    for (int x = 40; x < 120; ++x) {
      for (int c = 0; c < 3; ++c) {
        picture.plane(c)[static_cast<std::size_t>(y) * picture.width_px() + x] = (x / 4 + y / 4) % 2 == 0 ? 0.9F : 0.1F;
      }
    }
  }
  return picture;
}

TEST(LetteringOn, IsWhatTheReferenceShowsAndItsSourceDoesNot) {
  const auto picture = simulation::DrawDemoScene({320, 216}, 0, 2);
  AlignedPair pair;
  pair.transform = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  const auto found = LetteringOn(picture, Lettered(picture), pair);
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const PictureArea& area) {
    return area.x_px <= 44 && area.x_px + area.width_px >= 116 && area.y_px <= 198 && area.y_px + area.height_px >= 202;
  }));
  EXPECT_TRUE(LetteringOn(Lettered(picture), Lettered(picture), pair).empty()) << "it belongs to the film";
}

TEST(LetteringShare, IsWhatLinesOfTheReferenceAloneCover) {
  const auto picture = simulation::DrawDemoScene({320, 216}, 0, 2);
  const auto as_it_is = RoughTransform(1, 1, picture.size(), picture.size(), {}, {});
  EXPECT_GT(LetteringShare(picture, Lettered(picture), as_it_is), .005);
  EXPECT_EQ(LetteringShare(picture, picture, as_it_is), 0);
  EXPECT_EQ(LetteringShare(Lettered(picture), Lettered(picture), as_it_is), 0);
}

TEST(RoughTransform, IsTheMapsUntilAnAlignmentKnowsBetter) {
  constexpr image::Size kSmall{256, 192};
  const auto truth = Transform::ScaleAndShift(320.0 / 246.0, 216.0 / 184.0, -6.4, -4.7);
  FrameMap map;
  MappedSpan span;
  span.source_first = span.source_last = 1;
  // The truth in cells of 64x48, a quarter of a cell off.
  span.geometry = {256 / 246.0, 0, -.02 * 64 + .25, 0, 192 / 184.0, -.022 * 48};
  map.spans = {span};
  const auto rough = RoughTransform(1, 1, kSmall, {320, 216}, map, {});
  EXPECT_LT(DifferenceOver(rough, truth, {0, 0, kSmall}).rms_px, 3.0);
  Alignment earlier;
  AlignedPair pair;
  pair.source_frame = pair.reference_frame = 1;
  pair.status = "solved";
  pair.transform = {truth.matrix().begin(), truth.matrix().end()};
  earlier.pairs = {pair};
  EXPECT_EQ(RoughTransform(1, 1, kSmall, {320, 216}, map, earlier).matrix(), truth.matrix());
}

}  // namespace
}  // namespace interneg::jobs
