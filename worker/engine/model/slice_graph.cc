#include "worker/engine/model/slice_graph.h"

#include <utility>
#include <vector>

namespace interneg::model {
namespace {

int DeclareGuide(GraphBuilder& graph) {
  const int first = graph.Declare({"guide.w1", {kGuideHidden, kSliceInputs}, Start::kRectified, kSliceInputs, {}});
  graph.Declare({"guide.b1", {kGuideHidden}, Start::kRectified, kSliceInputs, {}});
  graph.Declare({"guide.w2", {kGuideHidden}, Start::kRectified, kGuideHidden, {}});
  graph.Declare({"guide.b2", {1}, Start::kRectified, kGuideHidden, {}});
  return first;
}

// The same weights in the shapes of two convolutions.
std::pair<int, int> DeclareGuideLayers(GraphBuilder& graph) {
  const int first =
      graph.Declare({"guide.w1", {kGuideHidden, kSliceInputs, 1, 1}, Start::kRectified, kSliceInputs, {}});
  graph.Declare({"guide.b1", {kGuideHidden}, Start::kRectified, kSliceInputs, {}});
  const int second = graph.Declare({"guide.w2", {1, kGuideHidden, 1, 1}, Start::kRectified, kGuideHidden, {}});
  graph.Declare({"guide.b2", {1}, Start::kRectified, kGuideHidden, {}});
  return {first, second};
}

// Where each pixel lies between the bins, 0 to bins − 1.
int AddBinPosition(GraphBuilder& graph, int z, int bins) {
  const auto [first, second] = DeclareGuideLayers(graph);
  const int hidden = graph.Apply(Op::kRelu, {graph.Convolution(z, first)});
  const int luma = graph.Apply(Op::kMultiply, {graph.Take(z, 0, 1), graph.Constant({2.0F})});
  const int centred = graph.Apply(Op::kSubtract, {luma, graph.Constant({1.0F})});
  const int guide = graph.Apply(Op::kTanh, {graph.Apply(Op::kAdd, {graph.Convolution(hidden, second), centred})});
  const int raised = graph.Apply(Op::kAdd, {guide, graph.Constant({1.0F})});
  return graph.Apply(Op::kMultiply, {raised, graph.Constant({0.5F * static_cast<float>(bins - 1)})});
}

// Linear between bins is the sum of all bins, each weighted by a hat of width 1 around it: no gathering is needed.
int AddBlendedMap(GraphBuilder& graph, int grid, int z, int position, const NetworkDescription& d) {
  int map = -1;
  for (int bin = 0; bin < d.bins; ++bin) {
    const int cells = graph.Take(grid, bin * kSliceCoefficients, kSliceCoefficients);
    const int grown = graph.Apply(Op::kCropTo, {graph.Apply(Op::kGrowLinear, {cells}, d.shrink), z});
    const int apart =
        graph.Apply(Op::kAbsolute, {graph.Apply(Op::kSubtract, {position, graph.Constant({static_cast<float>(bin)})})});
    const int hat = graph.Apply(Op::kRelu, {graph.Apply(Op::kSubtract, {graph.Constant({1.0F}), apart})});
    const int share = graph.Apply(Op::kMultiply, {grown, hat});
    map = bin == 0 ? share : graph.Apply(Op::kAdd, {map, share});
  }
  return map;
}

}  // namespace

int AddSlice(GraphBuilder& graph, int grid, int z, const NetworkDescription& d, GraphForm form) {
  if (form == GraphForm::kFused) return graph.Slice(grid, z, DeclareGuide(graph), d.shrink);
  const int map = AddBlendedMap(graph, grid, z, AddBinPosition(graph, z, d.bins), d);
  const int one = graph.Apply(
      Op::kAdd, {graph.Apply(Op::kMultiply, {graph.Take(z, 0, 1), graph.Constant({0.0F})}), graph.Constant({1.0F})});
  const int product = graph.Apply(Op::kMultiply, {map, graph.Apply(Op::kConcatenate, {z, one, z, one})});
  Parameter sums{"slice.sums.weight", {2, kSliceCoefficients, 1, 1}, Start::kFixed, kSliceCoefficients, {}};
  sums.values.assign(2 * kSliceCoefficients, 0.0F);
  for (int i = 0; i < kSliceTerms; ++i) sums.values[i] = sums.values[kSliceCoefficients + kSliceTerms + i] = 1.0F;
  const int weight = graph.Declare(std::move(sums));
  graph.Declare({"slice.sums.bias", {2}, Start::kFixed, kSliceCoefficients, {0.0F, 0.0F}});
  return graph.Convolution(product, weight);
}

}  // namespace interneg::model
