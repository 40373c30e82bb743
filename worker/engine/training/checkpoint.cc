#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/training/checkpoint_torch.h"

namespace interneg::training {
namespace {

constexpr char kState[] = "interneg.training";

struct NamedVector {
  const char* name;
  at::Tensor CheckpointTensors::*member;
};
constexpr std::array kVectors = {
    NamedVector{"training.values", &CheckpointTensors::values},
    NamedVector{"training.first_moment", &CheckpointTensors::first_moment},
    NamedVector{"training.second_moment", &CheckpointTensors::second_moment},
    NamedVector{"training.average", &CheckpointTensors::average},
    NamedVector{"training.best", &CheckpointTensors::best},
};

constexpr char kDifficulty[] = "training.difficulty";

at::Tensor ReadDifficulty(const model::Safetensors& content) {
  const auto it = content.tensors.find(kDifficulty);
  if (it == content.tensors.end()) return {};
  if (it->second.type != model::ElementType::kFloat32) {
    throw std::invalid_argument(std::string("tensor '") + kDifficulty + "' is of another type");
  }
  return model::ToTensorCopy(it->second);
}

at::Tensor ReadVector(const model::Safetensors& content, const char* name, std::int64_t length) {
  const auto it = content.tensors.find(name);
  if (it == content.tensors.end()) {
    throw std::invalid_argument(std::string("tensor '") + name + "' is missing: this is a model, not a checkpoint");
  }
  if (it->second.type != model::ElementType::kFloat32 || it->second.shape != std::vector<std::int64_t>{length}) {
    throw std::invalid_argument(std::string("tensor '") + name + "' has another length than the network");
  }
  return model::ToTensorCopy(it->second);
}

Checkpoint Read(const model::Safetensors& content) {
  Checkpoint checkpoint;
  checkpoint.model = model::ReadModel(content, model::Device{}, model::Precision::kFloat32);
  const auto state = content.metadata.find(kState);
  if (state == content.metadata.end()) {
    throw std::invalid_argument("it has no training state: this is a model, not a checkpoint");
  }
  checkpoint.state = ParseRunState(state->second);
  const std::int64_t length = model::ParameterCount(checkpoint.model->description);
  for (const NamedVector& vector : kVectors) {
    checkpoint.tensors.*vector.member = ReadVector(content, vector.name, length);
  }
  checkpoint.tensors.difficulty = ReadDifficulty(content);
  return checkpoint;
}

}  // namespace

void WriteCheckpoint(const std::filesystem::path& path, const model::Model::Implementation& model,
                     const RunState& state, const CheckpointTensors& tensors) {
  model::Safetensors content;
  std::vector<at::Tensor> keep;
  model::AddModel(model, content, keep);
  for (const NamedVector& vector : kVectors) {
    keep.push_back((tensors.*vector.member).detach().to(at::kCPU).contiguous());
    content.tensors[vector.name] = model::ViewOf(keep.back());
  }
  if (tensors.difficulty.defined()) content.tensors[kDifficulty] = model::ViewOf(tensors.difficulty);
  content.metadata[kState] = ToJson(state);
  model::WriteFileAtomically(path, model::FormatSafetensors(content));
}

Checkpoint ReadCheckpoint(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = model::ReadFileBytes(path);
  try {
    return Read(model::ParseSafetensors(bytes));
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("checkpoint '" + path.string() + "': " + error.what());
  }
}

void WriteModel(const std::filesystem::path& path, const model::Model::Implementation& model) {
  model::Safetensors content;
  std::vector<at::Tensor> keep;
  model::AddModel(model, content, keep);
  model::WriteFileAtomically(path, model::FormatSafetensors(content));
}

}  // namespace interneg::training
