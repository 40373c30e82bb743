// A training that begins with another's weights: what it takes over, what it records, and what it refuses.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/training/drawn_problem.h"
#include "worker/engine/model/safetensors.h"
#include "worker/engine/training/ancestry.h"
#include "worker/engine/training/checkpoint_torch.h"

namespace interneg::training {
namespace {

using ::testing::HasSubstr;

const std::string kFirst(64, 'a'), kSecond(64, 'b');

TrainingOptions Tiny(const std::filesystem::path& folder, std::int64_t steps) {
  TrainingOptions options = SmallOptions(folder, steps);
  options.patch_px = 32;
  options.learning_rate = 1e-3;
  return options;
}

TrainingResult TrainUntil(const TrainingOptions& options, const TrainingData& data, std::int64_t stop_after,
                          const std::optional<std::filesystem::path>& resume_from = {}) {
  std::atomic<bool> stop = stop_after == 0;
  TrainingCallbacks callbacks;
  callbacks.loss = [&](const LossPoint& point) { stop = point.step == stop_after; };
  return Train(options, data, callbacks, stop, resume_from);
}

constexpr std::int64_t kToTheEnd = -1;

// The training that all tests begin with, in a folder that stays until the last of them.
struct Earlier {
  Folder folder;
  TrainingData data = DrawProblem(FadeKind::kByPlaceAndTexture);
  TrainingResult result = TrainUntil(Tiny(folder.path(), 6), data, kToTheEnd);
};

class FineTuning : public testing::Test {
 protected:
  static void SetUpTestSuite() { shared_ = std::make_unique<Earlier>(); }
  static void TearDownTestSuite() { shared_.reset(); }
  FineTuning() : data_(shared_->data), earlier_(shared_->result) {}
  TrainingOptions From(const std::filesystem::path& file, const std::string& sha256) const {
    TrainingOptions options = Tiny(second_.path() / "training", 6);
    options.initial_weights = InitialWeights{file, sha256};
    return options;
  }
  std::string Refusal(const TrainingOptions& options, const TrainingData& data) const {
    try {
      TrainUntil(options, data, 0);
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), HasSubstr(options.initial_weights->file.string()));
      EXPECT_FALSE(std::filesystem::exists(options.folder)) << "before anything starts";
      return error.what();
    }
    ADD_FAILURE() << "not refused";
    return "";
  }

  static std::unique_ptr<Earlier> shared_;
  Folder first_, second_;
  TrainingData data_;
  TrainingResult earlier_;
};

std::unique_ptr<Earlier> FineTuning::shared_;

TEST_F(FineTuning, BeginsWithTheModelsWeightsAndItsOwnFirstGuess) {
  data_.pairs.pop_back();
  const Checkpoint begun = ReadCheckpoint(TrainUntil(From(earlier_.model, kFirst), data_, 0).checkpoint);
  const auto bytes = model::ReadFileBytes(earlier_.model);
  const auto earlier = model::ReadModel(model::ParseSafetensors(bytes), {}, model::Precision::kFloat32);
  std::vector<at::Tensor> flat;
  for (const auto& parameter : earlier->network.Parameters()) flat.push_back(parameter.slot->reshape({-1}));
  const at::Tensor weights = at::cat(flat);
  EXPECT_TRUE(at::equal(begun.tensors.values, weights));
  EXPECT_TRUE(at::equal(begun.tensors.average, weights));
  EXPECT_TRUE(at::equal(begun.tensors.best, weights));
  EXPECT_EQ(begun.tensors.first_moment.abs().sum().item<double>(), 0.0);
  TrainingOptions fresh = Tiny(second_.path() / "fresh", 6);
  const Checkpoint own = ReadCheckpoint(TrainUntil(fresh, data_, 0).checkpoint);
  const auto weights_of = [](const model::ChromaFits& fits) {
    return std::get<model::PolynomialMap>(fits.first_guess).weights;
  };
  EXPECT_EQ(weights_of(begun.model->fits), weights_of(own.model->fits));
  EXPECT_NE(weights_of(begun.model->fits), weights_of(earlier->fits));
}

TEST_F(FineTuning, BeginsWithTheAverageOfACheckpoint) {
  const Checkpoint begun = ReadCheckpoint(TrainUntil(From(earlier_.checkpoint, kFirst), data_, 0).checkpoint);
  EXPECT_TRUE(at::equal(begun.tensors.values, ReadCheckpoint(earlier_.checkpoint).tensors.average));
}

TEST_F(FineTuning, ModelAndCheckpointsTellTheWholeChain) {
  const auto second = TrainUntil(From(earlier_.model, kFirst), data_, kToTheEnd);
  EXPECT_EQ(AncestryOf(ReadCheckpoint(second.checkpoint).model->metadata), (Ancestry{kFirst}));
  TrainingOptions options = From(second.model, kSecond);
  options.folder = first_.path() / "third";
  const auto third = TrainUntil(options, data_, kToTheEnd);
  for (const auto& file : {third.checkpoint, third.model}) {
    const auto bytes = model::ReadFileBytes(file);
    EXPECT_EQ(AncestryOf(model::ParseSafetensors(bytes).metadata), (Ancestry{kSecond, kFirst})) << file;
  }
}

TEST_F(FineTuning, LearnsGentlyWhereNoRateIsGiven) {
  TrainingOptions options = From(earlier_.model, kFirst);
  options.learning_rate = 0;
  EXPECT_NEAR(ReadCheckpoint(TrainUntil(options, data_, 0).checkpoint).state.learning_rate, 1e-3 / 3, 1e-9);
}

