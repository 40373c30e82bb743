// What a training starts from: nothing, the weights of an earlier model, or a checkpoint of its own.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_TRAINING_START_H_
#define INTERNEG_WORKER_ENGINE_JOBS_TRAINING_START_H_

#include <filesystem>
#include <optional>
#include <string>

#include "worker/engine/jobs/job_document.h"
#include "worker/engine/training/training.h"

namespace interneg::jobs {

// A finished model, or the file of a training that can be gone on with.
enum class ResumeKind { kCheckpoint, kFinishedModel };

struct Resumed {
  std::filesystem::path file;
  ResumeKind kind = ResumeKind::kCheckpoint;
  std::string began_with;  // SHA-256 of the model whose weights that training began with; empty: fresh ones
};

// Reads what a file to go on from says of itself. Throws JobError that names the file for what is none.
Resumed LookInto(const std::filesystem::path& file);

// The weights that the job begins with; nothing where it names none. A training that goes on does not read `initial`,
// which may be gone: all that was taken over is in its checkpoint, which training::Train compares with the hash. Throws
// JobError for a file without the job's word, a word without a file, another file than the job names, and a checkpoint
// that began with none.
std::optional<training::InitialWeights> InitialWeightsOf(const TrainJob& job, const std::filesystem::path& initial,
                                                         const std::optional<Resumed>& resumed);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_TRAINING_START_H_
