// One training run: its tensors, its state, and the loop over steps.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_TRAINER_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_TRAINER_TORCH_H_

#include <atomic>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include <torch/torch.h>

#include "worker/engine/dataset/pair_store_torch.h"
#include "worker/engine/model/model_torch.h"
#include "worker/engine/training/checkpoint_torch.h"
#include "worker/engine/training/initial_weights_torch.h"
#include "worker/engine/training/process_group_torch.h"
#include "worker/engine/training/run_state.h"
#include "worker/engine/training/scoring_torch.h"
#include "worker/engine/training/step_graph_torch.h"
#include "worker/engine/training/training.h"
#include "worker/engine/training/weights_torch.h"

namespace interneg::training {

class Trainer {
 public:
  // All references must outlive the trainer.
  Trainer(const TrainingOptions& options, const TrainingData& data, const TrainingCallbacks& callbacks,
          const std::atomic<bool>& stop, const Clock& clock);

  // `inherited`: what options.initial_weights holds; not needed to resume.
  TrainingResult Run(const std::optional<std::filesystem::path>& resume_from,
                     const std::optional<Inherited>& inherited);

 private:
  using Seconds = std::chrono::duration<double>;

  // setup.cc: what stands before the first step.
  void Prepare(const Checkpoint* resumed);
  // How soft the targets are, the closed form, and a polynomial or, where they tell the held-out frames clearly better,
  // dyes.
  void FitFirstGuess(const std::vector<dataset::Target>& targets);
  std::vector<KnownFrame> Known(const std::vector<dataset::Pair>& pairs) const;
  model::Softness MeasuredSoftness(const std::vector<dataset::Target>& targets) const;
  std::unique_ptr<dataset::PairStore> MakeStore(std::vector<dataset::Target> targets) const;
  // Of one pair, with weights where any pair has some.
  dataset::StoredPlanes PlanesOf(const dataset::Target& target, const std::optional<image::Image>& confidence,
                                 bool weighted) const;
  void Inherit(const Inherited& inherited);
  void Start();
  void RequireResumable(const Checkpoint& checkpoint) const;
  void Resume(const Checkpoint& checkpoint);
  std::int64_t CalibratedSteps();
  Seconds TrialCost(int reduction);

  // steps.cc: one step.
  enum class StepKind { kReal, kTrial };
  void Step(StepKind kind);
  struct Tried {
    dataset::Patches patches;
    at::Tensor output;
    int reduction = 1;
    at::Tensor loss_scalar;
    double loss = 0;
    std::vector<dataset::SeenMiss> misses;  // of the whole batch; none where patches are drawn evenly
  };
  Tried ComputeGradients();
  template <typename Places>
  void Differentiate(Tried& tried, const Places& places);
  void DifferentiateAsRecorded(Tried& tried, const std::vector<model::Place>& places);
  RecordedStep::Outcome DifferentiateBatch(const RecordedStep::Batch& batch);
  Tried ComputeWithinMemory();
  bool ShrinkPatches();
  // Pixels of the frame a side that one sample of a patch stands for at the next step: 1 or 2.
  int Reduction() const { return state_.step < state_.full_from_step.value_or(0) ? 2 : 1; }
  at::Tensor Loss(const Tried& tried) const;
  void Skip(double loss, double norm);
  void ApplyAdjustment();
  std::vector<dataset::SeenMiss> Misses(const Tried& tried);
  void ReportLoss(double loss, double rate, double norm);
  void ShowContactSheet(const dataset::Patches& patches, const at::Tensor& output);

  // group_steps.cc: what is done together with other processes. Without a group each is what one process does.
  bool Leads() const { return !group_ || group_->leads(); }
  void Join();
  void RequireAlike();
  // Closed form, first guess and softness. All must predict from the same ones, and machines that round apart may
  // choose different ones.
  void TakeLeadersFirstGuess();
  void TakeLeadersTensors();
  // The same for all: whether there is another step. Followers take over what the leader's validations and adjustments
  // have decided; whoever of them is asked to stop has the leader end all with a checkpoint, a step later.
  bool GoesOn();
  std::vector<double> LeadersNumbers(const std::vector<double>& own);
  std::vector<double> LeadersList(const std::vector<double>& own);  // the same where only the leader knows how many
  dataset::Patches OwnShare(dataset::Patches patches) const;
  // Gradients and loss become those of the whole batch, and stop_asked_ what was asked of anyone. False, and the same
  // for all, when one of them ran out of memory.
  bool SumGradients(Tried& tried, bool exhausted);
  std::vector<dataset::SeenMiss> OfWholeBatch(std::vector<dataset::SeenMiss> own);
  TrainingResult EndForLostProcess(const ProcessLost& lost);

  // trainer.cc: around the steps.
  void AfterStep();
  void ReportProgress(const char* phase);
  Score Validate();
  bool IsValidated() const { return last_validation_ && last_validation_->step == state_.step; }
  void JudgeTrend(const Score& score);
  void EndAsDiverged(const Score& score);
  void BeginAnnealing();
  Score ScoreWithinMemory(const model::Model::Implementation& model);
  void Save();
  void ShowPreview();
  TrainingResult Choose();
  TrainingResult FinishClosedForm();
  TrainingResult Result(Outcome outcome) const;

  Seconds Elapsed() const { return clock_() - began_; }
  void Say(const std::string& text) const;
  // The model with these weights; they are shared, not copied.
  model::Model::Implementation ModelWith(const at::Tensor& values) const;
  CheckpointTensors Tensors() const;

  const TrainingOptions& options_;
  const TrainingData& data_;
  const TrainingCallbacks& callbacks_;
  const std::atomic<bool>& stop_;
  const Clock& clock_;
  Seconds began_;

  model::Model::Implementation model_;  // its network is the one that learns
  std::unique_ptr<dataset::PairStore> store_;
  std::unique_ptr<dataset::DifficultyMap> difficulty_;  // null: patches are drawn evenly
  int tile_px_ = 0;                                     // of whole frames; 0: at once
  std::vector<KnownFrame> known_;  // the held-out pairs, or the training pairs where there are none
  std::unique_ptr<FlatWeights> weights_;
  std::unique_ptr<Optimizer> optimizer_;
  std::unique_ptr<ProcessGroup> group_;  // null: alone
  bool stop_asked_ = false;              // of a process of the group
  bool records_steps_ = false;
  std::unique_ptr<RecordedStep> recorded_;  // null: none yet
  at::Tensor best_;                         // the average weights that scored best
  RunState state_;
  std::optional<ValidationPoint> last_validation_;
  std::filesystem::path last_checkpoint_;
  std::int64_t saved_step_ = -1;                // of the last checkpoint that this run wrote
  std::deque<std::filesystem::path> periodic_;  // checkpoints that only a later one keeps from removal
  Seconds last_save_{0};
  Seconds last_progress_{-1};
  Seconds loop_began_{0};
  std::int64_t loop_first_step_ = 0;
  Seconds score_cost_{0};
};

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_TRAINER_TORCH_H_