TEST_F(FineTuning, ResumesBitForBitWithoutTheFileItBeganWith) {
  const auto file = first_.path() / "earlier.safetensors";
  std::filesystem::copy_file(earlier_.model, file);
  const auto straight = TrainUntil(From(file, kFirst), data_, kToTheEnd);
  TrainingOptions options = From(file, kFirst);
  options.folder = first_.path() / "parts";
  const auto stopped = TrainUntil(options, data_, 3);
  std::filesystem::remove(file);
  const auto resumed = TrainUntil(options, data_, kToTheEnd, stopped.checkpoint);
  EXPECT_EQ(model::ReadFileBytes(resumed.model), model::ReadFileBytes(straight.model));
}

TEST_F(FineTuning, IsNotResumedFromATrainingThatBeganOtherwise) {
  const auto refused = [&](const TrainingOptions& options, const std::filesystem::path& checkpoint) {
    try {
      TrainUntil(options, data_, 0, checkpoint);
      ADD_FAILURE() << "resumed";
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), HasSubstr("initial weights"));
    }
  };
  const auto checkpoint = TrainUntil(From(earlier_.model, kFirst), data_, 2).checkpoint;
  refused(From(earlier_.model, kSecond), checkpoint);
  refused(Tiny(second_.path(), 6), checkpoint);
  refused(From(earlier_.model, kFirst), earlier_.checkpoint);
}

TEST_F(FineTuning, OfAnotherNetworkIsRefusedNamingWhatDiffers) {
  const auto refused = [&](const std::function<void(TrainingOptions&)>& change) {
    TrainingOptions options = From(earlier_.model, kFirst);
    change(options);
    return Refusal(options, data_);
  };
  const auto describe = [](model::NetworkKind kind, model::NetworkSize size, image::YCbCrMatrix matrix) {
    return model::DescribeNetwork(kind, size, model::FreePlanes::kChroma, matrix);
  };
  using image::YCbCrMatrix;
  using model::NetworkKind;
  using model::NetworkSize;
  EXPECT_THAT(
      refused([&](auto& o) { o.network = describe(NetworkKind::kUNet, NetworkSize::kSmall, YCbCrMatrix::kBt709); }),
      HasSubstr("network kind is grid, this training's is unet"));
  EXPECT_THAT(
      refused([&](auto& o) { o.network = describe(NetworkKind::kGrid, NetworkSize::kLarge, YCbCrMatrix::kBt709); }),
      HasSubstr("network size is small, this training's is large"));
  EXPECT_THAT(
      refused([&](auto& o) { o.network = describe(NetworkKind::kGrid, NetworkSize::kSmall, YCbCrMatrix::kBt601); }),
      HasSubstr("YCbCr matrix"));
  EXPECT_THAT(
      refused([&](auto& o) { o.network = describe(NetworkKind::kGrid, NetworkSize::kSmall, YCbCrMatrix::kBt709); }),
      HasSubstr("other layers"));
  EXPECT_THAT(refused([&](auto& o) {
                o.network = describe(NetworkKind::kClosedForm, NetworkSize::kSmall, YCbCrMatrix::kBt709);
              }),
              HasSubstr("closed_form"));
  EXPECT_THAT(refused([&](auto& o) {
                o.recovery = dataset::Recovery::kSpatial;
                o.network = model::DescribeNetwork(NetworkKind::kUNet, NetworkSize::kSmall, model::FreePlanes::kLuma,
                                                   YCbCrMatrix::kBt709);
              }),
              HasSubstr("network kind"));
  EXPECT_THAT(refused([](auto& o) { o.initial_weights->sha256 = "no hash"; }), HasSubstr("SHA-256"));
}

TEST_F(FineTuning, OfAClosedFormIsRefused) {
  TrainingOptions options = Tiny(first_.path() / "closed", 0);
  options.network = model::DescribeNetwork(model::NetworkKind::kClosedForm, model::NetworkSize::kSmall,
                                           model::FreePlanes::kChroma, image::YCbCrMatrix::kBt709);
  const auto fitted = TrainUntil(options, data_, 0);
  EXPECT_THAT(Refusal(From(fitted.model, kFirst), data_), HasSubstr("closed_form"));
}

TEST_F(FineTuning, OfAnotherTrainingDomainIsRefused) {
  TrainingData log = data_;
  for (auto* pairs : {&log.pairs, &log.held_out}) {
    for (auto& pair : *pairs) {
      for (image::Image* picture : {&pair.source, &pair.reference}) {
        image::Image other(picture->size(), {"R", "G", "B"}, image::kTrainingLog);
        std::ranges::copy(picture->values(), other.values().begin());
        *picture = std::move(other);
      }
    }
  }
  EXPECT_THAT(Refusal(From(earlier_.model, kFirst), log),
              HasSubstr("training domain is display, this training's is log"));
}

TEST_F(FineTuning, OfADamagedOrMissingFileIsRefused) {
  auto bytes = model::ReadFileBytes(earlier_.model);
  bytes.resize(bytes.size() - 4);
  const auto damaged = first_.path() / "short.safetensors";
  model::WriteFileAtomically(damaged, bytes);
  Refusal(From(damaged, kFirst), data_);
  EXPECT_THROW(TrainUntil(From(first_.path() / "none", kFirst), data_, 0), std::runtime_error);
}

TEST(AncestryText, IsReadBackAndRefusedWhereItIsNone) {
  const Ancestry chain = {kSecond, kFirst};
  EXPECT_EQ(AncestryOf({{kAncestry, ToJson(chain)}}), chain);
  EXPECT_TRUE(AncestryOf({}).empty());
  for (const char* text : {"", "{}", "[1]", "[\"A\"]", "[[", "\"x\""}) {
    EXPECT_THROW(AncestryOf({{kAncestry, text}}), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace interneg::training
