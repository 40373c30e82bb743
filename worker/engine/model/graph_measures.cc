#include <algorithm>
#include <vector>

#include "worker/engine/model/network_graph.h"

namespace interneg::model {
namespace {

// What sample i of stride s depends on: pixels i·s − before to i·s + s − 1 + after, in each direction.
struct Reach {
  int before = 0;
  int after = 0;
};

Reach Wider(const Reach& a, const Reach& b) {
  return {std::max(a.before, b.before), std::max(a.after, b.after)};
}

// Pooling changes nothing, for a sample's own pixels are counted apart. A sample that has grown out of a coarse one
// sees all of that one's pixels, whichever part of it it is.
Reach ReachOf(const Node& node, const std::vector<Reach>& of, const NetworkGraph& graph) {
  Reach reach;
  for (const int input : node.inputs) reach = Wider(reach, of[input]);
  if (node.inputs.empty()) return reach;
  const int stride = graph.nodes[node.inputs.front()].stride_px;
  int more = 0;
  switch (node.op) {
    case Op::kConvolution:
      more = node.halves ? 0 : node.size / 2 * stride;
      break;
    case Op::kSmooth:
      more = node.size * stride;
      break;
    case Op::kGrowNearest:
    case Op::kShuffle:
      more = stride - node.stride_px;
      break;
    case Op::kGrowLinear:
    case Op::kSlice:
      // Between the centres of two cells: at most one and a half cells away.
      more = (3 * stride + 1) / 2;
      break;
    default:
      break;
  }
  const Reach& first = of[node.inputs.front()];
  return Wider(reach, {first.before + more, first.after + more});
}

}  // namespace

int Reach_px(const NetworkGraph& graph) {
  std::vector<Reach> of;
  for (const Node& node : graph.nodes) of.push_back(ReachOf(node, of, graph));
  return std::max(of.back().before, of.back().after);
}

int CoarsestStride_px(const NetworkGraph& graph) {
  int coarsest = 1;
  for (const Node& node : graph.nodes) coarsest = std::max(coarsest, node.stride_px);
  return coarsest;
}

std::int64_t ParameterCount(const NetworkGraph& graph) {
  std::int64_t count = 0;
  for (const Parameter& parameter : graph.parameters) {
    if (parameter.start != Start::kFixed) count += parameter.count();
  }
  return count;
}

double MacsPerPixel(const NetworkGraph& graph, const Node& node) {
  const double samples = 1.0 / (static_cast<double>(node.stride_px) * node.stride_px);
  if (node.op == Op::kConvolution) return static_cast<double>(graph.parameters[node.parameter].count()) * samples;
  if (node.op != Op::kSlice) return 0.0;
  // The guide's two layers; the coefficients of one bin pair blended across and between bins; the affine map.
  const auto hidden = graph.parameters[node.parameter].shape[0], planes = graph.parameters[node.parameter].shape[1];
  const auto coefficients = static_cast<double>(node.channels) * static_cast<double>(planes + 1);
  return (static_cast<double>(hidden * (planes + 1)) + 5.0 * coefficients) * samples;
}

double MacsPerPixel(const NetworkGraph& graph) {
  double sum = 0;
  for (const Node& node : graph.nodes) sum += MacsPerPixel(graph, node);
  return sum;
}

std::vector<int> LastUses(const NetworkGraph& graph) {
  std::vector<int> last(graph.nodes.size(), -1);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const int input : graph.nodes[i].inputs) last[input] = static_cast<int>(i);
  }
  last.back() = static_cast<int>(graph.nodes.size());
  return last;
}

double PeakValuesPerPixel(const NetworkGraph& graph) {
  const auto last = LastUses(graph);
  const auto values = [&](int node) {
    const Node& n = graph.nodes[node];
    if (n.op == Op::kConstant) return 0.0;
    return n.channels / (static_cast<double>(n.stride_px) * n.stride_px);
  };
  double held = 0, most = 0;
  for (int i = 0; i < static_cast<int>(graph.nodes.size()); ++i) {
    held += values(i);
    most = std::max(most, held);
    auto inputs = graph.nodes[i].inputs;
    std::sort(inputs.begin(), inputs.end());
    inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
    for (const int input : inputs) {
      if (last[input] == i) held -= values(input);
    }
  }
  return most;
}

}  // namespace interneg::model
