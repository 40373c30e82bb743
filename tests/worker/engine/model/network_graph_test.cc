// What is measured on a graph against what the graph does when it is computed.
#include "worker/engine/model/network_graph.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "worker/engine/model/network_torch.h"

namespace interneg::model {
namespace {

constexpr auto kMatrix = image::YCbCrMatrix::kBt709;

NetworkDescription Small(NetworkKind kind, FreePlanes free) {
  auto d = DescribeNetwork(kind, NetworkSize::kSmall, free, kMatrix);
  d.width = 4;
  d.levels = 2;
  return d;
}

std::vector<at::Tensor> RandomParameters(const NetworkGraph& graph) {
  at::manual_seed(11);
  auto parameters = FreshParameters(graph, 7);
  for (auto& parameter : parameters) parameter = parameter + 0.1 * at::randn(parameter.sizes());
  return parameters;
}

constexpr int kSide_px = 320;  // more than any of these networks sees

// Changes one pixel and looks how far around it the output changes.
int SeenReach_px(const NetworkGraph& graph, int x, int y) {
  const auto parameters = RandomParameters(graph);
  const at::Tensor before = at::rand({1, graph.nodes.front().channels, kSide_px, kSide_px});
  at::Tensor after = before.clone();
  after.slice(2, y, y + 1).slice(3, x, x + 1).add_(4.0);
  const std::vector<Place> places = {PlaceOf({0, 0, {kSide_px, kSide_px}, {kSide_px, kSide_px}})};
  const at::Tensor changed =
      (Compute(graph, parameters, after, places, at::kFloat) - Compute(graph, parameters, before, places, at::kFloat))
          .abs()
          .sum(1)
          .squeeze(0);
  const at::Tensor where = at::nonzero(changed);
  const at::Tensor apart = at::stack({(where.select(1, 0) - y).abs().max(), (where.select(1, 1) - x).abs().max()});
  return static_cast<int>(apart.max().item<std::int64_t>());
}

TEST(NetworkGraph, NothingBeyondItsReachCounts) {
  for (const auto& d : {Small(NetworkKind::kGrid, FreePlanes::kChroma), Small(NetworkKind::kUNet, FreePlanes::kAll),
                        Small(NetworkKind::kNafnet, FreePlanes::kLuma)}) {
    const NetworkGraph graph = CorrectionGraph(d);
    int seen = 0;
    for (const int at : {kSide_px / 2 - 8, kSide_px / 2 - 3, kSide_px / 2 - 1, kSide_px / 2}) seen = std::max(seen, SeenReach_px(graph, at, at + 1));
    EXPECT_LE(seen, Reach_px(graph)) << NameOf(d.kind);
    EXPECT_GE(seen, Reach_px(graph) / 2) << NameOf(d.kind) << ": a halo far wider than needed";
  }
}

TEST(NetworkGraph, CountsWhatItsLayersHave) {
  const auto d = DescribeNetwork(NetworkKind::kUNet, NetworkSize::kMedium, FreePlanes::kLuma, kMatrix);
  // Channels 24, 48, 96, 192; two 3 × 3 convolutions at each level on the way down and up, one 1 × 1 between levels.
  const auto macs = [](int in, int out, int kernel, int level) {
    return static_cast<double>(in) * out * kernel * kernel / std::pow(4.0, level);
  };
  double sum = macs(3, 24, 3, 0) + macs(24, 24, 3, 0) + macs(24, 1, 3, 0);
  std::int64_t parameters = (3 * 24 + 24 * 24 + 24) * 9 + 24 + 24 + 1;
  for (int level = 0; level < 3; ++level) {
    const int fine = 24 << level, coarse = 2 * fine;
    sum += macs(fine, coarse, 3, level + 1) + macs(coarse, coarse, 3, level + 1) + macs(coarse, fine, 1, level + 1) +
           macs(2 * fine, fine, 3, level) + macs(fine, fine, 3, level);
    parameters += (fine * coarse + coarse * coarse + 2 * fine * fine + fine * fine) * 9 + coarse * fine + 2 * coarse +
                  fine + 2 * fine;
  }
  EXPECT_DOUBLE_EQ(KiloMacsPerPixel(d) * 1000.0, sum);
  EXPECT_EQ(ParameterCount(d), parameters);
}

// Files and optimisers know parameters by name and order: a checkpoint of yesterday must fit.
TEST(NetworkGraph, ParametersKeepTheirNamesAndOrder) {
  std::vector<std::string> names;
  for (const auto& parameter : CorrectionGraph(Small(NetworkKind::kGrid, FreePlanes::kChroma)).parameters) {
    if (!parameter.name.ends_with(".bias")) names.push_back(parameter.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"unet.enter.0.weight", "unet.enter.1.weight", "unet.down.0.0.weight",
                                             "unet.down.0.1.weight", "unet.up.0.weight", "unet.merge.0.0.weight",
                                             "unet.merge.0.1.weight", "unet.down.1.0.weight", "unet.down.1.1.weight",
                                             "unet.up.1.weight", "unet.merge.1.0.weight", "unet.merge.1.1.weight",
                                             "unet.last.weight", "guide.w1", "guide.b1", "guide.w2", "guide.b2"}));
}

TEST(NetworkGraph, AFreshNetworkAddsNothing) {
  for (const auto kind : {NetworkKind::kGrid, NetworkKind::kUNet, NetworkKind::kNafnet}) {
    const Network network(Small(kind, FreePlanes::kChroma), 3);
    const auto out = network.Correct(at::rand({1, 7, 40, 24}), {PlaceOf({0, 0, {24, 40}, {24, 40}})}, at::kFloat);
    EXPECT_EQ(out.abs().max().item<float>(), 0.0F) << NameOf(kind);
  }
}

// Without normalisation the signal must neither die nor explode on its way through the blocks.
TEST(NetworkGraph, NafnetFeaturesKeepTheirSize) {
  const auto d = DescribeNetwork(NetworkKind::kNafnet, NetworkSize::kMedium, FreePlanes::kAll, kMatrix);
  NetworkGraph graph = CorrectionGraph(d);
  auto parameters = FreshParameters(graph, 3);
  at::manual_seed(3);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& name = graph.parameters[i].name;
    if (name.ends_with(".near") || name.ends_with(".pixel")) parameters[i] = at::full(parameters[i].sizes(), 0.2);
    if (name.find("last") != std::string::npos)
      parameters[i] = at::randn(parameters[i].sizes()) / std::sqrt(9.0 * 32.0);
  }
  const auto z = at::rand({1, 3, 64, 64});
  const auto out = Compute(graph, parameters, z, {PlaceOf({0, 0, {64, 64}, {64, 64}})}, at::kFloat);
  EXPECT_GT(out.std().item<float>(), 0.05F);
  EXPECT_LT(out.std().item<float>(), 20.0F);
}

TEST(NetworkGraph, WhatDoesNotFitIsRefusedWhileItIsBuilt) {
  GraphBuilder graph;
  const int x = graph.Input(3);
  EXPECT_THROW(graph.Take(x, 2, 2), std::logic_error);
  EXPECT_THROW(graph.Convolution(x, graph.DeclareConvolution("c", 4, 4, 3, Start::kLinear)), std::logic_error);
  EXPECT_THROW(graph.Apply(Op::kAdd, {x, graph.Constant({1.0F, 2.0F})}), std::logic_error);
  EXPECT_THROW(graph.Apply(Op::kGrowNearest, {x}, 2), std::logic_error);
  EXPECT_THROW(graph.Apply(Op::kRelu, {x + 100}), std::exception);
}

}  // namespace
}  // namespace interneg::model
