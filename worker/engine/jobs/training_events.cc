#include "worker/engine/jobs/training_events.h"

#include <cmath>
#include <utility>
#include <vector>

#include "worker/engine/validation/sheet.h"

namespace interneg::jobs {
namespace {

constexpr int kSheetPicture_px = 512;

std::string PhaseText(const std::string& phase) {
  if (phase == "fit") return "fitting the closed form";
  if (phase == "calibrate") return "calibrating";
  if (phase == "choose") return "choosing the best weights";
  return "training";
}

std::string TextOf(const training::Adjustment& adjustment) {
  std::string text;
  const auto add = [&](const char* name, const std::string& value) {
    text += (text.empty() ? "" : ", ") + (name + (" " + value));
  };
  if (adjustment.steps) add("steps", std::to_string(*adjustment.steps));
  if (adjustment.learning_rate) add("learning rate", std::to_string(*adjustment.learning_rate));
  if (adjustment.checkpoint_interval) add("checkpoint interval", std::to_string(*adjustment.checkpoint_interval));
  if (adjustment.contact_sheet_interval)
    add("contact sheet interval", std::to_string(*adjustment.contact_sheet_interval));
  return text.empty() ? "nothing changed" : text;
}

}  // namespace

TrainingEvents::TrainingEvents(const JobContext& context, const Scratch& scratch, const DisplayView& view,
                               std::string parent_sha256)
    : context_(context), scratch_(scratch), view_(view), parent_sha256_(std::move(parent_sha256)) {}

training::TrainingCallbacks TrainingEvents::Callbacks() {
  training::TrainingCallbacks callbacks;
  callbacks.progress = [this](const training::Progress& p) { OnProgress(p); };
  callbacks.loss = [this](const training::LossPoint& p) { OnLoss(p); };
  callbacks.validation = [this](const training::ValidationPoint& p) { OnValidation(p); };
  callbacks.contact_sheet = [this](const training::ContactSheet& s) { OnContactSheet(s); };
  callbacks.preview = [this](const training::PreviewFrame& p) {
    scratch_.SendPicture("preview", view_.Show(p.output), static_cast<std::uint32_t>(p.step));
  };
  callbacks.checkpoint = [this](const training::CheckpointReady& c) { OnCheckpoint(c); };
  callbacks.notice = [this](const training::Notice& n) {
    context_.events.Inform("step " + std::to_string(n.step) + ": " + n.text);
  };
  callbacks.adjusted = [this](const training::AdjustmentApplied& a) { OnAdjusted(a); };
  callbacks.next_adjustment = [this] { return NextAdjustment(); };
  return callbacks;
}

void TrainingEvents::SendModel(const std::filesystem::path& model, std::uint32_t step, std::uint32_t steps,
                               std::optional<double> score_db) {
  context_.events.Send(LocalCheckpoint{scratch_.FileOf(model), step, steps, true, score_db, parent_sha256_});
}

void TrainingEvents::OnProgress(const training::Progress& progress) {
  total_steps_ = static_cast<std::uint32_t>(progress.steps);
  EngineProgress event;
  event.phase = PhaseText(progress.phase);
  event.done = static_cast<std::uint32_t>(progress.step);
  event.total = total_steps_;
  event.rate = progress.steps_per_second;
  event.remaining_seconds = progress.remaining.count();
  event.loss = last_loss_;
  context_.events.Send(event);
}

void TrainingEvents::OnLoss(const training::LossPoint& point) {
  last_loss_ = point.loss;
  context_.events.Send(LossPoint{static_cast<std::uint32_t>(point.step), point.loss, point.learning_rate});
}

void TrainingEvents::OnValidation(const training::ValidationPoint& point) {
  const auto send = [&](const char* subject, double db) {
    if (std::isnan(db)) return;
    Measure measure{"free_planes_psnr_db", db, subject, "validation", {}, {}};
    measure.step = static_cast<std::uint32_t>(point.step);
    context_.events.Send(measure);
  };
  send("model", point.model_db);
  send("baseline", point.closed_form_db);
  send("untouched", point.untouched_db);
}

void TrainingEvents::OnContactSheet(const training::ContactSheet& sheet) {
  std::vector<validation::SheetRow> rows;
  for (const auto& row : sheet.rows)
    rows.push_back({view_.Show(row.input), view_.Show(row.truth), view_.Show(row.output)});
  if (rows.empty()) return;
  scratch_.SendPicture("contact_sheet", validation::ComposeSheet(rows, kSheetPicture_px),
                       static_cast<std::uint32_t>(sheet.step));
}

void TrainingEvents::OnCheckpoint(const training::CheckpointReady& checkpoint) {
  LocalCheckpoint event;
  event.file = scratch_.FileOf(checkpoint.path);
  event.step = static_cast<std::uint32_t>(checkpoint.step);
  event.total_steps = total_steps_;
  event.best = checkpoint.best;
  if (!std::isnan(checkpoint.model_db)) event.score = checkpoint.model_db;
  event.parent_sha256 = std::exchange(parent_sha256_, event.file->sha256);
  context_.events.Send(event);
}

std::optional<training::Adjustment> TrainingEvents::NextAdjustment() {
  if (!context_.next_adjustment) return std::nullopt;
  const auto command = context_.next_adjustment();
  if (!command) return std::nullopt;
  adjustment_numbers_.push_back(command->adjustment_no);
  training::Adjustment adjustment;
  if (command->steps != 0) adjustment.steps = command->steps;
  if (command->learning_rate != 0) adjustment.learning_rate = command->learning_rate;
  if (command->checkpoint_interval_steps != 0) adjustment.checkpoint_interval = command->checkpoint_interval_steps;
  if (command->contact_sheet_interval_steps != 0)
    adjustment.contact_sheet_interval = command->contact_sheet_interval_steps;
  return adjustment;
}

void TrainingEvents::OnAdjusted(const training::AdjustmentApplied& applied) {
  if (adjustment_numbers_.empty()) return;
  context_.events.Send(
      Adjusted{adjustment_numbers_.front(), static_cast<std::uint32_t>(applied.step), TextOf(applied.adjustment)});
  adjustment_numbers_.pop_front();
}

}  // namespace interneg::jobs
