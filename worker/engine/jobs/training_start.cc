#include "worker/engine/jobs/training_start.h"

#include <stdexcept>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/model/model.h"
#include "worker/engine/model/safetensors.h"
#include "worker/engine/training/ancestry.h"

namespace interneg::jobs {
namespace {

std::string HashToGoOnWith(const TrainJob& job, const std::string& field, const Resumed& resumed) {
  if (job.initial_checkpoint_sha256) return *job.initial_checkpoint_sha256;
  if (!resumed.began_with.empty()) return resumed.began_with;
  throw BadInput(field + " names a model, and '" + resumed.file.string() + "' began with none",
                 "go on from a checkpoint of this training, or begin without one");
}

std::string HashToBeginWith(const TrainJob& job, const std::string& field, const std::filesystem::path& initial) {
  if (initial.empty()) {
    throw BadInput(field + " names a model, and no file is given", "give it with --checkpoint, or --initial-weights");
  }
  auto sha256 = HashOfLocalFile(initial);
  if (!job.initial_checkpoint_sha256 || *job.initial_checkpoint_sha256 == sha256) return sha256;
  throw BadInput("the model " + initial.string() + " has the SHA-256 " + sha256 + ", " + field + " names " +
                     *job.initial_checkpoint_sha256,
                 "give the model that the job names");
}

}  // namespace

Resumed LookInto(const std::filesystem::path& file) try {
  const auto bytes = model::ReadFileBytes(file);
  const auto content = model::ParseSafetensors(bytes);
  const auto ancestry = training::AncestryOf(content.metadata);
  return {file, content.metadata.contains("interneg.training") ? ResumeKind::kCheckpoint : ResumeKind::kFinishedModel,
          ancestry.empty() ? std::string() : ancestry.front()};
} catch (const std::invalid_argument& error) {
  throw BadInput("'" + file.string() + "' cannot be gone on from: " + error.what(),
                 "name a checkpoint of this training, or begin without one");
}

std::optional<training::InitialWeights> InitialWeightsOf(const TrainJob& job, const std::filesystem::path& initial,
                                                         const std::optional<Resumed>& resumed) {
  if (!job.initial_checkpoint_sha256 && !job.initial_train_job_id) {
    if (initial.empty()) return std::nullopt;
    throw BadInput("the training's document names no model to begin with, and " + initial.string() + " is given",
                   "name it as train.initialCheckpointSha256, or leave it out");
  }
  const std::string field = job.initial_train_job_id ? "train.initialTrainJobId" : "train.initialCheckpointSha256";
  return training::InitialWeights{
      initial, resumed ? HashToGoOnWith(job, field, *resumed) : HashToBeginWith(job, field, initial)};
}

}  // namespace interneg::jobs
