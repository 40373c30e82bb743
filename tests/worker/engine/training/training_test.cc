#include "worker/engine/training/training.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/worker/engine/training/drawn_problem.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/image_tensor_torch.h"
#include "worker/engine/model/model.h"
#include "worker/engine/model/softness_torch.h"
#include "worker/engine/model/stored_model.h"

namespace interneg::training {
namespace {

using ::testing::HasSubstr;

const std::atomic<bool> kNever = false;

double Psnr(const model::Model& model, const dataset::Pair& pair) {
  const auto target = dataset::BuildTarget(pair, dataset::Recovery::kChroma, image::YCbCrMatrix::kBt709);
  const image::Image out = model.Recover(pair.source);
  double error = 0;
  for (int c = 0; c < 2; ++c) {
    for (std::size_t i = 0; i < out.pixel_count(); ++i) {
      error += std::pow(double{out.plane(c)[i]} - target.truth.plane(c + 1)[i], 2);
    }
  }
  return -10 * std::log10(error / static_cast<double>(2 * out.pixel_count()));
}

TEST(Training, BeatsTheClosedFormWhereColourAloneCannotTell) {
  const TrainingData data = DrawProblem(FadeKind::kByPlaceAndTexture);
  const Folder folder;
  const TrainingResult result = Train(SmallOptions(folder.path(), 120), data, {}, kNever);
  ASSERT_TRUE(result.validation.has_value());
  EXPECT_GT(result.validation->model_db, result.validation->closed_form_db + 2.0);
  const model::Model model = model::LoadModel(result.model, {}, model::Precision::kFloat32);
  const auto baseline = model.Baseline();
  for (const auto& pair : data.held_out) EXPECT_GT(Psnr(model, pair), Psnr(*baseline, pair) + 2.0);
}

TEST(Training, NeverEndsBelowTheClosedFormHoweverBadTheSteps) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 6);
  options.learning_rate = 3.0;  // ruins any network
  const TrainingResult result = Train(options, data, {}, kNever);
  EXPECT_GE(result.validation->model_db, result.validation->closed_form_db);
  const model::Model model = model::LoadModel(result.model, {}, model::Precision::kFloat32);
  double model_sum = 0, baseline_sum = 0;
  for (const auto& pair : data.held_out) {
    model_sum += Psnr(model, pair);
    baseline_sum += Psnr(*model.Baseline(), pair);
  }
  EXPECT_GE(model_sum, baseline_sum - 1e-4);
}

image::Image WithSoftChroma(const image::Image& rgb, const model::Softness& softness) {
  const at::Tensor sharp = model::ToTensor(image::RgbToYCbCr(rgb, image::YCbCrMatrix::kBt709));
  const at::Tensor soft = at::cat({sharp.narrow(1, 0, 1), model::Softened(sharp.narrow(1, 1, 2), softness)}, 1);
  return image::YCbCrToRgb(model::ToImage(soft, {"Y", "Cb", "Cr"}, rgb.color_space()), image::YCbCrMatrix::kBt709);
}

// A coded reference is told the better the more of its coder's ways are learnt, on held-out frames too.
TEST(Training, OfSoftReferencesKeepsToTheFirstGuessThatItHardlyBetters) {
  TrainingData data = DrawProblem(FadeKind::kOfDyes);
  for (auto* pairs : {&data.pairs, &data.held_out}) {
    for (dataset::Pair& pair : *pairs) pair.reference = WithSoftChroma(pair.reference, {1, 1});
  }
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 4);
  options.softness = model::Softness{1, 1};
  const TrainingResult result = Train(options, data, {}, kNever);
  EXPECT_EQ(result.shares, (model::Shares{1, 0}));
  EXPECT_GT(result.validation->model_db, result.validation->closed_form_db) << "the first guess, not the floor";
  const model::Model model = model::LoadModel(result.model, {}, model::Precision::kFloat32);
  for (const auto& pair : data.held_out) EXPECT_GT(Psnr(model, pair), Psnr(*model.Baseline(), pair));
}

// Dyes are told by light, which code values of a log encoding are no power of.
TEST(Training, OfLogPicturesLooksForNoDyes) {
  TrainingData data = DrawProblem(FadeKind::kOfDyes);
  for (auto* pairs : {&data.pairs, &data.held_out}) {
    for (dataset::Pair& pair : *pairs) {
      for (image::Image* picture : {&pair.source, &pair.reference}) {
        *picture = model::ToImage(model::ToTensor(*picture), {"R", "G", "B"}, image::kTrainingLog);
      }
    }
  }
  const Folder folder;
  const TrainingResult result = Train(SmallOptions(folder.path(), 1), data, {}, kNever);
  const auto bytes = model::ReadFileBytes(result.model);
  const auto stored = model::ReadStoredModel(model::ParseSafetensors(bytes));
  EXPECT_TRUE(std::holds_alternative<model::PolynomialMap>(stored.fits.first_guess));
}

