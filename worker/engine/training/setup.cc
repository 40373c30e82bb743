#include <algorithm>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/dye_fit.h"
#include "worker/engine/model/freed_memory.h"
#include "worker/engine/model/image_tensor_torch.h"
#include "worker/engine/model/polynomial_fit.h"
#include "worker/engine/training/first_guess_choice_torch.h"
#include "worker/engine/training/least_squares_start_torch.h"
#include "worker/engine/training/losses_torch.h"
#include "worker/engine/training/lut_training.h"
#include "worker/engine/training/reference_softness_torch.h"
#include "worker/engine/training/resume.h"
#include "worker/engine/training/schedule.h"
#include "worker/engine/training/taught_detail.h"
#include "worker/engine/training/trainer_torch.h"
#include "worker/engine/training/unseen_places_torch.h"

namespace interneg::training {
namespace {

model::Window WholeFrame(image::Size size) {
  return {0, 0, size, size};
}

// At the rate that fresh weights need the first steps lose what was learnt before (docs/decisions/0025).
double LearningRateOf(const TrainingOptions& options) {
  if (options.learning_rate > 0) return options.learning_rate;
  const double own = options.network.kind == model::NetworkKind::kGrid ? 1e-3 : 5e-4;
  const double fresh = options.usual_learning_rate > 0 ? options.usual_learning_rate : own;
  return options.initial_weights ? fresh / 3 : fresh;
}

std::vector<int> FramesOf(const std::vector<dataset::Pair>& pairs) {
  std::vector<int> frames;
  for (const auto& pair : pairs) frames.push_back(pair.frame);
  return frames;
}

}  // namespace

Trainer::Trainer(const TrainingOptions& options, const TrainingData& data, const TrainingCallbacks& callbacks,
                 const std::atomic<bool>& stop, const Clock& clock)
    : options_(options),
      data_(data),
      callbacks_(callbacks),
      stop_(stop),
      clock_(clock),
      began_(clock()),
      model_{options.network,
             TrainedFrom(options),
             {},
             model::Network(options.network, options.seed),
             {},
             model::ResolvePrecision(options.precision, options.device),
             model::ToTorch(options.device)} {
  records_steps_ = options.step_recording == StepRecording::kOn;
  model_.metadata["interneg.job"] = options.job_json;
  model_.metadata[kDomain] = data.pairs.front().source.color_space();
}

std::vector<KnownFrame> Trainer::Known(const std::vector<dataset::Pair>& pairs) const {
  std::vector<KnownFrame> out;
  const model::PlaneRange free = model::FreeAmongYCbCr(options_.network);
  for (const dataset::Pair& pair : pairs) {
    const auto target = dataset::BuildTarget(pair, options_.recovery, options_.network.matrix, options_.luma_match);
    KnownFrame frame;
    frame.frame = pair.frame;
    frame.ycbcr = model::ToTensor(target.input);
    frame.truth = model::ToTensor(target.truth).narrow(1, free.first, free.count).contiguous();
    if (pair.confidence) frame.weight = model::ToTensor(*pair.confidence);
    frame.softness = state_.softness;
    frame.start = model::StartPlanes(model_, frame.ycbcr, WholeFrame(target.input.size()));
    frame.guess = model::PredictWithoutNetwork(model_, frame.ycbcr, WholeFrame(target.input.size()));
    frame.untouched_db = Psnr(frame.ycbcr.narrow(1, free.first, free.count), frame);
    frame.start_db = Psnr(frame.start, frame);
    frame.guess_db = Psnr(frame.guess, frame);
    out.push_back(std::move(frame));
  }
  return out;
}

// Targets go as they are taken over: nine of them at 2K are more than half a gigabyte.
std::unique_ptr<dataset::PairStore> Trainer::MakeStore(std::vector<dataset::Target> targets) const {
  const bool weighted = std::any_of(data_.pairs.begin(), data_.pairs.end(),
                                    [](const dataset::Pair& pair) { return pair.confidence.has_value(); });
  const auto planes_of = [&](int index) {
    const auto i = static_cast<std::size_t>(index);
    const dataset::Target target = std::move(targets[i]);
    return PlanesOf(target, data_.pairs[i].confidence, weighted);
  };
  return std::make_unique<dataset::PairStore>(static_cast<int>(targets.size()), planes_of, model_.device,
                                              dataset::StoreFormat::kAuto, options_.seed);
}

dataset::StoredPlanes Trainer::PlanesOf(const dataset::Target& target, const std::optional<image::Image>& confidence,
                                        bool weighted) const {
  const model::PlaneRange free = model::FreeAmongYCbCr(options_.network);
  const auto size = target.input.size();
  dataset::StoredPlanes stored;
  stored.input =
      model::NetworkInput(options_.network, model_.fits.first_guess, model::ToTensor(target.input), WholeFrame(size))
          .squeeze(0);
  stored.truth = model::ToTensor(target.truth).squeeze(0).narrow(0, free.first, free.count).contiguous();
  if (!weighted) return stored;
  stored.weight = confidence ? model::ToTensor(*confidence).squeeze(0) : at::ones({1, size.height_px, size.width_px});
  if (options_.network.free != model::FreePlanes::kChroma) return stored;
  const model::PlaneRange base = model::BasePlanes(options_.network);
  auto taught =
      WithUnseenPlaces({stored.truth, stored.weight}, stored.input.narrow(0, base.first, base.count), state_.softness);
  stored.truth = std::move(taught.truth);
  stored.weight = std::move(taught.weight);
  return stored;
}

// Against the closed form, which shows the colour as sharply as the source has it.
model::Softness Trainer::MeasuredSoftness(const std::vector<dataset::Target>& targets) const {
  std::vector<SharpAndSoft> tiles;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const dataset::Pair& pair = data_.pairs[i];
    const at::Tensor input = model::ToTensor(targets[i].input);
    SharpAndSoft frame;
    frame.luma = model::ToTensor(image::RgbToYCbCr(pair.reference, options_.network.matrix)).narrow(1, 0, 1);
    frame.sharp = model::StartPlanes(model_, input, WholeFrame(targets[i].input.size()));
    frame.soft = model::ToTensor(targets[i].truth).narrow(1, 1, 2);
    if (pair.confidence) frame.weight = model::ToTensor(*pair.confidence);
    for (SharpAndSoft& tile : DetailedTiles(frame)) tiles.push_back(std::move(tile));
  }
  const bool subsampled = options_.reference_chroma == ReferenceChroma::kSubsampled;
  const model::Softness softness = MeasureSoftness(tiles, subsampled ? kLeastGainSubsampled : kLeastGainUnknown);
  if (!softness.is_sharp()) {
    std::ostringstream text;
    text << std::setprecision(2) << "the reference's colour is softer than the source can show it, by a Gaussian of "
         << softness.x_px << " px across and " << softness.y_px << " px down: what is learnt is compared as softly";
    Say(text.str());
  }
  return softness;
}

