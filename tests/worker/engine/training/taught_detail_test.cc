#include "worker/engine/training/taught_detail.h"

#include <atomic>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/training/drawn_problem.h"
#include "worker/engine/model/model.h"

namespace interneg::training {
namespace {

const std::atomic<bool> kNever = false;

// The reference has the texture that the source has at a third of its strength.
TrainingData SoftProblem() {
  TrainingData data = DrawProblem(FadeKind::kByColour);
  for (auto* pairs : {&data.pairs, &data.held_out}) {
    for (auto& pair : *pairs) {
      pair.source = pair.reference;
      for (int c = 0; c < 3; ++c) {
        for (std::size_t i = 0; i < pair.source.pixel_count(); ++i) {
          const auto neighbour = i + 1 < pair.source.pixel_count() ? i + 1 : i - 1;
          const float mean = 0.5F * (pair.reference.plane(c)[i] + pair.reference.plane(c)[neighbour]);
          pair.source.plane(c)[i] = mean + (pair.reference.plane(c)[i] - mean) / 3;
        }
      }
    }
  }
  return data;
}

TrainingOptions SpatialOptions(const std::filesystem::path& folder, std::int64_t steps) {
  TrainingOptions options = SmallOptions(folder, steps);
  options.recovery = dataset::Recovery::kSpatial;
  options.network = model::DescribeNetwork(model::NetworkKind::kUNet, model::NetworkSize::kSmall,
                                           model::FreePlanes::kLuma, image::YCbCrMatrix::kBt709);
  options.network.width = 6;
  options.network.levels = 1;
  return options;
}

TEST(TaughtDetail, ASpatialModelTellsWhatDetailItsPairsTaught) {
  const Folder folder;
  const TrainingData data = SoftProblem();
  const auto result = Train(SpatialOptions(folder.path(), 4), data, {}, kNever);
  const auto model = model::LoadModel(result.model, {}, model::Precision::kFloat32);
  const auto support = model::DetailSupportOf(model.metadata());
  ASSERT_TRUE(support.has_value());
  std::vector<dataset::Target> targets;
  for (const auto& pair : data.pairs) {
    targets.push_back(dataset::BuildTarget(pair, dataset::Recovery::kSpatial, image::YCbCrMatrix::kBt709,
                                           dataset::LumaMatch::kLowFrequency));
  }
  EXPECT_EQ(*support, TaughtDetail(data.pairs, targets));
}

TEST(TaughtDetail, AChromaModelTellsNone) {
  const Folder folder;
  const auto result = Train(SmallOptions(folder.path(), 2), DrawProblem(FadeKind::kByColour), {}, kNever);
  const auto model = model::LoadModel(result.model, {}, model::Precision::kFloat32);
  EXPECT_FALSE(model::DetailSupportOf(model.metadata()).has_value());
}

TEST(SpatialTraining, TakesAllOfACorrectionOrNone) {
  const Folder folder;
  const auto result = Train(SpatialOptions(folder.path(), 30), SoftProblem(), {}, kNever);
  const double share = result.shares.correction;
  EXPECT_TRUE(share == 1.0 || share == 0.0) << share;
  EXPECT_GE(result.validation->model_db, result.validation->untouched_db);
}

TEST(SpatialTraining, MinimisesWhatItIsToldTo) {
  const auto first_loss = [](SpatialObjective objective) {
    const Folder folder;
    TrainingOptions options = SpatialOptions(folder.path(), 1);
    options.objective = objective;
    double loss = 0;
    TrainingCallbacks callbacks;
    callbacks.loss = [&](const LossPoint& point) { loss = point.loss; };
    Train(options, SoftProblem(), callbacks, kNever);
    return loss;
  };
  EXPECT_LT(first_loss(SpatialObjective::kPlainL1), first_loss(SpatialObjective::kDetail));
}

TEST(SpatialTraining, RefusesAGrainWeightThatIsNone) {
  const Folder folder;
  for (const double wrong : {-1.0, 1e9, std::nan("")}) {
    TrainingOptions options = SpatialOptions(folder.path(), 2);
    options.grain_weight = wrong;
    EXPECT_THAT([&] { Train(options, SoftProblem(), {}, kNever); },
                ::testing::ThrowsMessage<std::invalid_argument>(::testing::HasSubstr("grain weight")));
  }
}

}  // namespace
}  // namespace interneg::training
