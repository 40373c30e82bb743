#include "worker/onnx_export/onnx_writer.h"

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include "worker/engine/model/network_graph.h"
#include "worker/engine/model/stored_model.h"
#include "worker/engine/model/whole_graph.h"

namespace interneg::onnx_export {
namespace {

using model::Node;
using model::Op;

constexpr int kOperatorSet = 13;
constexpr int kIrVersion = 7;  // of ONNX 1.8, which brought operator set 13
using Names = std::vector<std::string>;
using Numbers = std::vector<std::int64_t>;

// Appends ONNX nodes and constants under names of their own. An operation of the graph becomes one or a few of them.
class Writer {
 public:
  Writer(const model::NetworkGraph& network, const model::Safetensors& content, onnx::GraphProto& graph)
      : network_(network), content_(content), graph_(graph) {}

  void Write() {
    for (const auto& parameter : network_.parameters) {
      AddFloats(parameter.name, parameter.shape, model::WeightsOf(content_, parameter));
    }
    for (const Node& node : network_.nodes) {
      label_ = std::to_string(values_.size()) + "_" + std::string(NameOf(node.op));
      parts_ = 0;
      values_.push_back(ValueOf(node));
    }
    AddNode("Identity", {values_.back()}, kOutputName);
  }

 private:
  const std::string& In(const Node& node, int i) const { return values_[node.inputs[i]]; }
  const std::string& Weight(int parameter) const { return network_.parameters.at(parameter).name; }

  onnx::NodeProto& AddNode(const char* type, const Names& inputs, const std::string& output) {
    auto& node = *graph_.add_node();
    node.set_op_type(type);
    node.set_name(output);
    for (const auto& input : inputs) node.add_input(input);
    node.add_output(output);
    return node;
  }

  // The name of the next value of the operation that is being written.
  std::string NextName() { return parts_++ == 0 ? label_ : label_ + "." + std::to_string(parts_); }

  std::string Apply(const char* type, const Names& inputs) { return AddNode(type, inputs, NextName()).output(0); }
  onnx::NodeProto& ApplyWith(const char* type, const Names& inputs) { return AddNode(type, inputs, NextName()); }