void Trainer::FitFirstGuess(const std::vector<dataset::Target>& targets) {
  std::vector<model::FitFrame> frames;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto& confidence = data_.pairs[i].confidence;
    frames.push_back({&targets[i].input, &targets[i].truth, confidence ? &*confidence : nullptr});
  }
  model_.fits.closed_form = model::FitClosedForm(frames);  // what softness is measured against
  state_.softness = options_.softness ? *options_.softness : MeasuredSoftness(targets);
  auto fits = model::FitPolynomials(frames, state_.softness);
  model_.fits = {std::move(fits.closed_form), std::move(fits.first_guess)};
  if (data_.held_out.empty() || !model::Learns(options_.network.kind)) return;
  // Dyes are told by light, and code values of a log encoding are no power of that.
  if (data_.pairs.front().source.color_space() == image::kTrainingLog) return;
  auto choice =
      ChooseFirstGuess(std::get<model::PolynomialMap>(model_.fits.first_guess),
                       model::FitDyes(frames, state_.softness, options_.network.matrix), Known(data_.held_out));
  model_.fits.first_guess = std::move(choice.guess);
  if (!choice.remark.empty()) Say(choice.remark);
}

void Trainer::Prepare(const Checkpoint* resumed) {
  std::vector<dataset::Target> targets;
  for (const dataset::Pair& pair : data_.pairs) {
    targets.push_back(dataset::BuildTarget(pair, options_.recovery, options_.network.matrix, options_.luma_match));
    if (dataset::HeldPlaneDifference(targets.back(), options_.recovery) > 0.0) {
      throw std::logic_error("the target of frame " + std::to_string(pair.frame) + " changes a held plane");
    }
    model::ReleaseFreedMemory();
  }
  const bool chroma = options_.network.free == model::FreePlanes::kChroma;
  if (!chroma && Leads()) model_.metadata[model::kDetailSupportKey] = TaughtDetail(data_.pairs, targets).ToJson();
  if (options_.network.kind == model::NetworkKind::kLut)
    model_.lut = TrainedLut(data_.pairs, targets, options_.network);
  if (resumed != nullptr) {
    model_.fits = resumed->model->fits;
    state_.softness = resumed->state.softness;
  } else if (chroma && Leads()) {
    FitFirstGuess(targets);
  }
  if (group_) TakeLeadersFirstGuess();
  if (options_.memory_bytes > 0) {
    tile_px_ = model::TileFor(options_.network, data_.pairs.front().source.size(), options_.memory_bytes);
    if (tile_px_ != 0) Say("whole frames are computed in tiles of " + std::to_string(tile_px_) + " px");
  }
  if (data_.held_out.empty()) Say("no held-out pairs: the training pairs choose the model");
  model::ReleaseFreedMemory();
  known_ = Known(data_.held_out.empty() ? data_.pairs : data_.held_out);
  if (!model::Learns(options_.network.kind)) return;
  store_ = MakeStore(std::move(targets));
  if (options_.patch_sampling == PatchSampling::kByDifficulty) {
    difficulty_ = std::make_unique<dataset::DifficultyMap>(static_cast<int>(data_.pairs.size()),
                                                           data_.pairs.front().source.size());
    for (std::size_t i = 0; i < data_.pairs.size(); ++i) {
      if (data_.pairs[i].confidence) difficulty_->Trust(static_cast<int>(i), *data_.pairs[i].confidence);
    }
  }
  if (Leads() && !resumed && !options_.initial_weights && !chroma && options_.objective == SpatialObjective::kDetail)
    StartByLeastSquares(model_.network, *store_, model::BasePlanes(options_.network), options_.augmentation.exposure);
  model::ReleaseFreedMemory();
  weights_ = std::make_unique<FlatWeights>(model_.network, model_.device);
  optimizer_ = std::make_unique<Optimizer>(weights_->values());
  best_ = weights_->values().clone();
}