TEST(Training, LossesThatAreNotFiniteAreSkippedAndThenEndIt) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 50);
  options.learning_rate = 1e38;
  options.max_skipped_steps = 3;
  std::vector<std::string> notices;
  TrainingCallbacks callbacks;
  callbacks.notice = [&](const Notice& notice) {
    if (notice.step > 0) notices.push_back(notice.text);
  };
  EXPECT_THROW(Train(options, data, callbacks, kNever), TrainingDiverged);
  EXPECT_EQ(notices.size(), 3U);
  EXPECT_THAT(notices.front(), HasSubstr("skipped"));
}

TEST(Training, AdjustmentsTakeEffectBetweenStepsAndAreReported) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  std::int64_t step = 0;
  std::vector<AdjustmentApplied> applied;
  std::vector<double> rates;
  std::vector<std::int64_t> saved;
  bool sent = false;
  TrainingCallbacks callbacks;
  callbacks.loss = [&](const LossPoint& point) {
    step = point.step;
    rates.push_back(point.learning_rate);
  };
  callbacks.next_adjustment = [&]() -> std::optional<Adjustment> {
    if (step < 3 || sent) return std::nullopt;
    sent = true;
    Adjustment adjustment;
    adjustment.steps = 6;
    adjustment.learning_rate = 1e-6;
    adjustment.checkpoint_interval = 2;
    return adjustment;
  };
  callbacks.adjusted = [&](const AdjustmentApplied& a) { applied.push_back(a); };
  callbacks.checkpoint = [&](const CheckpointReady& c) { saved.push_back(c.step); };
  const TrainingResult result = Train(SmallOptions(folder.path(), 40), data, callbacks, kNever);
  ASSERT_EQ(applied.size(), 1U);
  EXPECT_EQ(applied[0].step, 3);
  EXPECT_EQ(result.steps, 6);
  EXPECT_EQ(result.steps_done, 6);
  EXPECT_GT(rates[2], 1e-5);
  EXPECT_LT(rates[3], 2e-6);
  EXPECT_THAT(saved, ::testing::Contains(4));
}

TEST(Training, AStopWritesACheckpointAndReturnsPreempted) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  const std::atomic<bool> at_once = true;
  const TrainingResult result = Train(SmallOptions(folder.path(), 40), data, {}, at_once);
  EXPECT_EQ(result.outcome, Outcome::kPreempted);
  EXPECT_EQ(result.steps_done, 0);
  EXPECT_TRUE(std::filesystem::exists(result.checkpoint));
  EXPECT_TRUE(result.model.empty());
  const TrainingResult resumed = Train(SmallOptions(folder.path(), 0), data, {}, at_once, result.checkpoint);
  EXPECT_EQ(resumed.steps, 40);
}

// Every look at this clock costs a tenth of a second, so a step, which is looked at before and after, costs that too.
TEST(Training, ATimeLimitFixesTheNumberOfSteps) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const auto steps_for = [&](double seconds) {
    const Folder folder;
    TrainingOptions options = SmallOptions(folder.path(), 0);
    options.time_limit = std::chrono::duration<double>(seconds);
    double now = 0;
    const Clock clock = [&] { return std::chrono::duration<double>(now += 0.1); };
    const std::atomic<bool> at_once = true;
    return Train(options, data, {}, at_once, {}, clock).steps;
  };
  const auto shorter = steps_for(20), longer = steps_for(40);
  EXPECT_GT(shorter, 100);
  EXPECT_LT(shorter, 200);
  EXPECT_NEAR(static_cast<double>(longer - shorter), 20 / 0.1, 20);
  EXPECT_EQ(steps_for(20), shorter);
}

TEST(Training, CalibrationLeavesNoTrace) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder a, b;
  TrainingOptions options = SmallOptions(a.path(), 0);
  options.time_limit = std::chrono::seconds(20);
  double now = 0;
  const TrainingResult calibrated =
      Train(options, data, {}, std::atomic<bool>(true), {}, [&] { return std::chrono::duration<double>(now += 0.1); });
  options = SmallOptions(b.path(), calibrated.steps);
  const TrainingResult plain = Train(options, data, {}, std::atomic<bool>(true));
  const auto resume = [&](const Folder& folder, const TrainingResult& from) {
    std::vector<double> losses;
    std::atomic<bool> stop = false;
    TrainingCallbacks callbacks;
    callbacks.loss = [&](const LossPoint& point) {
      losses.push_back(point.loss);
      stop = losses.size() == 4;
    };
    Train(SmallOptions(folder.path(), 0), data, callbacks, stop, from.checkpoint);
    return losses;
  };
  EXPECT_EQ(resume(a, calibrated), resume(b, plain));
}