  static void Set(onnx::NodeProto& node, const char* name, const Numbers& values) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const auto value : values) attribute.add_ints(value);
  }
  static void Set(onnx::NodeProto& node, const char* name, std::int64_t value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(value);
  }
  static void Set(onnx::NodeProto& node, const char* name, const char* value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::STRING);
    attribute.set_s(value);
  }

  template <typename Value>
  onnx::TensorProto& AddConstant(const std::string& name, const Numbers& shape, const std::vector<Value>& values,
                                 onnx::TensorProto::DataType type) {
    auto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const auto side : shape) tensor.add_dims(side);
    tensor.set_raw_data(values.data(), values.size() * sizeof(Value));  // little-endian, as ONNX wants
    return tensor;
  }
  std::string AddFloats(const std::string& name, const Numbers& shape, const std::vector<float>& values) {
    return AddConstant(name, shape, values, onnx::TensorProto::FLOAT).name();
  }
  std::string Floats(const Numbers& shape, const std::vector<float>& values) {
    return AddFloats(NextName(), shape, values);
  }
  std::string Scalar(float value) { return Floats({}, {value}); }
  std::string Integers(const Numbers& values) {
    return AddConstant(NextName(), {static_cast<std::int64_t>(values.size())}, values, onnx::TensorProto::INT64).name();
  }

  // The size of an axis (2: rows, 3: columns) as a tensor of one integer.
  std::string Side(const std::string& x, std::int64_t axis) {
    return Apply("Gather", {Apply("Shape", {x}), Integers({axis})});
  }

  std::string Joined(const Names& values, std::int64_t axis) {
    auto& node = ApplyWith("Concat", values);
    Set(node, "axis", axis);
    return node.output(0);
  }

  std::string Padded(const std::string& x, const std::string& pads) {
    auto& node = ApplyWith("Pad", {x, pads});
    Set(node, "mode", "edge");
    return node.output(0);
  }

  std::string RepeatEdges(const std::string& x, int multiple) {
    const std::string by = Integers({multiple});
    const auto missing = [&](std::int64_t axis) {
      return Apply("Mod", {Apply("Sub", {by, Apply("Mod", {Side(x, axis), by})}), by});
    };
    const std::string below = missing(2), right = missing(3);
    return Padded(x, Joined({Integers({0, 0, 0, 0, 0, 0}), below, right}, 0));
  }

  std::string CropTo(const std::string& x, const std::string& like) {
    return Apply("Slice", {x, Integers({0, 0}), Joined({Side(like, 2), Side(like, 3)}, 0), Integers({2, 3})});
  }

  std::string AsFloat(const std::string& x) {
    auto& node = ApplyWith("Cast", {x});
    Set(node, "to", std::int64_t{onnx::TensorProto::FLOAT});
    return node.output(0);
  }

  // Centres of x's samples along an axis of the frame, from −1 to 1, in the shape that `shape` says.
  std::string Line(const std::string& x, std::int64_t axis, int stride_px, const Numbers& shape) {
    const std::string count = Apply("Squeeze", {Side(x, axis)});
    const std::string zero = AddConstant(NextName(), {}, Numbers{0}, onnx::TensorProto::INT64).name();
    const std::string one = AddConstant(NextName(), {}, Numbers{1}, onnx::TensorProto::INT64).name();
    const std::string index = AsFloat(Apply("Range", {zero, count, one}));
    const std::string scale =
        Apply("Div", {Scalar(2.0F * static_cast<float>(stride_px)), AsFloat(Side(values_.front(), axis))});
    const std::string at = Apply("Mul", {Apply("Add", {index, Scalar(0.5F)}), scale});
    const std::string place = Apply("Sub", {at, Scalar(1.0F)});
    return Apply("Reshape", {Apply("Clip", {place, Scalar(-1.0F), Scalar(1.0F)}), Integers(shape)});
  }

  std::string Places(const std::string& x, int stride_px) {
    const std::string size = Joined({Integers({1, 1}), Side(x, 2), Side(x, 3)}, 0);
    const std::string across = Apply("Expand", {Line(x, 3, stride_px, {1, 1, 1, -1}), size});
    return Joined({across, Apply("Expand", {Line(x, 2, stride_px, {1, 1, -1, 1}), size})}, 1);
  }

  std::string Convolution(const Node& node) {
    auto& out = ApplyWith("Conv", {In(node, 0), Weight(node.parameter), Weight(node.parameter + 1)});
    const std::int64_t stride = node.halves ? node.size : 1, padding = node.halves ? 0 : node.size / 2;
    Set(out, "kernel_shape", Numbers{node.size, node.size});
    Set(out, "strides", Numbers{stride, stride});
    Set(out, "pads", Numbers{padding, padding, padding, padding});
    Set(out, "group", std::int64_t{node.groups});
    return out.output(0);
  }

  std::string Pooled(const char* type, const std::string& x, std::int64_t side, std::int64_t stride) {
    auto& node = ApplyWith(type, {x});
    Set(node, "kernel_shape", Numbers{side, side});
    Set(node, "strides", Numbers{stride, stride});
    return node.output(0);
  }

  std::string Smoothed(const std::string& x, std::int64_t radius) {
    return Pooled("AveragePool", Padded(x, Integers({0, 0, radius, radius, 0, 0, radius, radius})), 2 * radius + 1, 1);
  }

  std::string Grown(const std::string& x, int factor, const char* mode, const char* coordinates) {
    const auto by = static_cast<float>(factor);
    auto& node = ApplyWith("Resize", {x, "", Floats({4}, {1.0F, 1.0F, by, by})});
    Set(node, "mode", mode);
    Set(node, "coordinate_transformation_mode", coordinates);
    Set(node, "nearest_mode", "floor");
    return node.output(0);
  }

  std::string Shuffled(const std::string& x, std::int64_t factor) {
    auto& node = ApplyWith("DepthToSpace", {x});
    Set(node, "blocksize", factor);
    Set(node, "mode", "CRD");
    return node.output(0);
  }

  std::string Take(const Node& node) {
    return Apply("Slice", {In(node, 0), Integers({node.size}), Integers({node.size + node.channels}), Integers({1})});
  }

  std::string JoinedInputs(const Node& node) {
    Names inputs;
    for (const int input : node.inputs) inputs.push_back(values_[input]);
    return Joined(inputs, 1);
  }

  std::string Plain(const char* type, const Node& node) {
    Names inputs;
    for (const int input : node.inputs) inputs.push_back(values_[input]);
    return Apply(type, inputs);
  }

  std::string ValueOf(const Node& node) {
    switch (node.op) {
      case Op::kInput:
        return kInputName;
      case Op::kConstant:
        return Floats({1, node.channels, 1, 1}, node.values);
      case Op::kPlaces:
        return Places(In(node, 0), node.stride_px);
      case Op::kRepeatEdges:
        return RepeatEdges(In(node, 0), node.size);
      case Op::kCropTo:
        return CropTo(In(node, 0), In(node, 1));
      case Op::kEnter:
      case Op::kLeave:
        return In(node, 0);
      case Op::kConvolution:
        return Convolution(node);
      case Op::kScale:
        return Apply("Mul", {In(node, 0), Weight(node.parameter)});
      case Op::kRelu:
        return Plain("Relu", node);
      case Op::kTanh:
        return Plain("Tanh", node);
      case Op::kAbsolute:
        return Plain("Abs", node);
      case Op::kExp:
        return Plain("Exp", node);
      case Op::kLog:
        return Plain("Log", node);
      case Op::kMaxPool:
        return Pooled("MaxPool", In(node, 0), node.size, node.size);
      case Op::kAveragePool:
        return Pooled("AveragePool", In(node, 0), node.size, node.size);
      case Op::kSmooth:
        return Smoothed(In(node, 0), node.size);
      case Op::kGrowNearest:
        return Grown(In(node, 0), node.size, "nearest", "asymmetric");
      case Op::kGrowLinear:
        return Grown(In(node, 0), node.size, "linear", "half_pixel");
      case Op::kShuffle:
        return Shuffled(In(node, 0), node.size);
      case Op::kConcatenate:
        return JoinedInputs(node);
      case Op::kTake:
        return Take(node);
      case Op::kAdd:
        return Plain("Add", node);
      case Op::kSubtract:
        return Plain("Sub", node);
      case Op::kMultiply:
        return Plain("Mul", node);
      case Op::kDivide:
        return Plain("Div", node);
      case Op::kMinimum:
        return Plain("Min", node);
      case Op::kMaximum:
        return Plain("Max", node);
      case Op::kSlice:
        break;
    }
    throw std::logic_error("ONNX: '" + std::string(NameOf(node.op)) + "' is the engine's own operation");
  }

  const model::NetworkGraph& network_;
  const model::Safetensors& content_;
  onnx::GraphProto& graph_;
  std::string label_;
  int parts_ = 0;
  Names values_;
};

