#include "worker/engine/model/torch_script.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <torch/script.h>

#include "worker/engine/model/stored_model.h"
#include "worker/engine/model/whole_graph.h"

namespace interneg::model {
namespace {

// Where a value's size matters it is read from the tensor, so that the frame may have any.
constexpr char kFunctions[] = R"(
def repeat_edges(self, x: Tensor, multiple: int) -> Tensor:
    right = (multiple - x.size(3) % multiple) % multiple
    below = (multiple - x.size(2) % multiple) % multiple
    if right + below > 0:
        x = torch.replication_pad2d(x, [0, right, 0, below])
    return x

def crop(self, x: Tensor, like: Tensor) -> Tensor:
    return torch.narrow(torch.narrow(x, 2, 0, like.size(2)), 3, 0, like.size(3))

def places(self, x: Tensor, frame: Tensor, stride: int) -> Tensor:
    across = torch.arange(x.size(3), device=x.device) + 0.5
    down = torch.arange(x.size(2), device=x.device) + 0.5
    across = torch.clamp(across * (2.0 * stride / frame.size(3)) - 1.0, -1.0, 1.0).to(x.dtype)
    down = torch.clamp(down * (2.0 * stride / frame.size(2)) - 1.0, -1.0, 1.0).to(x.dtype)
    planes = torch.stack([across.view([1, -1]).expand([x.size(2), x.size(3)]), down.view([-1, 1]).expand([x.size(2), x.size(3)])])
    return planes.unsqueeze(0).expand([x.size(0), 2, x.size(2), x.size(3)])
)";

std::string Identifier(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

std::string List(std::initializer_list<int> numbers) {
  std::string text;
  for (const int number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return "[" + text + "]";
}

class Source {
 public:
  explicit Source(const NetworkGraph& graph) : graph_(graph) {}

  std::string Text() const {
    std::ostringstream text;
    text << kFunctions << "\ndef forward(self, frame: Tensor) -> Tensor:\n";
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      text << "    x" << i << " = " << Expression(static_cast<int>(i)) << "\n";
    }
    text << "    return x" << graph_.nodes.size() - 1 << "\n";
    return text.str();
  }

 private:
  static std::string Value(int node) { return "x" + std::to_string(node); }
  std::string Weight(int parameter) const { return "self." + Identifier(graph_.parameters.at(parameter).name); }

  static std::string Call(const std::string& function, const Node& node, const std::string& more = {}) {
    std::string text = function + "(";
    for (std::size_t i = 0; i < node.inputs.size(); ++i) text += (i == 0 ? "" : ", ") + Value(node.inputs[i]);
    return text + (more.empty() ? "" : ", " + more) + ")";
  }

  static std::string Between(const Node& node, const char* sign) {
    return Value(node.inputs[0]) + " " + sign + " " + Value(node.inputs[1]);
  }

  std::string Convolution(const Node& node) const {
    const int stride = node.halves ? node.size : 1, padding = node.halves ? 0 : node.size / 2;
    return Call("torch.conv2d", node,
                Weight(node.parameter) + ", " + Weight(node.parameter + 1) + ", " + List({stride, stride}) + ", " +
                    List({padding, padding}) + ", [1, 1], " + std::to_string(node.groups));
  }

  static std::string Joined(const Node& node) {
    std::string list;
    for (const int input : node.inputs) list += (list.empty() ? "" : ", ") + Value(input);
    return "torch.cat([" + list + "], 1)";
  }

  static std::string Grown(const Node& node, const char* function, const char* more) {
    const std::string x = Value(node.inputs[0]), by = std::to_string(node.size);
    return "torch." + std::string(function) + "(" + x + ", [" + x + ".size(2) * " + by + ", " + x + ".size(3) * " + by +
           "]" + more + ")";
  }

  static std::string Smoothed(const Node& node) {
    const int r = node.size, side = 2 * r + 1;
    return "torch.avg_pool2d(torch.replication_pad2d(" + Value(node.inputs[0]) + ", " + List({r, r, r, r}) + "), " +
           List({side, side}) + ", [1, 1])";
  }

  std::string Expression(int index) const {
    const Node& node = graph_.nodes[index];
    const std::string size = std::to_string(node.size);
    switch (node.op) {
      case Op::kInput:
        return "frame";
      case Op::kConstant:
        return "self.constant_" + std::to_string(index);
      case Op::kPlaces:
        return Call("self.places", node, "frame, " + std::to_string(node.stride_px));
      case Op::kRepeatEdges:
        return Call("self.repeat_edges", node, size);
      case Op::kCropTo:
        return Call("self.crop", node);
      case Op::kEnter:
      case Op::kLeave:
        return Value(node.inputs[0]);
      case Op::kConvolution:
        return Convolution(node);
      case Op::kScale:
        return Value(node.inputs[0]) + " * " + Weight(node.parameter);
      case Op::kRelu:
        return Call("torch.relu", node);
      case Op::kTanh:
        return Call("torch.tanh", node);
      case Op::kAbsolute:
        return Call("torch.abs", node);
      case Op::kExp:
        return Call("torch.exp", node);
      case Op::kLog:
        return Call("torch.log", node);
      case Op::kMaxPool:
        return Call("torch.max_pool2d", node, List({node.size, node.size}));
      case Op::kAveragePool:
        return Call("torch.avg_pool2d", node, List({node.size, node.size}));
      case Op::kSmooth:
        return Smoothed(node);
      case Op::kGrowNearest:
        return Grown(node, "upsample_nearest2d", "");
      case Op::kGrowLinear:
        return Grown(node, "upsample_bilinear2d", ", False");
      case Op::kShuffle:
        return Call("torch.pixel_shuffle", node, size);
      case Op::kConcatenate:
        return Joined(node);
      case Op::kTake:
        return Call("torch.narrow", node, "1, " + size + ", " + std::to_string(node.channels));
      case Op::kAdd:
        return Between(node, "+");
      case Op::kSubtract:
        return Between(node, "-");
      case Op::kMultiply:
        return Between(node, "*");
      case Op::kDivide:
        return Between(node, "/");
      case Op::kMinimum:
        return Call("torch.minimum", node);
      case Op::kMaximum:
        return Call("torch.maximum", node);
      case Op::kSlice:
        break;
    }
    throw std::logic_error("TorchScript: '" + std::string(NameOf(node.op)) + "' is the engine's own operation");
  }

  const NetworkGraph& graph_;
};

at::Tensor TensorOf(const std::vector<float>& values, const std::vector<std::int64_t>& shape) {
  return at::tensor(at::ArrayRef<float>(values)).view(shape);
}

}  // namespace

std::string TorchScriptSource(const NetworkGraph& graph) {
  return Source(graph).Text();
}

std::vector<std::byte> ToTorchScript(const Safetensors& content) {
  const NetworkGraph graph = WholeGraph(ReadStoredModel(content));
  torch::jit::Module module("Interneg");
  for (const Parameter& parameter : graph.parameters) {
    module.register_parameter(Identifier(parameter.name), TensorOf(WeightsOf(content, parameter), parameter.shape),
                              /*is_buffer=*/parameter.start == Start::kFixed);
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (node.op != Op::kConstant) continue;
    module.register_buffer("constant_" + std::to_string(i), TensorOf(node.values, {1, node.channels, 1, 1}));
  }
  module.define(TorchScriptSource(graph));
  std::ostringstream out;
  module.save(out);
  const std::string text = out.str();
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

}  // namespace interneg::model
