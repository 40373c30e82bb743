#include "worker/engine/model/correction_graph.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "worker/engine/model/slice_graph.h"

namespace interneg::model {
namespace {

// Channels double at each level, up to eight times the width.
int Channels(int width, int level) {
  return width * std::min(1 << level, 8);
}

// Two 3 × 3 convolutions, each with a rectifier.
struct Pair {
  int first = 0;
  int second = 0;
};

Pair DeclarePair(GraphBuilder& graph, const std::string& name, int in, int out) {
  const int first = graph.DeclareConvolution(name + ".0", in, out, 3, Start::kRectified);
  return {first, graph.DeclareConvolution(name + ".1", out, out, 3, Start::kRectified)};
}

int AddPair(GraphBuilder& graph, int x, const Pair& pair) {
  const int half = graph.Apply(Op::kRelu, {graph.Convolution(x, pair.first)});
  return graph.Apply(Op::kRelu, {graph.Convolution(half, pair.second)});
}

// A U-Net without normalisation whose last layer starts at zero (with weights smaller than He's the zero last layer
// takes hundreds of steps to see any detail). Sides are multiples of 2^levels.
int AddUNet(GraphBuilder& graph, int x, int out, int width, int levels) {
  const Pair enter = DeclarePair(graph, "unet.enter", graph.at(x).channels, width);
  std::vector<Pair> down, merge;
  std::vector<int> up;
  for (int i = 0; i < levels; ++i) {
    const std::string level = std::to_string(i);
    const int fine = Channels(width, i), coarse = Channels(width, i + 1);
    down.push_back(DeclarePair(graph, "unet.down." + level, fine, coarse));
    up.push_back(graph.DeclareConvolution("unet.up." + level, coarse, fine, 1, Start::kRectified));
    merge.push_back(DeclarePair(graph, "unet.merge." + level, 2 * fine, fine));
  }
  const int last = graph.DeclareConvolution("unet.last", width, out, 3, Start::kZero);

  std::vector<int> skips = {AddPair(graph, graph.Apply(Op::kEnter, {x}), enter)};
  for (const Pair& pair : down) skips.push_back(AddPair(graph, graph.Apply(Op::kMaxPool, {skips.back()}, 2), pair));
  int y = skips.back();
  for (int i = levels - 1; i >= 0; --i) {
    const int grown = graph.Apply(Op::kGrowNearest, {graph.Convolution(y, up[i])}, 2);
    y = AddPair(graph, graph.Apply(Op::kConcatenate, {skips[i], grown}), merge[i]);
  }
  return graph.Apply(Op::kLeave, {graph.Convolution(y, last)});
}

// One half of the channels times the other. NAFNet's gate is the plain product, which squares the signal at each block:
// without normalisation it runs away. Bounded by a tanh it is the same where the signal is small.
int AddGate(GraphBuilder& graph, int x) {
  const int half = graph.at(x).channels / 2;
  return graph.Apply(Op::kMultiply, {graph.Take(x, 0, half), graph.Apply(Op::kTanh, {graph.Take(x, half, half)})});
}

// NAFNet's block (Chen et al. 2022, figure 3) without layer normalisation and without channel attention, whose global
// pooling would make a tile depend on where it was cut. Its scales start at zero, so that a fresh block passes x on.
int AddNafBlock(GraphBuilder& graph, int x, const std::string& name) {
  const int c = graph.at(x).channels;
  int y = graph.Convolution(x, graph.DeclareConvolution(name + ".0", c, 2 * c, 1, Start::kLinear));
  y = graph.Convolution(y, graph.DeclareConvolution(name + ".1", 2 * c, 2 * c, 3, Start::kLinear, 2 * c));
  y = AddGate(graph, y);
  y = graph.Convolution(y, graph.DeclareConvolution(name + ".2", c, c, 1, Start::kLinear));
  x = graph.Apply(Op::kAdd, {x, graph.Scale(y, graph.DeclareScale(name + ".near", c))});
  y = graph.Convolution(x, graph.DeclareConvolution(name + ".3", c, 2 * c, 1, Start::kLinear));
  y = AddGate(graph, y);
  y = graph.Convolution(y, graph.DeclareConvolution(name + ".4", c, c, 1, Start::kLinear));
  return graph.Apply(Op::kAdd, {x, graph.Scale(y, graph.DeclareScale(name + ".pixel", c))});
}

int AddNafBlocks(GraphBuilder& graph, int x, const std::string& name, int blocks) {
  for (int i = 0; i < blocks; ++i) x = AddNafBlock(graph, x, name + "." + std::to_string(i));
  return x;
}

int AddNafnet(GraphBuilder& graph, int x, int out, const NetworkDescription& d) {
  int y = graph.Apply(Op::kEnter, {x});
  y = graph.Convolution(y, graph.DeclareConvolution("nafnet.enter", graph.at(x).channels, d.width, 3, Start::kLinear));
  std::vector<int> skips;
  for (int i = 0; i < d.levels; ++i) {
    const std::string level = "nafnet.down." + std::to_string(i);
    const int c = Channels(d.width, i);
    skips.push_back(AddNafBlocks(graph, y, level, d.blocks));
    y = graph.HalvingConvolution(
        skips.back(), graph.DeclareConvolution(level + ".halve", c, Channels(d.width, i + 1), 2, Start::kLinear));
  }
  y = AddNafBlocks(graph, y, "nafnet.middle", d.blocks);
  for (int i = d.levels - 1; i >= 0; --i) {
    const std::string level = "nafnet.up." + std::to_string(i);
    const int c = Channels(d.width, i);
    const int grow = graph.DeclareConvolution(level + ".grow", Channels(d.width, i + 1), 4 * c, 1, Start::kLinear);
    y = graph.Apply(Op::kAdd, {graph.Apply(Op::kShuffle, {graph.Convolution(y, grow)}, 2), skips[i]});
    y = AddNafBlocks(graph, y, level, d.blocks);
  }
  y = graph.Convolution(y, graph.DeclareConvolution("nafnet.last", d.width, out, 3, Start::kZero));
  return graph.Apply(Op::kLeave, {y});
}

}  // namespace

int InputPlanes(const NetworkDescription& d) {
  return d.free == FreePlanes::kChroma ? kSliceInputs : 3;
}

PlaneRange BasePlanes(const NetworkDescription& d) {
  switch (d.free) {
    case FreePlanes::kChroma:
      return {3, 2};
    case FreePlanes::kLuma:
      return {0, 1};
    case FreePlanes::kAll:
      return {0, 3};
  }
  throw std::invalid_argument("BasePlanes: not a set of planes");
}

PlaneRange FreeAmongYCbCr(const NetworkDescription& d) {
  return d.free == FreePlanes::kChroma ? PlaneRange{1, 2} : BasePlanes(d);
}

int AddCorrection(GraphBuilder& graph, const NetworkDescription& d, int z, GraphForm form) {
  const int padded = graph.Apply(Op::kRepeatEdges, {z}, d.shrink << d.levels);
  const int out = BasePlanes(d).count;
  switch (d.kind) {
    case NetworkKind::kClosedForm:
    case NetworkKind::kLut:
      break;
    case NetworkKind::kGrid: {
      const int cells = graph.Apply(Op::kAveragePool, {padded}, d.shrink);
      const int where = graph.Apply(Op::kPlaces, {cells});
      const int seen = graph.Apply(Op::kConcatenate, {cells, where});
      const int grid = AddUNet(graph, seen, d.bins * kSliceCoefficients, d.width, d.levels);
      return AddSlice(graph, grid, z, d, form);
    }
    case NetworkKind::kUNet:
      return graph.Apply(Op::kCropTo, {AddUNet(graph, padded, out, d.width, d.levels), z});
    case NetworkKind::kNafnet:
      return graph.Apply(Op::kCropTo, {AddNafnet(graph, padded, out, d), z});
  }
  throw std::invalid_argument("AddCorrection: a map of colours has no network");
}

NetworkGraph CorrectionGraph(const NetworkDescription& description) {
  GraphBuilder graph;
  AddCorrection(graph, description, graph.Input(InputPlanes(description)), GraphForm::kFused);
  return graph.Finish();
}

}  // namespace interneg::model
