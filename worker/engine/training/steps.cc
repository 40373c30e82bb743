#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <sstream>
#include <string>
#include <utility>

#include "worker/engine/training/losses_torch.h"
#include "worker/engine/training/patch_misses_torch.h"
#include "worker/engine/training/schedule.h"
#include "worker/engine/training/trainer_torch.h"

namespace interneg::training {
namespace {

model::Place ToPlace(const dataset::PatchPlace& place, int width_px, int height_px) {
  const double w = width_px, h = height_px;
  return {(2.0 * place.x_first + 1.0) / w - 1.0, 2.0 * place.x_step / w, (2.0 * place.y_first + 1.0) / h - 1.0,
          2.0 * place.y_step / h};
}

}  // namespace

at::Tensor Trainer::Loss(const Tried& tried) const {
  const auto& patches = tried.patches;
  // Half a sample is no displacement worth forgiving.
  const int tolerance_px = tried.reduction > 1 ? 0 : options_.tolerance_px;
  if (options_.network.free != model::FreePlanes::kChroma) {
    const SpatialLoss loss{options_.objective, options_.grain_weight, tolerance_px};
    return Evaluate(loss, tried.output, patches.truth, patches.weight);
  }
  const model::Softness softness{state_.softness.x_px / tried.reduction, state_.softness.y_px / tried.reduction};
  return Evaluate(ChromaLoss{softness, tolerance_px}, tried.output, patches.truth, patches.weight);
}

Trainer::Tried Trainer::ComputeGradients() {
  dataset::PatchChanges changes{options_.augmentation.scale, options_.augmentation.exposure,
                                options_.augmentation.horizontal_flip};
  if (options_.network.free == model::FreePlanes::kChroma) changes.exposure = 0.0;
  Tried tried;
  const bool guided = difficulty_ != nullptr && IsWarmedUp(state_.step, state_.steps);
  tried.reduction = Reduction();
  tried.patches = OwnShare(
      store_->Draw({state_.batch, state_.patch_px, changes, tried.reduction, guided ? difficulty_.get() : nullptr}));
  std::vector<model::Place> places;
  for (const auto& place : tried.patches.places)
    places.push_back(ToPlace(place, store_->width_px(), store_->height_px()));
  // Reduced pictures are of another shape, and soon over.
  if (records_steps_ && tried.reduction == 1) {
    DifferentiateAsRecorded(tried, places);
  } else {
    Differentiate(tried, places);
  }
  tried.loss = tried.loss_scalar.item<double>();
  tried.loss_scalar.reset();
  return tried;
}

template <typename Places>
void Trainer::Differentiate(Tried& tried, const Places& places) {
  const model::PlaneRange base = model::BasePlanes(options_.network);
  weights_->gradients().zero_();
  tried.output = tried.patches.input.narrow(1, base.first, base.count) +
                 model_.network.Correct(tried.patches.input, places, model::ToTorch(model_.precision));
  tried.loss_scalar = Loss(tried);
  tried.loss_scalar.backward();
}

RecordedStep::Outcome Trainer::DifferentiateBatch(const RecordedStep::Batch& batch) {
  Tried tried;
  tried.patches.input = batch.input;
  tried.patches.truth = batch.truth;
  tried.patches.weight = batch.weight;
  Differentiate(tried, batch.places);
  return {tried.output, tried.loss_scalar};
}

// A step that cannot be recorded is made as ever, and so are all after it.
void Trainer::DifferentiateAsRecorded(Tried& tried, const std::vector<model::Place>& places) {
  const RecordedStep::Batch batch{tried.patches.input, tried.patches.truth, tried.patches.weight,
                                  model::PlacesOf(places).to(model_.device)};
  try {
    if (recorded_ && !recorded_->Fits(batch)) recorded_.reset();
    if (!recorded_) {
      recorded_ = std::make_unique<RecordedStep>(
          batch, [this](const RecordedStep::Batch& values) { return DifferentiateBatch(values); });
    }
    const auto outcome = recorded_->Run(batch);
    tried.output = outcome.output;
    tried.loss_scalar = outcome.loss;
  } catch (const std::exception& error) {
    recorded_.reset();
    if (model::SaysOutOfMemory(error.what())) throw;
    records_steps_ = false;
    const std::string text = error.what();
    Say("the step cannot be recorded (" + text.substr(0, text.find('\n')) +
        "): steps are launched one operation at a time");
    Differentiate(tried, places);
  }
}

Trainer::Tried Trainer::ComputeWithinMemory() {
  for (;;) {
    const dataset::DrawState drawn = store_->state();
    Tried tried;
    std::exception_ptr exhausted;
    try {
      tried = ComputeGradients();
    } catch (const std::exception& error) {
      if (dynamic_cast<const std::bad_alloc*>(&error) == nullptr && !model::SaysOutOfMemory(error.what())) throw;
      exhausted = std::current_exception();
    }
    try {
      if (group_ ? SumGradients(tried, exhausted != nullptr) : exhausted == nullptr) {
        tried.misses = Misses(tried);
        return tried;
      }
    } catch (const ProcessLost&) {
      store_->Restore(drawn);  // the step was not made
      throw;
    }
    if (!ShrinkPatches()) {
      if (exhausted) std::rethrow_exception(exhausted);
      throw model::OutOfMemory("another process of the group ran out of memory");
    }
    store_->Restore(drawn);
  }
}

// The steps that remain grow by the pixels lost, so that as much is seen as was planned; they are faster by as much.
bool Trainer::ShrinkPatches() {
  constexpr int kLeastPatch_px = 64;
  if (options_.fixed_size) return false;
  const std::int64_t before = std::int64_t{1} * state_.batch * state_.patch_px * state_.patch_px;
  if (state_.patch_px / 2 >= kLeastPatch_px) {
    state_.patch_px /= 2;
  } else if (state_.batch / 2 >= (group_ ? group_->ranks() : 1)) {
    state_.batch /= 2;
  } else {
    return false;
  }
  const std::int64_t after = std::int64_t{1} * state_.batch * state_.patch_px * state_.patch_px;
  state_.steps = state_.step + (state_.steps - state_.step) * before / after;
  Say("out of memory: going on with " + std::to_string(state_.batch) + " patches of " +
      std::to_string(state_.patch_px) + " px, " + std::to_string(state_.steps) + " steps in all");
  return true;
}

void Trainer::Step(StepKind kind) {
  if (kind == StepKind::kReal)
    state_.full_from_step = std::min(*state_.full_from_step, FirstFullStep(options_.multi_resolution, state_.steps));
  const Tried tried = ComputeWithinMemory();
  const double value = tried.loss;
  const double norm = ClipNorm(weights_->gradients(), options_.gradient_clip);
  const double rate = state_.annealing.first_step > 0
                          ? AnnealedRateAt(state_.annealing, state_.step, state_.steps, state_.learning_rate)
                          : LearningRateAt(state_.step, state_.steps, state_.learning_rate);
  if (!std::isfinite(value) || !std::isfinite(norm)) {
    if (kind == StepKind::kReal) Skip(value, norm);
    ++state_.step;
    return;
  }
  state_.skipped_in_a_row = 0;
  optimizer_->Step(weights_->values(), weights_->gradients(),
                   {rate, options_.weight_decay, AverageDecayAt(state_.step, state_.steps)});
  ++state_.step;
  if (kind == StepKind::kTrial) return;
  if (difficulty_) difficulty_->Learn(tried.misses);
  if (!Leads()) return;
  ReportLoss(value, rate, norm);
  if (state_.contact_sheet_interval > 0 && state_.step % state_.contact_sheet_interval == 0) {
    ShowContactSheet(tried.patches, tried.output);
    ShowPreview();
  }
}

// Before the weights are changed: where a process is lost meanwhile, the step was not made.
std::vector<dataset::SeenMiss> Trainer::Misses(const Tried& tried) {
  if (!difficulty_) return {};
  const bool chroma = options_.network.free == model::FreePlanes::kChroma;
  return OfWholeBatch(MissesOf(tried.output, tried.patches, chroma ? MissKind::kSmooth : MissKind::kDetail));
}

void Trainer::Skip(double loss, double norm) {
  ++state_.skipped_in_a_row;
  Say("step " + std::to_string(state_.step + 1) + " skipped: loss " + std::to_string(loss) + ", gradient norm " +
      std::to_string(norm));
  if (state_.skipped_in_a_row < options_.max_skipped_steps || !Leads()) return;
  std::ostringstream text;
  text << "the loss was not finite in " << state_.skipped_in_a_row << " steps in a row";
  if (options_.early_end.on_divergence && state_.best_step > 0) {
    state_.diverged = true;
    text << "; the training ends here with the best model, of step " << state_.best_step;
    return Say(text.str());
  }
  text << "; train with a lower learning rate (now " << state_.learning_rate << ") or with --precision fp32";
  throw TrainingDiverged(text.str());
}

void Trainer::ReportLoss(double loss, double rate, double norm) {
  // About a thousand points, however long the run.
  const std::int64_t every = std::max<std::int64_t>(1, state_.steps / 1000);
  if (!callbacks_.loss || state_.step % every != 0) return;
  callbacks_.loss({state_.step, loss, rate, norm, Elapsed()});
}

void Trainer::ApplyAdjustment() {
  if (!callbacks_.next_adjustment || !Leads()) return;
  while (auto adjustment = callbacks_.next_adjustment()) {
    if (adjustment->steps) {
      adjustment->steps = std::max({*adjustment->steps, state_.step, std::int64_t{1}});
      state_.steps = *adjustment->steps;
    }
    if (adjustment->learning_rate) {
      if (!(*adjustment->learning_rate > 0) || !std::isfinite(*adjustment->learning_rate)) {
        Say("adjustment refused: the learning rate must be positive and finite");
        adjustment->learning_rate.reset();
      } else {
        state_.learning_rate = *adjustment->learning_rate;
      }
    }
    const auto interval = [](std::optional<std::int64_t>& wanted, std::int64_t least, std::int64_t& kept) {
      if (!wanted) return;
      wanted = std::max(*wanted, least);
      kept = *wanted;
    };
    interval(adjustment->checkpoint_interval, 0, state_.checkpoint_interval);
    interval(adjustment->contact_sheet_interval, 0, state_.contact_sheet_interval);
    interval(adjustment->validation_interval, 1, state_.validation_interval);
    if (callbacks_.adjusted) callbacks_.adjusted({state_.step, *adjustment});
  }
}

void Trainer::ShowContactSheet(const dataset::Patches& patches, const at::Tensor& output) {
  if (!callbacks_.contact_sheet) return;
  ContactSheet sheet;
  sheet.step = state_.step;
  const auto& network = options_.network;
  const std::string& space = data_.pairs.front().source.color_space();
  const at::Tensor ycbcr = patches.input.narrow(1, 0, 3);
  const model::PlaneRange own = model::FreeAmongYCbCr(network);
  for (std::size_t i = 0; i < patches.pairs.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const at::Tensor source = ycbcr[row];
    sheet.rows.push_back(
        {data_.pairs[patches.pairs[i]].frame, Picture(source, source.narrow(0, own.first, own.count), network, space),
         Picture(source, patches.truth[row], network, space), Picture(source, output[row], network, space)});
  }
  callbacks_.contact_sheet(sheet);
}

}  // namespace interneg::training