void Declare(onnx::ValueInfoProto& value, const char* name) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  auto& shape = *type.mutable_shape();
  shape.add_dim()->set_dim_value(1);
  shape.add_dim()->set_dim_value(3);
  shape.add_dim()->set_dim_param("height");
  shape.add_dim()->set_dim_param("width");
}

}  // namespace

std::string ToOnnx(const model::Safetensors& content, const std::string& description) {
  const auto network = model::WholeGraph(model::ReadStoredModel(content));
  onnx::ModelProto file;
  file.set_ir_version(kIrVersion);
  file.set_producer_name("Interneg");
  file.set_doc_string(description);
  auto& operators = *file.add_opset_import();
  operators.set_domain("");
  operators.set_version(kOperatorSet);
  auto& graph = *file.mutable_graph();
  graph.set_name("interneg");
  Declare(*graph.add_input(), kInputName);
  Declare(*graph.add_output(), kOutputName);
  Writer(network, content, graph).Write();
  try {
    onnx::checker::check_model(file);
  } catch (const onnx::checker::ValidationError& error) {
    throw std::logic_error(std::string("libonnx refuses the model: ") + error.what());
  }
  std::string bytes;
  if (!file.SerializeToString(&bytes)) {
    throw std::invalid_argument("its network is larger than the 2 GiB that an .onnx file can hold; export it as .pt");
  }
  return bytes;
}

}  // namespace interneg::onnx_export
