#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "worker/engine/training/initial_weights_torch.h"

namespace interneg::training {
namespace {

// One thing that must be the same in both, and how a person can make it so.
void RequireAlike(std::string_view what, std::string_view theirs, std::string_view ours) {
  if (theirs == ours) return;
  throw std::invalid_argument("its " + std::string(what) + " is " + std::string(theirs) + ", this training's is " +
                              std::string(ours) + "; train with the file's own, or begin with other weights or none");
}

std::string WordFor(const std::string& color_space) {
  if (color_space == image::kTrainingDisplay) return "display";
  return color_space == image::kTrainingLog ? "log" : color_space;
}

void RequireLearnt(model::NetworkKind kind, std::string_view whose) {
  if (model::Learns(kind)) return;
  throw std::invalid_argument(std::string(whose) + " network is a " + std::string(model::NameOf(kind)) +
                              ", which is fitted at once and begins with no weights; begin without");
}

void RequireSameNetwork(const model::NetworkDescription& theirs, const model::NetworkDescription& ours) {
  RequireAlike("network kind", model::NameOf(theirs.kind), model::NameOf(ours.kind));
  RequireAlike("set of recovered planes", model::NameOf(theirs.free), model::NameOf(ours.free));
  RequireAlike("network size", model::NameOf(theirs.size), model::NameOf(ours.size));
  RequireAlike("YCbCr matrix", image::NameOf(theirs.matrix), image::NameOf(ours.matrix));
  if (theirs == ours) return;
  throw std::invalid_argument("its network has other layers than a " + std::string(model::NameOf(ours.size)) + " " +
                              std::string(model::NameOf(ours.kind)) +
                              " of this engine; begin without weights, or with those of this engine's own training");
}

Inherited Read(const model::Safetensors& content, const TrainingOptions& options, const std::string& color_space) {
  RequireLearnt(options.network.kind, "this training's");
  const auto model = model::ReadModel(content, model::Device{}, model::Precision::kFloat32);
  RequireLearnt(model->description.kind, "its");
  RequireSameNetwork(model->description, options.network);
  Ancestry ancestry = AncestryOf(model->metadata);
  ancestry.insert(ancestry.begin(), options.initial_weights->sha256);
  std::string remark;
  const auto domain = model->metadata.find(kDomain);
  if (domain == model->metadata.end()) {
    remark = "the initial weights do not tell their training domain: taken as " + WordFor(color_space);
  } else {
    RequireAlike("training domain", WordFor(domain->second), WordFor(color_space));
  }
  return {std::move(model->network), std::move(ancestry), std::move(remark)};
}

}  // namespace

Inherited ReadInitialWeights(const TrainingOptions& options, const std::string& color_space) {
  const InitialWeights& weights = options.initial_weights.value();
  const std::vector<std::byte> bytes = model::ReadFileBytes(weights.file);
  try {
    if (!IsSha256(weights.sha256)) throw std::invalid_argument("its SHA-256 is not given as 64 hexadecimal digits");
    return Read(model::ParseSafetensors(bytes), options, color_space);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("initial weights '" + weights.file.string() + "': " + error.what());
  }
}

}  // namespace interneg::training