void Trainer::Inherit(const Inherited& inherited) {
  model_.network = inherited.network;
  model_.metadata[kAncestry] = ToJson(inherited.ancestry);
  Say("begins with the weights of '" + options_.initial_weights->file.string() + "'");
  if (!inherited.remark.empty()) Say(inherited.remark);
}

void Trainer::Start() {
  state_.learning_rate = LearningRateOf(options_);
  state_.checkpoint_interval = options_.checkpoint_interval;
  state_.contact_sheet_interval = options_.contact_sheet_interval;
  state_.patch_px = std::min(options_.patch_px, std::max(store_->width_px(), store_->height_px()));
  state_.batch = options_.batch;
  state_.precision = model::NameOf(model_.precision);
  state_.pair_frames = FramesOf(data_.pairs);
  state_.steps = 1;
  state_.validation_interval = 1;
  if (group_) RequireAlike();
  const Seconds before = clock_();
  if (Leads()) Validate();
  score_cost_ = clock_() - before;
  if (options_.steps == 0) ReportProgress("calibrate");
  state_.steps = options_.steps > 0 ? options_.steps : CalibratedSteps();
  state_.full_from_step = FirstFullStep(options_.multi_resolution, state_.steps);
  state_.validation_interval =
      options_.validation_interval > 0 ? options_.validation_interval : std::max<std::int64_t>(1, state_.steps / 10);
}

void Trainer::RequireResumable(const Checkpoint& checkpoint) const {
  const auto unchecked = RequireSameTraining(checkpoint.model->description, checkpoint.model->metadata, options_);
  RequireSame(checkpoint.state.pair_frames == FramesOf(data_.pairs), "set of pairs");
  RequireSame(checkpoint.state.precision == model::NameOf(model_.precision), "precision");
  if (options_.group) RequireShares(checkpoint.state.batch, *options_.group);  // which memory may have shrunk
  if (!unchecked.empty()) Say(unchecked);
}

void Trainer::Resume(const Checkpoint& checkpoint) {
  state_ = checkpoint.state;
  if (!state_.full_from_step) state_.full_from_step = FirstFullStep(options_.multi_resolution, state_.steps);
  if (const Ancestry ancestry = AncestryOf(checkpoint.model->metadata); !ancestry.empty()) {
    model_.metadata[kAncestry] = ToJson(ancestry);
  }
  store_->Restore({dataset::Random::State(state_.random), state_.order, state_.drawn});
  const at::NoGradGuard no_gradients;
  weights_->values().copy_(checkpoint.tensors.values);
  optimizer_->first_moment.copy_(checkpoint.tensors.first_moment);
  optimizer_->second_moment.copy_(checkpoint.tensors.second_moment);
  optimizer_->average.copy_(checkpoint.tensors.average);
  optimizer_->updates = state_.updates;
  best_.copy_(checkpoint.tensors.best);
  const at::Tensor& difficulty = checkpoint.tensors.difficulty;
  if (difficulty_ && difficulty.defined()) {
    difficulty_->Restore({difficulty.data_ptr<float>(), static_cast<std::size_t>(difficulty.numel())});
  }
  if (group_) RequireAlike();
}

}  // namespace interneg::training
