#include "worker/engine/training/resume.h"

#include <stdexcept>

#include "worker/engine/training/ancestry.h"

namespace interneg::training {
namespace {

constexpr char kRecovery[] = "interneg.recovery";
constexpr char kDataset[] = "interneg.dataset_sha256";
constexpr char kInput[] = "interneg.input.";

void RequireSameBeginning(const std::map<std::string, std::string>& metadata, const TrainingOptions& options) {
  const Ancestry ancestry = AncestryOf(metadata);
  const std::string began_with = ancestry.empty() ? std::string() : ancestry.front();
  RequireSame(began_with == (options.initial_weights ? options.initial_weights->sha256 : std::string()),
              "set of initial weights");
}

}  // namespace

std::map<std::string, std::string> TrainedFrom(const TrainingOptions& options) {
  std::map<std::string, std::string> text = {{kRecovery, std::string(dataset::NameOf(options.recovery))},
                                             {kDataset, options.dataset_sha256}};
  for (const auto& [name, hash] : options.inputs) text[kInput + name] = hash;
  return text;
}

std::string InputOf(const std::map<std::string, std::string>& metadata, const std::string& name) {
  const auto it = metadata.find(kInput + name);
  return it == metadata.end() ? std::string() : it->second;
}

void RequireSame(bool same, const std::string& what) {
  if (same) return;
  throw std::invalid_argument("the checkpoint cannot be resumed: it was trained with another " + what +
                              "; give this training's own checkpoint, or begin without one");
}

std::string RequireSameTraining(const model::NetworkDescription& network,
                                const std::map<std::string, std::string>& metadata, const TrainingOptions& options) {
  const auto stored = [&](const std::string& key) {
    const auto it = metadata.find(key);
    return it == metadata.end() ? std::string() : it->second;
  };
  const auto wanted = TrainedFrom(options);
  RequireSame(stored(kRecovery) == wanted.at(kRecovery), "recovery");
  RequireSame(network == options.network, "network");
  RequireSame(stored(kDataset) == wanted.at(kDataset), "dataset");
  RequireSameBeginning(metadata, options);
  // A checkpoint of an older engine says nothing of its inputs: then the caller's word holds, as long as the dataset
  // or anything else vouches for it.
  std::string untold;
  bool compared = !wanted.at(kDataset).empty();
  for (const auto& [name, hash] : options.inputs) {
    const std::string known = stored(kInput + name);
    RequireSame(known.empty() || known == hash, name);
    compared = compared || !known.empty();
    if (known.empty()) untold += (untold.empty() ? "" : ", ") + name;
  }
  if (!compared) {
    throw std::invalid_argument("the checkpoint cannot be resumed: nothing in it tells what it was trained from" +
                                (untold.empty() ? "" : " (" + untold + ")") + "; begin without one");
  }
  return untold.empty() ? "" : "resumed unchecked, for the checkpoint does not tell them: " + untold;
}

}  // namespace interneg::training
