#include <cmath>
#include <stdexcept>
#include <utility>

#include "worker/engine/model/bilateral_slice_torch.h"
#include "worker/engine/model/network_torch.h"

namespace interneg::model {
namespace {

// Repeats the last row and column until both sides are multiples of `alignment`.
at::Tensor Padded(const at::Tensor& x, int alignment) {
  const std::int64_t right = (alignment - x.size(3) % alignment) % alignment;
  const std::int64_t below = (alignment - x.size(2) % alignment) % alignment;
  // Put together, for replication_pad2d writes pixel by pixel on one thread: a sixth of the time of a 4K frame.
  at::Tensor out = x;
  if (right > 0) out = at::cat({out, out.narrow(3, out.size(3) - 1, 1).expand({-1, -1, -1, right})}, 3);
  if (below > 0) out = at::cat({out, out.narrow(2, out.size(2) - 1, 1).expand({-1, -1, below, -1})}, 2);
  return out;
}

// Float32 [n, 2, h, w]. Centres beyond the frame get the edge's place, since nothing was ever learned out there.
at::Tensor PlacePlanes(const std::vector<Place>& places, const at::Tensor& like, int stride_px) {
  const std::int64_t h = like.size(2), w = like.size(3);
  const auto line = [&](double first, double step, std::int64_t cells) {
    const double centre = first + step * 0.5 * (stride_px - 1);
    return at::clamp(at::arange(cells, like.options()) * (step * stride_px) + centre, -1.0, 1.0);
  };
  std::vector<at::Tensor> planes;
  for (const Place& place : places) {
    const at::Tensor x = line(place.x_first, place.x_step, w).view({1, w}).expand({h, w});
    const at::Tensor y = line(place.y_first, place.y_step, h).view({h, 1}).expand({h, w});
    planes.push_back(at::stack({x, y}));
  }
  return at::stack(planes);
}

// The same of places [n, 4] on the device.
at::Tensor PlacePlanes(const at::Tensor& places, const at::Tensor& like, int stride_px) {
  const std::int64_t n = places.size(0), h = like.size(2), w = like.size(3);
  const auto line = [&](std::int64_t column, std::int64_t cells) {
    const at::Tensor first = places.narrow(1, column, 1), step = places.narrow(1, column + 1, 1);
    const at::Tensor centres_px = at::arange(cells, like.options()) * stride_px + 0.5 * (stride_px - 1);
    return at::clamp(first + step * centres_px, -1.0, 1.0);
  };
  const at::Tensor x = line(0, w).view({n, 1, w}).expand({n, h, w});
  const at::Tensor y = line(2, h).view({n, h, 1}).expand({n, h, w});
  return at::stack({x, y}, 1);
}

at::Tensor Smoothed(const at::Tensor& x, int radius_px) {
  return at::avg_pool2d(at::replication_pad2d(x, {radius_px, radius_px, radius_px, radius_px}), 2 * radius_px + 1, 1);
}

// Of what convolutions read and write. On a CPU without bfloat16 a training step took half as long again by channels
// last, and single convolutions without gradients as little as half as long (oneDNN 2.6); bfloat16 is slow by anything
// else.
at::MemoryFormat FastestLayout(const at::Tensor& input, at::ScalarType compute) {
  const bool gradients = at::GradMode::is_enabled() && input.is_cpu() && compute == at::kFloat;
  return gradients ? at::MemoryFormat::Contiguous : at::MemoryFormat::ChannelsLast;
}

// One walk over a graph's nodes. Places: a vector of them, or a tensor.
template <typename Places>
class Computation {
 public:
  Computation(const NetworkGraph& graph, const std::vector<at::Tensor>& parameters, const at::Tensor& input,
              const Places& places, at::ScalarType compute)
      : graph_(graph),
        parameters_(parameters),
        input_(input),
        places_(places),
        compute_(compute),
        layout_(FastestLayout(input, compute)),
        last_uses_(LastUses(graph)),
        values_(graph.nodes.size()) {}

  at::Tensor Run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      values_[i] = ValueOf(node, static_cast<int>(i));
      for (const int input : node.inputs) {
        if (last_uses_[input] == static_cast<int>(i)) values_[input] = at::Tensor();
      }
    }
    return values_.back();
  }

 private:
  const at::Tensor& In(const Node& node, int i) const { return values_[node.inputs[i]]; }

  // Taken over in place where a convolution made the value for this node alone, and keeps no copy of it for gradients.
  at::Tensor Rectified(const Node& node, int index) const {
    const int input = node.inputs[0];
    at::Tensor x = values_[input];
    return graph_.nodes[input].op == Op::kConvolution && last_uses_[input] == index ? x.relu_() : x.relu();
  }

  at::Tensor Convolved(const Node& node) const {
    const at::Tensor& x = In(node, 0);
    const at::Tensor weight = parameters_[node.parameter].to(x.scalar_type()).contiguous(layout_);
    const at::Tensor bias = parameters_[node.parameter + 1].to(x.scalar_type());
    const int stride = node.halves ? node.size : 1, padding = node.halves ? 0 : node.size / 2;
    return at::conv2d(x, weight, bias, stride, padding, 1, node.groups);
  }

