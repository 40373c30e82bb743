#include "worker/engine/training/resume.h"

#include <optional>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "worker/engine/training/ancestry.h"

namespace interneg::training {
namespace {

constexpr char kRecovery[] = "interneg.recovery";
constexpr char kDataset[] = "interneg.dataset_sha256";
constexpr char kInput[] = "interneg.input.";
constexpr char kSetting[] = "interneg.setting.";
constexpr char kAugmentation[] = "augmentation";
constexpr char kLumaMatch[] = "luma match";

// The shortest that reads back as the same number.
std::string TextOf(double value) {
  return nlohmann::json(value).dump();
}

// As it was asked for: what is measured is the checkpoint's own, and goes on.
std::string TextOf(const std::optional<model::Softness>& softness) {
  if (!softness) return "measured";
  return "softened by " + TextOf(softness->x_px) + ", " + TextOf(softness->y_px) + " px";
}

std::string TextOf(const Augmentation& augmentation) {
  return std::string(augmentation.horizontal_flip ? "flip" : "no flip") + ", scale " + TextOf(augmentation.scale) +
         ", exposure " + TextOf(augmentation.exposure);
}

// What the loss, the targets and the patches follow. With another one the run would go on otherwise than uninterrupted.
std::map<std::string, std::string> LastingSettings(const TrainingOptions& o) {
  std::map<std::string, std::string> settings = {
      {kAugmentation, TextOf(o.augmentation)},
      {"shift tolerance", std::to_string(o.tolerance_px) + " px"},
      {"patch sampling", o.patch_sampling == PatchSampling::kEven ? "even" : "by difficulty"},
      {"multi-resolution", o.multi_resolution == MultiResolution::kOff ? "off" : "half first"}};
  if (o.recovery == dataset::Recovery::kChroma) {
    settings["chroma bandwidth"] = TextOf(o.softness);
  } else {
    settings["grain weight"] = TextOf(o.grain_weight);
  }
  if (dataset::MatchesLuma(o.recovery)) settings[kLumaMatch] = dataset::NameOf(o.luma_match);
  return settings;
}

void RequireSameSettings(const std::map<std::string, std::string>& metadata, const TrainingOptions& options) {
  for (const auto& [name, value] : LastingSettings(options)) {
    const std::string stored = SettingOf(metadata, name);
    RequireSame(stored.empty() || stored == value, name);
  }
}

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
  for (const auto& [name, value] : LastingSettings(options)) text[kSetting + name] = value;
  return text;
}

std::string InputOf(const std::map<std::string, std::string>& metadata, const std::string& name) {
  const auto it = metadata.find(kInput + name);
  return it == metadata.end() ? std::string() : it->second;
}

std::string SettingOf(const std::map<std::string, std::string>& metadata, const std::string& name) {
  if (const auto it = metadata.find(kSetting + name); it != metadata.end()) return it->second;
  if (name == kAugmentation) return TextOf(Augmentation());
  if (name == kLumaMatch) return std::string(dataset::NameOf(dataset::LumaMatch::kLowFrequency));
  return "";
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
  RequireSameSettings(metadata, options);
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
