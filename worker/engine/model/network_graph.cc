#include "worker/engine/model/network_graph.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace interneg::model {
namespace {

// Only files can be hostile; a graph that does not fit together is a mistake in who builds it.
void Require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(std::string("network graph: ") + what);
}

bool IsElementwise(Op op) {
  switch (op) {
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kMinimum:
    case Op::kMaximum:
      return true;
    default:
      return false;
  }
}

int StrideAfter(Op op, int stride_px, int size) {
  if (op == Op::kMaxPool || op == Op::kAveragePool) return stride_px * size;
  if (op != Op::kGrowNearest && op != Op::kGrowLinear && op != Op::kShuffle) return stride_px;
  Require(stride_px % size == 0, "planes grow finer than the frame");
  return stride_px / size;
}

int ChannelsAfter(Op op, const std::vector<const Node*>& inputs, int size) {
  const int first = inputs.front()->channels;
  if (op == Op::kPlaces) return 2;
  if (op == Op::kShuffle) return first / (size * size);
  if (op != Op::kConcatenate && !IsElementwise(op)) return first;
  int sum = 0, most = 0;
  for (const Node* input : inputs) {
    sum += input->channels;
    most = std::max(most, input->channels);
  }
  return op == Op::kConcatenate ? sum : most;
}

}  // namespace

std::string_view NameOf(Op op) {
  switch (op) {
    case Op::kInput:
      return "input";
    case Op::kConstant:
      return "constant";
    case Op::kPlaces:
      return "places";
    case Op::kRepeatEdges:
      return "repeat_edges";
    case Op::kCropTo:
      return "crop";
    case Op::kEnter:
      return "enter";
    case Op::kLeave:
      return "leave";
    case Op::kConvolution:
      return "convolution";
    case Op::kScale:
      return "scale";
    case Op::kRelu:
      return "relu";
    case Op::kTanh:
      return "tanh";
    case Op::kAbsolute:
      return "absolute";
    case Op::kExp:
      return "exp";
    case Op::kLog:
      return "log";
    case Op::kMaxPool:
      return "max_pool";
    case Op::kAveragePool:
      return "average_pool";
    case Op::kSmooth:
      return "smooth";
    case Op::kGrowNearest:
      return "grow_nearest";
    case Op::kGrowLinear:
      return "grow_linear";
    case Op::kShuffle:
      return "shuffle";
    case Op::kConcatenate:
      return "concatenate";
    case Op::kTake:
      return "take";
    case Op::kAdd:
      return "add";
    case Op::kSubtract:
      return "subtract";
    case Op::kMultiply:
      return "multiply";
    case Op::kDivide:
      return "divide";
    case Op::kMinimum:
      return "minimum";
    case Op::kMaximum:
      return "maximum";
    case Op::kSlice:
      return "slice";
  }
  throw std::invalid_argument("NameOf: not an operation");
}

std::int64_t Parameter::count() const {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

int GraphBuilder::Append(Node node) {
  for (const int input : node.inputs) {
    Require(input >= 0 && input < static_cast<int>(graph_.nodes.size()), "an input is no earlier node");
  }
  Require(node.channels > 0, "a value without channels");
  graph_.nodes.push_back(std::move(node));
  return static_cast<int>(graph_.nodes.size()) - 1;
}

int GraphBuilder::Input(int channels) {
  Node node;
  node.channels = channels;
  return Append(std::move(node));
}

int GraphBuilder::Constant(std::vector<float> values) {
  Node node;
  node.op = Op::kConstant;
  node.channels = static_cast<int>(values.size());
  node.values = std::move(values);
  return Append(std::move(node));
}

int GraphBuilder::Declare(Parameter parameter) {
  Require(parameter.start != Start::kFixed || parameter.count() == static_cast<std::int64_t>(parameter.values.size()),
          "a fixed parameter has not as many values as its shape");
  graph_.parameters.push_back(std::move(parameter));
  return static_cast<int>(graph_.parameters.size()) - 1;
}

int GraphBuilder::DeclareConvolution(const std::string& name, int in, int out, int kernel, Start start, int groups) {
  Require(in % groups == 0 && out % groups == 0, "groups that do not divide the channels");
  const int fan_in = in / groups * kernel * kernel;
  const int first = Declare({name + ".weight", {out, in / groups, kernel, kernel}, start, fan_in, {}});
  Declare({name + ".bias", {out}, start, fan_in, {}});
  return first;
}

int GraphBuilder::DeclareScale(const std::string& name, int channels) {
  return Declare({name, {1, channels, 1, 1}, Start::kZero, 1, {}});
}

int GraphBuilder::Convolution(int x, int parameter) {
  const auto& shape = graph_.parameters.at(parameter).shape;
  Node node;
  node.op = Op::kConvolution;
  node.inputs = {x};
  node.channels = static_cast<int>(shape[0]);
  node.stride_px = at(x).stride_px;
  node.parameter = parameter;
  node.size = static_cast<int>(shape[2]);
  node.groups = at(x).channels / static_cast<int>(shape[1]);
  Require(node.groups * shape[1] == at(x).channels, "a convolution of other channels than it is given");
  return Append(std::move(node));
}

int GraphBuilder::HalvingConvolution(int x, int parameter) {
  const int node = Convolution(x, parameter);
  graph_.nodes.back().halves = true;
  graph_.nodes.back().stride_px *= graph_.nodes.back().size;
  return node;
}

int GraphBuilder::Scale(int x, int parameter) {
  Require(graph_.parameters.at(parameter).count() == at(x).channels, "a scale of other channels than it is given");
  const int node = Apply(Op::kScale, {x});
  graph_.nodes.back().parameter = parameter;
  return node;
}

int GraphBuilder::Slice(int grid, int planes, int parameter, int factor) {
  Require(at(grid).stride_px == factor * at(planes).stride_px, "a grid of another stride than its planes need");
  Node node;
  node.op = Op::kSlice;
  node.inputs = {grid, planes};
  node.channels = 2;
  node.stride_px = at(planes).stride_px;
  node.parameter = parameter;
  node.size = factor;
  return Append(std::move(node));
}

int GraphBuilder::Apply(Op op, std::vector<int> inputs, int size) {
  Require(!inputs.empty(), "an operation of nothing");
  std::vector<const Node*> nodes;
  for (const int input : inputs) nodes.push_back(&at(input));
  Node node;
  node.op = op;
  node.size = size;
  node.channels = ChannelsAfter(op, nodes, size);
  // A constant has no size of its own.
  const auto sized = std::find_if(nodes.begin(), nodes.end(), [](const Node* n) { return n->op != Op::kConstant; });
  node.stride_px = sized == nodes.end() ? 1 : StrideAfter(op, (*sized)->stride_px, size);
  if (IsElementwise(op)) {
    for (const Node* input : nodes) {
      Require(input->channels == node.channels || input->channels == 1, "planes that cannot be matched");
    }
  }
  node.inputs = std::move(inputs);
  return Append(std::move(node));
}

int GraphBuilder::Take(int x, int first, int count) {
  Require(first >= 0 && count > 0 && first + count <= at(x).channels, "channels that are not there");
  const int node = Apply(Op::kTake, {x}, first);
  graph_.nodes.back().channels = count;
  return node;
}

}  // namespace interneg::model
