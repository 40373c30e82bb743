#include "worker/engine/model/stored_model.h"

#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "worker/engine/model/correction_graph.h"

namespace interneg::model {
namespace {

[[noreturn]] void Refuse(const std::string& what) {
  throw std::invalid_argument("not an Interneg model: " + what);
}

const std::string& Text(const Safetensors& content, const std::string& key) {
  const auto it = content.metadata.find(key);
  if (it == content.metadata.end()) Refuse("its header has no '" + key + "'");
  return it->second;
}

const TensorView& Tensor(const Safetensors& content, const std::string& name) {
  const auto it = content.tensors.find(name);
  if (it == content.tensors.end()) Refuse("tensor '" + name + "' is missing");
  return it->second;
}

template <typename Value>
std::vector<Value> Values(const TensorView& view, const std::string& name) {
  std::vector<Value> values(view.bytes.size() / sizeof(Value));
  if (!values.empty()) std::memcpy(values.data(), view.bytes.data(), values.size() * sizeof(Value));
  if (!std::all_of(values.begin(), values.end(), [](Value v) { return std::isfinite(v); })) {
    Refuse("tensor '" + name + "' has values that are not finite");
  }
  return values;
}

[[noreturn]] void RefuseShape(const std::string& name) {
  Refuse("tensor '" + name + "' has another shape or type than its network needs");
}

std::vector<double> Doubles(const Safetensors& content, const std::string& name, std::vector<std::int64_t> shape) {
  const TensorView& view = Tensor(content, name);
  if (view.type != ElementType::kFloat64 || view.shape != shape) RefuseShape(name);
  auto values = Values<double>(view, name);
  // They are computed with as float32.
  if (std::any_of(values.begin(), values.end(), [](double v) { return std::abs(v) > FLT_MAX; })) {
    Refuse("tensor '" + name + "' has values beyond those of float32");
  }
  return values;
}

PolynomialMap ReadMap(const Safetensors& content, const std::string& name) {
  const TensorView& stored = Tensor(content, name + ".weights");
  const std::int64_t terms = stored.shape.empty() ? 0 : stored.shape[0];
  PolynomialMap map;
  while (map.spatial_degree <= kMaxSpatialDegree && SpatialTerms(map.spatial_degree) != terms) ++map.spatial_degree;
  if (map.spatial_degree > kMaxSpatialDegree) Refuse("'" + name + "' has an unknown degree");
  map.weights = Doubles(content, name + ".weights", {terms, kColorTerms, 2});
  const auto range = Doubles(content, name + ".range", {4, 3});
  auto from = range.begin();
  for (auto* row : {&map.low, &map.high, &map.scale, &map.offset}) {
    std::copy(from, from + 3, row->begin());
    from += 3;
  }
  for (int i = 0; i < 3; ++i) {
    if (map.low[i] > map.high[i]) Refuse("'" + name + "' has an empty range");
  }
  return map;
}

DyeMap ReadDyes(const Safetensors& content, image::YCbCrMatrix matrix) {
  const auto& shape = Tensor(content, kDyeGainTensor).shape;
  if (shape.size() != 3 || shape[0] != 3 || shape[1] > kMostDyeControls || shape[2] > kMostDyeControls)
    RefuseShape(kDyeGainTensor);
  DyeMap map;
  map.matrix = matrix;
  map.rows = static_cast<int>(shape[1]);
  map.columns = static_cast<int>(shape[2]);
  map.gain = Doubles(content, kDyeGainTensor, shape);
  SetConstants(map, Doubles(content, kDyeConstantsTensor, {kDyeConstants}));
  try {
    RequireUsable(map);
  } catch (const std::invalid_argument& error) {
    Refuse(error.what());
  }
  return map;
}

FirstGuess ReadFirstGuess(const Safetensors& content, image::YCbCrMatrix matrix) {
  if (content.tensors.contains(kDyeGainTensor)) return ReadDyes(content, matrix);
  return ReadMap(content, "first_guess");
}

// Rows of three floats.
std::vector<std::array<float, 3>> Colors(const TensorView& view, const std::string& name) {
  if (view.type != ElementType::kFloat32 || view.shape.size() != 2 || view.shape[1] != 3) RefuseShape(name);
  const auto values = Values<float>(view, name);
  std::vector<std::array<float, 3>> colors(values.size() / 3);
  for (std::size_t i = 0; i < values.size(); ++i) colors[i / 3][i % 3] = values[i];
  return colors;
}

ColorCube ReadLut(const Safetensors& content, int nodes) {
  ColorCube lut;
  lut.size = nodes;
  lut.nodes = Colors(Tensor(content, kLutNodes), kLutNodes);
  if (content.tensors.contains(kLutShaper)) lut.shaper = Colors(Tensor(content, kLutShaper), kLutShaper);
  try {
    RequireUsable(lut);
  } catch (const std::invalid_argument& error) {
    Refuse(error.what());
  }
  return lut;
}

double ParseShare(const std::string& text, const std::string& key) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0.0 && value <= 1.0)) {
    Refuse("its " + key + " '" + text.substr(0, 32) + "' is not a number from 0 to 1");
  }
  return value;
}

Shares ReadShares(const Safetensors& content) {
  Shares shares;
  shares.correction = ParseShare(Text(content, kCorrectionKey), kCorrectionKey);
  const bool told = content.metadata.contains(kGuessKey);
  shares.guess = told ? ParseShare(Text(content, kGuessKey), kGuessKey) : shares.correction;
  return shares;
}

std::vector<std::int64_t> WithoutOnes(std::vector<std::int64_t> shape) {
  std::erase(shape, 1);
  return shape;
}

const TensorView& WeightView(const Safetensors& content, const Parameter& parameter) {
  const std::string name = kWeightPrefix + parameter.name;
  const TensorView& view = Tensor(content, name);
  if (view.type != ElementType::kFloat32 || WithoutOnes(view.shape) != WithoutOnes(parameter.shape)) RefuseShape(name);
  return view;
}

// A description may speak of more weights than memory holds: nothing is made of it before the file is known to have
// them.
void RequireWeights(const Safetensors& content, const NetworkDescription& description) {
  if (!Learns(description.kind)) return;
  for (const Parameter& parameter : CorrectionGraph(description).parameters) WeightView(content, parameter);
}

}  // namespace

StoredModel ReadStoredModel(const Safetensors& content) {
  if (Text(content, kFormatKey) != kFormatName) {
    Refuse("its format is '" + Text(content, kFormatKey).substr(0, 32) + "', this engine reads '" + kFormatName + "'");
  }
  StoredModel model;
  model.description = ParseNetworkDescription(Text(content, kNetworkKey));
  RequireWeights(content, model.description);
  model.metadata = content.metadata;
  model.shares = ReadShares(content);
  if (model.description.free == FreePlanes::kChroma) {
    model.fits.closed_form = ReadMap(content, "closed_form");
    model.fits.first_guess = ReadFirstGuess(content, model.description.matrix);
  }
  if (model.description.kind == NetworkKind::kLut) model.lut = ReadLut(content, model.description.nodes);
  return model;
}

std::vector<float> WeightsOf(const Safetensors& content, const Parameter& parameter) {
  if (parameter.start == Start::kFixed) return parameter.values;
  return Values<float>(WeightView(content, parameter), kWeightPrefix + parameter.name);
}

}  // namespace interneg::model
