// What is recorded for a device is done again on the CPU: the same values must come of it.
#include <atomic>
#include <string>

#include <gtest/gtest.h>

#include "tests/worker/engine/training/drawn_problem.h"
#include "worker/engine/training/checkpoint_torch.h"
#include "worker/engine/training/step_graph_torch.h"

namespace interneg::training {
namespace {

at::Tensor Learnt(TrainingOptions options, const std::string& folder) {
  const Folder own;
  options.folder = own.path() / folder;
  return ReadCheckpoint(
             Train(options, DrawProblem(FadeKind::kByPlaceAndTexture), {}, std::atomic<bool>(false)).checkpoint)
      .tensors.values;
}

void ExpectTheSame(TrainingOptions options) {
  const at::Tensor launched = Learnt(options, "launched");
  options.step_recording = StepRecording::kOn;
  const at::Tensor recorded = Learnt(options, "recorded");
  EXPECT_LT((launched - recorded).abs().max().item<double>(), 1e-4);
}

TEST(RecordedStep, LearnsWhatIsLearntOneOperationAtATime) {
  ExpectTheSame(SmallOptions({}, 12));
  TrainingOptions spatial = SmallOptions({}, 12);
  spatial.recovery = dataset::Recovery::kSpatial;
  spatial.network = model::DescribeNetwork(model::NetworkKind::kUNet, model::NetworkSize::kSmall,
                                           model::FreePlanes::kLuma, image::YCbCrMatrix::kBt709);
  ExpectTheSame(spatial);
}

TEST(RecordedStep, ReducedPicturesAreLeftOut) {
  TrainingOptions options = SmallOptions({}, 12);
  options.multi_resolution = MultiResolution::kHalfFirst;
  ExpectTheSame(options);
}

TEST(RecordedStep, KnowsTheShapeItWasRecordedWith) {
  const at::Tensor planes = at::rand({2, 3, 8, 8}), weight = at::rand({2, 1, 8, 8}), places = at::zeros({2, 4});
  RecordedStep step({planes, planes, {}, places}, [](const RecordedStep::Batch& batch) {
    return RecordedStep::Outcome{batch.input + batch.truth, batch.input.sum()};
  });
  EXPECT_TRUE(step.Fits({planes + 1, planes, {}, places}));
  EXPECT_FALSE(step.Fits({planes, planes, weight, places}));
  EXPECT_FALSE(step.Fits({planes.narrow(0, 0, 1), planes, {}, places}));
  const auto outcome = step.Run({planes + 1, planes, {}, places});
  EXPECT_TRUE(outcome.output.equal(planes + 1 + planes));
  EXPECT_TRUE(outcome.loss.equal((planes + 1).sum()));
}

TEST(StepGraph, NothingIsRecordedOnACpu) {
  EXPECT_FALSE(StepGraph::CanRecord(at::Device(at::kCPU)));
  int done = 0;
  StepGraph graph(at::Device(at::kCPU), [&] { ++done; });
  graph.Repeat();
  EXPECT_EQ(done, 2);
}

}  // namespace
}  // namespace interneg::training
