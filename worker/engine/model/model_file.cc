#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "worker/engine/model/model_torch.h"

namespace interneg::model {
namespace {

constexpr char kFormat[] = "interneg.format";
constexpr char kFormatName[] = "interneg/1";

[[noreturn]] void Refuse(const std::string& what) {
  throw std::invalid_argument("not an Interneg model: " + what);
}

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
  Refuse("unknown element type");
}

ElementType FromTorch(at::ScalarType type) {
  for (const auto known : {ElementType::kFloat64, ElementType::kFloat32, ElementType::kFloat16, ElementType::kBfloat16,
                           ElementType::kInt64, ElementType::kInt32, ElementType::kUint8}) {
    if (ToTorch(known) == type) return known;
  }
  throw std::invalid_argument("ViewOf: an element type that files do not have");
}

const std::string& Text(const Safetensors& content, const std::string& key) {
  const auto it = content.metadata.find(key);
  if (it == content.metadata.end()) Refuse("its header has no '" + key + "'");
  return it->second;
}

// A finite tensor of that name and shape.
at::Tensor Named(const Safetensors& content, const std::string& name, at::IntArrayRef shape, at::ScalarType type) {
  const auto it = content.tensors.find(name);
  if (it == content.tensors.end()) Refuse("tensor '" + name + "' is missing");
  if (at::IntArrayRef(it->second.shape) != shape || ToTorch(it->second.type) != type) {
    Refuse("tensor '" + name + "' has another shape or type than its network needs");
  }
  at::Tensor tensor = ToTensorCopy(it->second);
  if (!at::isfinite(tensor).all().item<bool>()) Refuse("tensor '" + name + "' has values that are not finite");
  return tensor;
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

PolynomialMap ReadMap(const Safetensors& content, const std::string& name) {
  const auto it = content.tensors.find(name + ".weights");
  if (it == content.tensors.end() || it->second.shape.size() != 3) Refuse("tensor '" + name + ".weights' is missing");
  PolynomialMap map;
  while (map.spatial_degree <= kMaxSpatialDegree && SpatialTerms(map.spatial_degree) != it->second.shape[0]) {
    ++map.spatial_degree;
  }
  if (map.spatial_degree > kMaxSpatialDegree) Refuse("'" + name + "' has an unknown degree");
  const at::Tensor weights = Named(content, name + ".weights", {it->second.shape[0], kColorTerms, 2}, at::kDouble);
  map.weights.assign(weights.data_ptr<double>(), weights.data_ptr<double>() + weights.numel());
  const at::Tensor range = Named(content, name + ".range", {4, 3}, at::kDouble);
  const double* from = range.data_ptr<double>();
  for (auto* row : {&map.low, &map.high, &map.scale, &map.offset}) {
    std::copy(from, from + 3, row->begin());
    from += 3;
  }
  for (int i = 0; i < 3; ++i) {
    if (map.low[i] > map.high[i]) Refuse("'" + name + "' has an empty range");
  }
  return map;
}

double ParseShare(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0.0 && value <= 1.0)) {
    Refuse("its correction '" + text.substr(0, 32) + "' is not a number from 0 to 1");
  }
  return value;
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
  content.metadata[kFormat] = kFormatName;
  content.metadata["interneg.network"] = ToJson(model.description);
  content.metadata["interneg.correction"] = std::to_string(model.correction);
  // The handles are only read; Parameters() hands out replaceable ones.
  auto network = model.network;
  for (const NamedTensor& parameter : network.Parameters()) {
    AddTensor(content, keep, "network." + parameter.name, *parameter.slot);
  }
  if (model.description.free != FreePlanes::kChroma) return;
  AddMap(content, keep, "closed_form", model.fits.closed_form);
  AddMap(content, keep, "first_guess", model.fits.first_guess);
}

std::unique_ptr<Model::Implementation> ReadModel(const Safetensors& content, const Device& device,
                                                 Precision precision) {
  if (Text(content, kFormat) != kFormatName) Refuse("its format is '" + Text(content, kFormat).substr(0, 32) + "'");
  const NetworkDescription description = ParseNetworkDescription(Text(content, "interneg.network"));
  const Precision resolved = ResolvePrecision(precision, device);
  auto model =
      std::make_unique<Model::Implementation>(Model::Implementation{description,
                                                                    content.metadata,
                                                                    {},
                                                                    Network(description, 0),
                                                                    ParseShare(Text(content, "interneg.correction")),
                                                                    resolved,
                                                                    ToTorch(device)});
  for (const NamedTensor& parameter : model->network.Parameters()) {
    *parameter.slot =
        Named(content, "network." + parameter.name, parameter.slot->sizes(), at::kFloat).to(model->device);
  }
  if (description.free == FreePlanes::kChroma) {
    model->fits.closed_form = ReadMap(content, "closed_form");
    model->fits.first_guess = ReadMap(content, "first_guess");
  }
  return model;
}

}  // namespace interneg::model