TEST(Training, ShowsContactSheetsAndAPreview) {
  TrainingData data = DrawProblem(FadeKind::kByColour);
  data.preview = PreviewSource{25, data.held_out[1].source};
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 4);
  options.contact_sheet_interval = 2;
  std::vector<ContactSheet> sheets;
  std::vector<PreviewFrame> previews;
  TrainingCallbacks callbacks;
  callbacks.contact_sheet = [&](const ContactSheet& sheet) { sheets.push_back(sheet); };
  callbacks.preview = [&](const PreviewFrame& preview) { previews.push_back(preview); };
  Train(options, data, callbacks, kNever);
  ASSERT_EQ(sheets.size(), 2U);
  EXPECT_EQ(sheets[0].step, 2);
  ASSERT_EQ(sheets[0].rows.size(), 2U);
  EXPECT_EQ(sheets[0].rows[0].truth.size(), (image::Size{64, 64}));
  EXPECT_EQ(sheets[0].rows[0].input.channels(), (std::vector<std::string>{"R", "G", "B"}));
  ASSERT_EQ(previews.size(), 2U);
  EXPECT_EQ(previews[0].frame, 25);
  EXPECT_EQ(previews[0].output.size(), data.preview->source.size());
}

TEST(Training, TheClosedFormIsAModelToo) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 0);
  options.network = model::DescribeNetwork(model::NetworkKind::kClosedForm, model::NetworkSize::kMedium,
                                           model::FreePlanes::kChroma, image::YCbCrMatrix::kBt709);
  const TrainingResult result = Train(options, data, {}, kNever);
  EXPECT_EQ(result.validation->model_db, result.validation->closed_form_db);
  EXPECT_GT(result.validation->closed_form_db, result.validation->untouched_db + 3.0);
  EXPECT_NO_THROW(model::LoadModel(result.model, {}, model::Precision::kFloat32));
}

// A reference has places that say nothing: a subtitle, a border, what lies beyond its edge.
TEST(Training, WhereTheReferenceIsNotTrustedNothingIsLearnedOrJudged) {
  const TrainingData clean = DrawProblem(FadeKind::kByColour);
  const auto result_of = [](const TrainingData& data) {
    const Folder folder;
    TrainingOptions options = SmallOptions(folder.path(), 0);
    options.network = model::DescribeNetwork(model::NetworkKind::kClosedForm, model::NetworkSize::kMedium,
                                             model::FreePlanes::kChroma, image::YCbCrMatrix::kBt709);
    return *Train(options, data, {}, kNever).validation;
  };
  TrainingData masked = clean;
  for (auto* pairs : {&masked.pairs, &masked.held_out}) {
    for (auto& pair : *pairs) {
      pair.confidence = image::Image(pair.source.size(), {"confidence"}, "");
      for (int y = 0; y < pair.source.height_px(); ++y) {
        for (int x = 0; x < pair.source.width_px(); ++x) {
          const auto i = static_cast<std::size_t>(y) * pair.source.width_px() + x;
          const bool trusted = x >= 24;
          pair.confidence->values()[i] = trusted ? 1.0F : 0.0F;
          if (!trusted) pair.reference.plane(0)[i] = 1.0F - pair.reference.plane(0)[i];
        }
      }
    }
  }
  TrainingData misled = masked;
  for (auto* pairs : {&misled.pairs, &misled.held_out}) {
    for (auto& pair : *pairs) pair.confidence.reset();
  }
  const double good = result_of(clean).model_db;
  EXPECT_GT(result_of(masked).model_db, good - 1.5);
  EXPECT_LT(result_of(misled).model_db, good - 3.0);
}

TEST(Training, AUNetRecoversLumaDetail) {
  TrainingData data = DrawProblem(FadeKind::kByColour);
  for (auto* pairs : {&data.pairs, &data.held_out}) {
    for (auto& pair : *pairs) {
      // The source is a blurred reference.
      pair.source = pair.reference;
      const int w = pair.source.width_px();
      for (int c = 0; c < 3; ++c) {
        const auto from = pair.reference.plane(c);
        auto to = pair.source.plane(c);
        for (std::size_t i = w; i + w + 1 < to.size(); ++i) {
          to[i] = 0.76F * from[i] + 0.06F * (from[i - 1] + from[i + 1] + from[i - w] + from[i + w]);
        }
      }
    }
  }
  for (const auto kind : {model::NetworkKind::kUNet, model::NetworkKind::kNafnet}) {
    const Folder folder;
    TrainingOptions options = SmallOptions(folder.path(), 60);
    options.recovery = dataset::Recovery::kSpatial;
    options.network =
        model::DescribeNetwork(kind, model::NetworkSize::kSmall, model::FreePlanes::kLuma, image::YCbCrMatrix::kBt709);
    options.network.width = 8;
    options.network.levels = 1;
    options.learning_rate = 2e-3;
    const TrainingResult result = Train(options, data, {}, kNever);
    EXPECT_GT(result.validation->model_db, result.validation->untouched_db + 2.0) << model::NameOf(kind);
    EXPECT_TRUE(std::isnan(result.validation->closed_form_db));
  }
}

