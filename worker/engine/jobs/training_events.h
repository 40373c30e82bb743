// What a training says of itself, as events and artifacts.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAINING_EVENTS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAINING_EVENTS_H_

#include <deque>
#include <string>

#include "worker/engine/jobs/display_view.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/training/training.h"

namespace interneg::jobs {

// Translates the callbacks of one training. Used on the training's thread alone; outlives the training.
class TrainingEvents {
 public:
  // `parent_sha256`: of the checkpoint that the training goes on from; empty for none.
  TrainingEvents(const JobContext& context, const Scratch& scratch, const DisplayView& view, std::string parent_sha256);

  training::TrainingCallbacks Callbacks();

  // The chosen model's file as the checkpoint to render with.
  void SendModel(const std::filesystem::path& model, std::uint32_t step, std::uint32_t steps,
                 std::optional<double> score_db);

 private:
  void OnProgress(const training::Progress& progress);
  void OnLoss(const training::LossPoint& point);
  void OnValidation(const training::ValidationPoint& point);
  void OnContactSheet(const training::ContactSheet& sheet);
  void OnCheckpoint(const training::CheckpointReady& checkpoint);
  void OnAdjusted(const training::AdjustmentApplied& applied);
  std::optional<training::Adjustment> NextAdjustment();

  const JobContext& context_;
  const Scratch& scratch_;
  const DisplayView& view_;
  std::string parent_sha256_;
  std::optional<double> last_loss_;
  std::uint32_t total_steps_ = 0;
  std::deque<std::uint32_t> adjustment_numbers_;  // handed to the training, not answered yet
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TRAINING_EVENTS_H_
