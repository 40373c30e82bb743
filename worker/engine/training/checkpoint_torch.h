// A run's whole state as one safetensors file: the model it would deliver, optimiser, averages, place in the schedule.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_CHECKPOINT_TORCH_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_CHECKPOINT_TORCH_H_

#include <filesystem>
#include <memory>

#include <torch/torch.h>

#include "worker/engine/model/model_torch.h"
#include "worker/engine/training/run_state.h"

namespace interneg::training {

// Flat float32 vectors of one length, but for the last.
struct CheckpointTensors {
  at::Tensor values;
  at::Tensor first_moment;
  at::Tensor second_moment;
  at::Tensor average;
  at::Tensor best;
  at::Tensor difficulty;  // float32 of any shape: DifficultyMap's means; undefined: patches are drawn evenly
};

struct Checkpoint {
  std::unique_ptr<model::Model::Implementation> model;
  RunState state;
  CheckpointTensors tensors;
};

// Whole or not at all. Throws std::runtime_error that names the file.
void WriteCheckpoint(const std::filesystem::path& path, const model::Model::Implementation& model,
                     const RunState& state, const CheckpointTensors& tensors);

// Throws std::invalid_argument for a file that is not a whole checkpoint of a training, std::runtime_error when it
// cannot be read. Tensors and model are on the CPU.
Checkpoint ReadCheckpoint(const std::filesystem::path& path);

// The finished model alone.
void WriteModel(const std::filesystem::path& path, const model::Model::Implementation& model);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_CHECKPOINT_TORCH_H_