  at::Tensor Sliced(const Node& node) const {
    const auto parameter = [&](int i) { return parameters_[node.parameter + i]; };
    return BilateralSlice(In(node, 0).permute({0, 2, 3, 1}).contiguous(), In(node, 1),
                          {parameter(0), parameter(1), parameter(2), parameter(3)}, node.size);
  }

  at::Tensor Joined(const Node& node) const {
    std::vector<at::Tensor> parts;
    for (const int input : node.inputs) parts.push_back(values_[input]);
    return at::cat(parts, 1);
  }

  at::Tensor ConstantOf(const Node& node) const {
    return at::tensor(at::ArrayRef<float>(node.values), input_.options()).view({1, node.channels, 1, 1});
  }

  at::Tensor ValueOf(const Node& node, int index) const {
    const int size = node.size;
    const auto grown = [&](const at::Tensor& x) { return std::vector{x.size(2) * size, x.size(3) * size}; };
    switch (node.op) {
      case Op::kInput:
        return input_;
      case Op::kConstant:
        return ConstantOf(node);
      case Op::kPlaces:
        return PlacePlanes(places_, In(node, 0), node.stride_px);
      case Op::kRepeatEdges:
        return Padded(In(node, 0), size);
      case Op::kCropTo:
        return In(node, 0).narrow(2, 0, In(node, 1).size(2)).narrow(3, 0, In(node, 1).size(3));
      case Op::kEnter:
        return In(node, 0).to(compute_).contiguous(layout_);
      case Op::kLeave:
        return In(node, 0).to(at::kFloat);
      case Op::kConvolution:
        return Convolved(node);
      case Op::kScale:
        return In(node, 0) * parameters_[node.parameter].to(In(node, 0).scalar_type());
      case Op::kRelu:
        return Rectified(node, index);
      case Op::kTanh:
        return at::tanh(In(node, 0));
      case Op::kAbsolute:
        return at::abs(In(node, 0));
      case Op::kExp:
        return at::exp(In(node, 0));
      case Op::kLog:
        return at::log(In(node, 0));
      case Op::kMaxPool:
        return at::max_pool2d(In(node, 0), size);
      case Op::kAveragePool:
        return at::avg_pool2d(In(node, 0), size);
      case Op::kSmooth:
        return Smoothed(In(node, 0), size);
      case Op::kGrowNearest:
        return at::upsample_nearest2d(In(node, 0), grown(In(node, 0)));
      case Op::kGrowLinear:
        return at::upsample_bilinear2d(In(node, 0), grown(In(node, 0)), /*align_corners=*/false);
      case Op::kShuffle:
        return at::pixel_shuffle(In(node, 0), size);
      case Op::kConcatenate:
        return Joined(node);
      case Op::kTake:
        return In(node, 0).narrow(1, size, node.channels);
      case Op::kAdd:
        return In(node, 0) + In(node, 1);
      case Op::kSubtract:
        return In(node, 0) - In(node, 1);
      case Op::kMultiply:
        return In(node, 0) * In(node, 1);
      case Op::kDivide:
        return In(node, 0) / In(node, 1);
      case Op::kMinimum:
        return at::minimum(In(node, 0), In(node, 1));
      case Op::kMaximum:
        return at::maximum(In(node, 0), In(node, 1));
      case Op::kSlice:
        return Sliced(node);
    }
    throw std::logic_error("Compute: not an operation");
  }

  const NetworkGraph& graph_;
  const std::vector<at::Tensor>& parameters_;
  const at::Tensor& input_;
  const Places& places_;
  const at::ScalarType compute_;
  const at::MemoryFormat layout_;
  const std::vector<int> last_uses_;
  std::vector<at::Tensor> values_;
};

}  // namespace

std::vector<at::Tensor> FreshParameters(const NetworkGraph& graph, std::uint64_t seed) {
  at::Generator random = at::detail::createCPUGenerator(seed);
  std::vector<at::Tensor> tensors;
  for (const Parameter& parameter : graph.parameters) {
    at::Tensor tensor = at::zeros(parameter.shape, at::TensorOptions().dtype(at::kFloat));
    if (parameter.start == Start::kFixed) {
      tensor = at::tensor(at::ArrayRef<float>(parameter.values)).view(parameter.shape);
    } else if (parameter.start != Start::kZero) {
      const double gain = parameter.start == Start::kRectified ? 6.0 : 3.0;
      const double bound = std::sqrt(gain / parameter.fan_in);
      tensor.uniform_(-bound, bound, random);
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

at::Tensor Compute(const NetworkGraph& graph, const std::vector<at::Tensor>& parameters, const at::Tensor& input_nchw,
                   const std::vector<Place>& places, at::ScalarType compute) {
  return Computation(graph, parameters, input_nchw, places, compute).Run();
}

at::Tensor Compute(const NetworkGraph& graph, const std::vector<at::Tensor>& parameters, const at::Tensor& input_nchw,
                   const at::Tensor& places, at::ScalarType compute) {
  return Computation(graph, parameters, input_nchw, places, compute).Run();
}

}  // namespace interneg::model
