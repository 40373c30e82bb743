#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/image_tensor_torch.h"
#include "worker/engine/training/trainer_torch.h"

namespace interneg::training {
namespace {

constexpr std::size_t kKeptPeriodic = 2;

std::string CheckpointName(std::int64_t step) {
  char name[48];
  std::snprintf(name, sizeof(name), "step-%08lld.safetensors", static_cast<long long>(step));
  return name;
}

}  // namespace

void Trainer::Say(const std::string& text) const {
  if (callbacks_.notice) callbacks_.notice({state_.step, text});
}

model::Model::Implementation Trainer::ModelWith(const at::Tensor& values) const {
  model::Model::Implementation out = model_;
  if (weights_) BindValues(out.network, values);
  out.shares = {};
  out.metadata["interneg.step"] = std::to_string(state_.step);
  return out;
}

CheckpointTensors Trainer::Tensors() const {
  at::Tensor difficulty;
  if (difficulty_) {
    difficulty = at::tensor(at::ArrayRef<float>(difficulty_->means()))
                     .view({difficulty_->pairs(), difficulty_->rows(), difficulty_->columns()});
  }
  return {weights_->values(), optimizer_->first_moment, optimizer_->second_moment, optimizer_->average, best_,
          difficulty};
}

void Trainer::ReportProgress(const char* phase) {
  const Seconds now = Elapsed();
  last_progress_ = now;
  if (!callbacks_.progress || !Leads()) return;
  Progress progress{state_.step, state_.steps, 0, now, Seconds{0}, phase};
  const Seconds looping = now - loop_began_;
  const auto done = static_cast<double>(state_.step - loop_first_step_);
  if (done > 0 && looping.count() > 0) {
    progress.steps_per_second = done / looping.count();
    progress.remaining = Seconds(static_cast<double>(state_.steps - state_.step) / progress.steps_per_second);
  }
  callbacks_.progress(progress);
}

Score Trainer::ScoreWithinMemory(const model::Model::Implementation& model) {
  for (;;) {
    try {
      return ScoreModel(model, known_, tile_px_);
    } catch (const std::exception& error) {
      const int next = model::SmallerTile(options_.network, data_.pairs.front().source.size(), tile_px_);
      if (!model::SaysOutOfMemory(error.what()) || next == 0) throw;
      tile_px_ = next;
      Say("out of memory: whole frames are computed in tiles of " + std::to_string(next) + " px");
    }
  }
}

Score Trainer::Validate() {
  const Score score = ScoreWithinMemory(ModelWith(optimizer_->average));
  state_.shares = score.shares;
  state_.last_db = score.model_db;
  if (score.model_db > state_.best_db) {
    state_.best_db = score.model_db;
    state_.best_step = state_.step;
    state_.best_shares = score.shares;
    best_.copy_(optimizer_->average);
  }
  const bool chroma = options_.network.free == model::FreePlanes::kChroma;
  last_validation_ = ValidationPoint{state_.step, score.untouched_db,
                                     chroma ? score.start_db : std::numeric_limits<double>::quiet_NaN(), score.model_db,
                                     static_cast<int>(known_.size())};
  if (callbacks_.validation) callbacks_.validation(*last_validation_);
  return score;
}

void Trainer::Save() {
  const dataset::DrawState drawn = store_->state();
  state_.random = drawn.random;
  state_.order = drawn.order;
  state_.drawn = drawn.drawn;
  state_.updates = optimizer_->updates;
  state_.elapsed_s = Elapsed().count();
  const std::filesystem::path path = options_.folder / CheckpointName(state_.step);
  model::Model::Implementation model = ModelWith(optimizer_->average);
  model.shares = state_.shares;
  WriteCheckpoint(path, model, state_, Tensors());
  last_save_ = Elapsed();
  last_checkpoint_ = path;
  saved_step_ = state_.step;
  const bool kept = state_.checkpoint_interval > 0 && state_.step % state_.checkpoint_interval == 0;
  if (!kept && (periodic_.empty() || periodic_.back() != path)) periodic_.push_back(path);
  while (periodic_.size() > kKeptPeriodic) {
    std::error_code ignored;  // a file that someone else has removed is as good
    std::filesystem::remove(periodic_.front(), ignored);
    periodic_.pop_front();
  }
  if (!callbacks_.checkpoint) return;
  const double db = state_.last_db > -1e8 ? state_.last_db : std::numeric_limits<double>::quiet_NaN();
  callbacks_.checkpoint({state_.step, path, state_.best_step == state_.step, db});
}

void Trainer::ShowPreview() {
  if (!callbacks_.preview || !data_.preview) return;
  const image::Image ycbcr = image::RgbToYCbCr(image::ClampedToUnit(data_.preview->source), options_.network.matrix);
  const at::Tensor planes = model::ToTensor(ycbcr);
  const at::Tensor free = model::PredictFrame(ModelWith(optimizer_->average), planes, tile_px_);
  callbacks_.preview({state_.step, data_.preview->frame,
                      Picture(planes.squeeze(0), free.squeeze(0), options_.network, ycbcr.color_space())});
}

void Trainer::AfterStep() {
  if (!Leads()) return;
  if (state_.step % state_.validation_interval == 0 && state_.step < state_.steps) JudgeTrend(Validate());
  const bool due = state_.checkpoint_interval > 0 && state_.step % state_.checkpoint_interval == 0;
  if (due && !IsValidated()) Validate();
  if (due || (Elapsed() - last_save_ >= options_.checkpoint_period && state_.step < state_.steps)) Save();
  if (Elapsed() - last_progress_ >= Seconds(1.0)) ReportProgress("train");
}

TrainingResult Trainer::Result(Outcome outcome) const {
  TrainingResult result;
  result.outcome = outcome;
  result.steps_done = state_.step;
  result.steps = state_.steps;
  result.checkpoint = last_checkpoint_;
  result.elapsed = Elapsed();
  result.validation = last_validation_;
  if (state_.annealing.first_step > 0) result.ending = Ending::kPlateau;
  if (state_.diverged) result.ending = Ending::kDiverged;
  return result;
}

// The candidates are the average that scored best, the last one among them, and the last weights, each with its chosen
// shares (ScoreModel): the first guess alone and the closed form are among them, so none ends below these.
TrainingResult Trainer::Choose() {
  ReportProgress("choose");
  model::Model::Implementation chosen = ModelWith(best_);
  double best_db = state_.best_db;
  chosen.shares = state_.best_shares;
  std::int64_t chosen_step = state_.best_step;
  model::Model::Implementation last = ModelWith(weights_->values());
  const Score score = ScoreWithinMemory(last);
  if (score.model_db > best_db) {
    best_db = score.model_db;
    last.shares = score.shares;
    chosen = std::move(last);
    chosen_step = state_.step;
  }
  TrainingResult result = Result(Outcome::kFinished);
  result.validation = ValidationPoint{
      chosen_step, score.untouched_db,
      options_.network.free == model::FreePlanes::kChroma ? score.start_db : std::numeric_limits<double>::quiet_NaN(),
      best_db, static_cast<int>(known_.size())};
  result.chosen_step = chosen_step;
  result.shares = chosen.shares;
  chosen.metadata["interneg.step"] = std::to_string(chosen_step);
  if (result.ending != Ending::kAllSteps) chosen.metadata["interneg.ending"] = NameOf(result.ending);
  result.model = options_.folder / "model.safetensors";
  WriteModel(result.model, chosen);
  if (callbacks_.validation) callbacks_.validation(*result.validation);
  result.elapsed = Elapsed();
  return result;
}

TrainingResult Trainer::Run(const std::optional<std::filesystem::path>& resume_from,
                            const std::optional<Inherited>& inherited) {
  std::optional<Checkpoint> resumed;
  if (resume_from) {
    resumed = ReadCheckpoint(*resume_from);
    // What "auto" means depends on the machine; the run began with what its checkpoint says.
    if (options_.precision == model::Precision::kAuto)
      model_.precision = model::ParsePrecision(resumed->state.precision);
    RequireResumable(*resumed);
  } else if (inherited) {
    Inherit(*inherited);
  }
  if (options_.group) Join();
  ReportProgress("fit");
  Prepare(resumed ? &*resumed : nullptr);
  if (!store_) return FinishClosedForm();
  if (resumed) {
    Resume(*resumed);
    last_checkpoint_ = *resume_from;
  } else {
    Start();
  }
  loop_began_ = last_save_ = Elapsed();
  loop_first_step_ = state_.step;
  try {
    if (group_) TakeLeadersTensors();
    for (ApplyAdjustment(); GoesOn(); ApplyAdjustment()) {
      Step(StepKind::kReal);
      AfterStep();
    }
  } catch (const ProcessLost& lost) {
    return EndForLostProcess(lost);
  }
  const bool ended = state_.step >= state_.steps || state_.diverged;
  if (!Leads()) return Result(ended ? Outcome::kFinished : Outcome::kPreempted);
  if (ended && !IsValidated()) Validate();
  // An interval may have saved this very step; the same step twice would be two checkpoints of one name.
  if (saved_step_ != state_.step) Save();
  return ended ? Choose() : Result(Outcome::kPreempted);
}

TrainingResult Trainer::FinishClosedForm() {
  model_.shares = {0, 0};
  const Score score = ScoreWithinMemory(model_);
  TrainingResult result = Result(Outcome::kFinished);
  result.shares = model_.shares;
  result.validation =
      ValidationPoint{0, score.untouched_db, score.start_db, score.start_db, static_cast<int>(known_.size())};
  if (callbacks_.validation) callbacks_.validation(*result.validation);
  result.model = options_.folder / "model.safetensors";
  model_.metadata["interneg.step"] = std::to_string(state_.step);
  WriteModel(result.model, model_);
  result.elapsed = Elapsed();
  return result;
}

}  // namespace interneg::training
