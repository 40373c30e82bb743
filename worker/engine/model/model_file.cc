#include <cstring>
#include <stdexcept>
#include <utility>

#include "worker/engine/model/model_torch.h"
#include "worker/engine/model/stored_model.h"

namespace interneg::model {
namespace {

at::ScalarType ToTorch(ElementType type) {
  switch (type) {
    case ElementType::kFloat64:
      return at::kDouble;
    case ElementType::kFloat32:
      return at::kFloat;
    case ElementType::kFloat16:
      return at::kHalf;
    case ElementType::kBfloat16:
      return at::kBFloat16;
    case ElementType::kInt64:
      return at::kLong;
    case ElementType::kInt32:
      return at::kInt;
    case ElementType::kUint8:
      return at::kByte;
  }
  throw std::invalid_argument("not an Interneg model: unknown element type");
}

ElementType FromTorch(at::ScalarType type) {
  for (const auto known : {ElementType::kFloat64, ElementType::kFloat32, ElementType::kFloat16, ElementType::kBfloat16,
                           ElementType::kInt64, ElementType::kInt32, ElementType::kUint8}) {
    if (ToTorch(known) == type) return known;
  }
  throw std::invalid_argument("ViewOf: an element type that files do not have");
}

void AddTensor(Safetensors& content, std::vector<at::Tensor>& keep, const std::string& name, const at::Tensor& tensor) {
  keep.push_back(tensor.detach().to(at::kCPU).contiguous());
  content.tensors[name] = ViewOf(keep.back());
}

void AddMap(Safetensors& content, std::vector<at::Tensor>& keep, const std::string& name, const PolynomialMap& map) {
  const auto options = at::TensorOptions().dtype(at::kDouble);
  at::Tensor range = at::empty({4, 3}, options);
  double* to = range.data_ptr<double>();
  for (const auto& row : {map.low, map.high, map.scale, map.offset}) to = std::copy(row.begin(), row.end(), to);
  AddTensor(content, keep, name + ".range", range);
  AddTensor(
      content, keep, name + ".weights",
      at::tensor(at::ArrayRef<double>(map.weights), options).view({SpatialTerms(map.spatial_degree), kColorTerms, 2}));
}

void AddDoubles(Safetensors& content, std::vector<at::Tensor>& keep, const std::string& name,
                const std::vector<double>& values, at::IntArrayRef shape) {
  AddTensor(content, keep, name, at::tensor(at::ArrayRef<double>(values)).view(shape));
}

void AddFirstGuess(Safetensors& content, std::vector<at::Tensor>& keep, const FirstGuess& guess) {
  if (const auto* polynomial = std::get_if<PolynomialMap>(&guess)) {
    AddMap(content, keep, "first_guess", *polynomial);
    return;
  }
  const auto& dyes = std::get<DyeMap>(guess);
  AddDoubles(content, keep, kDyeGainTensor, dyes.gain, {3, dyes.rows, dyes.columns});
  AddDoubles(content, keep, kDyeConstantsTensor, ConstantsOf(dyes), {kDyeConstants});
}

void AddColors(Safetensors& content, std::vector<at::Tensor>& keep, const std::string& name,
               const std::vector<std::array<float, 3>>& colors) {
  const auto rows = static_cast<std::int64_t>(colors.size());
  at::Tensor tensor = at::empty({rows, 3}, at::kFloat);
  std::memcpy(tensor.data_ptr<float>(), colors.data(), colors.size() * sizeof(colors[0]));
  AddTensor(content, keep, name, tensor);
}

}  // namespace

TensorView ViewOf(const at::Tensor& tensor) {
  if (!tensor.is_cpu() || !tensor.is_contiguous()) throw std::invalid_argument("ViewOf: a whole CPU tensor is needed");
  return {FromTorch(tensor.scalar_type()),
          {tensor.sizes().begin(), tensor.sizes().end()},
          {static_cast<const std::byte*>(tensor.data_ptr()), static_cast<std::size_t>(tensor.nbytes())}};
}

at::Tensor ToTensorCopy(const TensorView& view) {
  at::Tensor tensor = at::empty(view.shape, at::TensorOptions().dtype(ToTorch(view.type)));
  if (!view.bytes.empty()) std::memcpy(tensor.data_ptr(), view.bytes.data(), view.bytes.size());
  return tensor;
}

void AddModel(const Model::Implementation& model, Safetensors& content, std::vector<at::Tensor>& keep) {
  for (const auto& [key, text] : model.metadata) content.metadata[key] = text;
  content.metadata[kFormatKey] = kFormatName;
  content.metadata[kNetworkKey] = ToJson(model.description);
  content.metadata[kCorrectionKey] = std::to_string(model.shares.correction);
  content.metadata[kGuessKey] = std::to_string(model.shares.guess);
  // The handles are only read; Parameters() hands out replaceable ones.
  auto network = model.network;
  for (const NamedTensor& parameter : network.Parameters()) {
    AddTensor(content, keep, kWeightPrefix + parameter.name, *parameter.slot);
  }
  if (model.description.free != FreePlanes::kChroma) return;
  AddMap(content, keep, "closed_form", model.fits.closed_form);
  AddFirstGuess(content, keep, model.fits.first_guess);
  if (model.description.kind != NetworkKind::kLut) return;
  AddColors(content, keep, kLutNodes, model.lut.nodes);
  if (!model.lut.shaper.empty()) AddColors(content, keep, kLutShaper, model.lut.shaper);
}

std::unique_ptr<Model::Implementation> ReadModel(const Safetensors& content, const Device& device,
                                                 Precision precision) {
  StoredModel stored = ReadStoredModel(content);
  const Precision resolved = ResolvePrecision(precision, device);
  auto model = std::make_unique<Model::Implementation>(
      Model::Implementation{stored.description, std::move(stored.metadata), std::move(stored.fits),
                            Network(stored.description, 0), stored.shares, resolved, ToTorch(device)});
  model->lut = std::move(stored.lut);
  for (const NamedTensor& parameter : model->network.Parameters()) {
    const auto shape = parameter.slot->sizes().vec();
    const auto values = WeightsOf(content, {parameter.name, shape, Start::kZero, 1, {}});
    *parameter.slot = at::tensor(at::ArrayRef<float>(values)).view(shape).to(model->device);
  }
  return model;
}

}  // namespace interneg::model
