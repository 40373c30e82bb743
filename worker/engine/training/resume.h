// What must be the same for a training to be taken up again.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_RESUME_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_RESUME_H_

#include <map>
#include <string>

#include "worker/engine/model/network_description.h"
#include "worker/engine/training/training.h"

namespace interneg::training {

// The text of a checkpoint or finished model that tells what it was trained from: recovery, dataset, inputs, and the
// settings that hold for all of a run.
std::map<std::string, std::string> TrainedFrom(const TrainingOptions& options);

// One of the inputs (TrainingOptions::inputs) as such a text has it; empty without.
std::string InputOf(const std::map<std::string, std::string>& metadata, const std::string& name);

// One of those settings: "augmentation", "shift tolerance", "patch sampling", "multi-resolution"; "grain weight" of all but
// chroma; "luma match" of spatial and combined. Of an older engine's file, which tells none, what that engine did where
// it could do one thing only (augmentation, luma match); empty for the others.
std::string SettingOf(const std::map<std::string, std::string>& metadata, const std::string& name);

// The file with this network and this text (Model::metadata) belongs to the training that `options` describe: the same
// network, recovery, dataset, inputs and settings, and the same weights that it began with. Throws std::invalid_argument that
// names the first thing that differs, or says that nothing tells which pictures it was trained from. Returns a line for the log where inputs could not be compared,
// since a file of an older engine does not tell them; empty: all were.
[[nodiscard]] std::string RequireSameTraining(const model::NetworkDescription& network,
                                              const std::map<std::string, std::string>& metadata,
                                              const TrainingOptions& options);

// For what else must not differ; throws the same error naming `what`.
void RequireSame(bool same, const std::string& what);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_RESUME_H_