TEST(Training, OptionsThatCannotWorkAreRefusedBeforeItStarts) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  const auto refused = [&](auto&& change) {
    TrainingOptions options = SmallOptions(folder.path() / "untouched", 4);
    change(options);
    EXPECT_THROW(Train(options, data, {}, kNever), std::invalid_argument);
  };
  refused([](TrainingOptions& o) { o.steps = 0; });
  refused([](TrainingOptions& o) { o.steps = -1; });
  refused([](TrainingOptions& o) { o.batch = 0; });
  refused([](TrainingOptions& o) { o.patch_px = 8; });
  refused([](TrainingOptions& o) { o.learning_rate = NAN; });
  refused([](TrainingOptions& o) { o.softness = model::Softness{-1, 0}; });
  refused([](TrainingOptions& o) { o.tolerance_px = 2; });
  refused([](TrainingOptions& o) { o.recovery = dataset::Recovery::kSpatial; });
  TrainingData one = data;
  one.pairs.resize(1);
  EXPECT_THROW(Train(SmallOptions(folder.path() / "untouched", 4), one, {}, kNever), std::invalid_argument);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "untouched"));
}

TEST(Training, LastCheckpointIsWrittenAndAnnouncedOnce) {
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 4);
  options.checkpoint_interval = 2;
  std::vector<std::int64_t> steps;
  TrainingCallbacks callbacks;
  callbacks.checkpoint = [&](const CheckpointReady& ready) { steps.push_back(ready.step); };
  const std::atomic<bool> stop = false;
  Train(options, DrawProblem(FadeKind::kByColour), callbacks, stop);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{2, 4}));
}

TEST(Training, EachKeptCheckpointAndTheLastAreValidated) {
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 7);
  options.patch_px = 32;
  options.checkpoint_interval = 3;
  options.validation_interval = 2;
  std::map<std::int64_t, double> validated;
  std::vector<CheckpointReady> saved;
  TrainingCallbacks callbacks;
  callbacks.validation = [&](const ValidationPoint& point) { validated.emplace(point.step, point.model_db); };
  callbacks.checkpoint = [&](const CheckpointReady& ready) { saved.push_back(ready); };
  Train(options, DrawProblem(FadeKind::kByPlaceAndTexture), callbacks, kNever);
  ASSERT_EQ(saved.size(), 3U);
  for (const CheckpointReady& ready : saved) {
    ASSERT_TRUE(validated.contains(ready.step)) << ready.step;
    EXPECT_EQ(ready.model_db, validated.at(ready.step)) << ready.step;
    std::int64_t best_step = 0;  // the first of equals
    for (const auto& [step, db] : validated) {
      if (step <= ready.step && db > validated.at(best_step)) best_step = step;
    }
    EXPECT_EQ(ready.best, ready.step == best_step) << ready.step;
  }
}

// Nothing may be written beyond so many bytes of a file, as on a disk that is full.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) : ignored_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FileLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, ignored_);
  }

 private:
  void (*ignored_)(int);
  rlimit before_{};
};

TEST(Training, ACheckpointThatCannotBeWrittenLeavesThePreviousOneToGoOnWith) {
  const TrainingData data = DrawProblem(FadeKind::kByColour);
  const Folder folder;
  TrainingOptions options = SmallOptions(folder.path(), 6);
  options.patch_px = 32;
  options.checkpoint_interval = 2;
  std::optional<FileLimit> limit;
  std::filesystem::path whole;
  TrainingCallbacks callbacks;
  callbacks.checkpoint = [&](const CheckpointReady& ready) {
    whole = ready.path;
    limit.emplace(50'000);
  };
  std::string said;
  try {
    Train(options, data, callbacks, kNever);
    ADD_FAILURE() << "written";
  } catch (const std::system_error& error) {
    said = error.what();
  }
  limit.reset();
  EXPECT_THAT(said, HasSubstr("step-00000004.safetensors"));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.path(), whole) << "nothing half-written stays, and nothing whole goes";
  }
  const TrainingResult resumed = Train(options, data, {}, kNever, whole);
  EXPECT_EQ(resumed.outcome, Outcome::kFinished);
  EXPECT_EQ(resumed.steps_done, 6);
}

}  // namespace
}  // namespace interneg::training
