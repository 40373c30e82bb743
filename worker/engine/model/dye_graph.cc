#include "worker/engine/model/dye_graph.h"

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "worker/engine/model/fixed_matrix.h"

namespace interneg::model {
namespace {

std::vector<float> Floats(std::span<const double> values) {
  return {values.begin(), values.end()};
}

std::vector<float> ToRgb(image::YCbCrMatrix matrix) {
  const auto [kr, kg, kb] = image::WeightsOf(matrix);
  const double b = 2.0 * (1.0 - kb), r = 2.0 * (1.0 - kr);
  const double rows[] = {1, 0, r, 1, -kb * b / kg, -kr * r / kg, 1, b, 0};
  return Floats(rows);
}

class Dyes {
 public:
  Dyes(GraphBuilder& graph, const DyeMap& map) : graph_(graph), map_(map) {}

  int Add(int source, int gain) {
    const Matrix3 absorptions = AbsorptionsOf(map_);
    const int amounts = AddMatrix(graph_, Density(source), "dyes.amounts", Floats(Inverse(absorptions)));
    const int grown = graph_.Apply(Op::kMultiply, {amounts, graph_.Apply(Op::kExp, {gain})});
    const int light = Light(AddMatrix(graph_, grown, "dyes.density", Floats(absorptions)));
    const int chroma = AddMatrix(graph_, Encoded(light), "dyes.chroma", Floats(map_.to_chroma));
    return graph_.Apply(Op::kAdd, {chroma, graph_.Constant(Floats(map_.offset))});
  }

 private:
  int Constant(double value) { return graph_.Constant({static_cast<float>(value)}); }
  int Times(int x, double factor) { return graph_.Apply(Op::kMultiply, {x, Constant(factor)}); }
  int Plus(int x, double value) { return graph_.Apply(Op::kAdd, {x, Constant(value)}); }
  int Log(int x) { return graph_.Apply(Op::kLog, {x}); }
  int Exp(int x) { return graph_.Apply(Op::kExp, {x}); }
  int Between(int x, double least, double most) {
    return graph_.Apply(Op::kMinimum, {graph_.Apply(Op::kMaximum, {x, Constant(least)}), Constant(most)});
  }

  int Density(int source) {
    const int rgb = Between(AddMatrix(graph_, source, "dyes.rgb", ToRgb(map_.matrix)), DyeMap::kLeastValue, 1.0);
    const double least = std::pow(10.0, -map_.black);
    const int linear = Exp(Times(Log(rgb), DyeMap::kDecoding));
    const int transmitted = Plus(Times(linear, 1.0 - least), least);
    const int stain = graph_.Constant(Floats(map_.stain));
    return graph_.Apply(Op::kSubtract, {Times(Log(transmitted), -1.0 / std::log(10.0)), stain});
  }

  int Light(int density) {
    const double least = std::pow(10.0, -map_.black);
    const int limited = Between(density, DyeMap::kLeastDensity, DyeMap::kMostDensity);
    const int light = Plus(Times(Exp(Times(limited, -std::log(10.0))), 1.0 / (1.0 - least)), -least / (1.0 - least));
    // The exponential lies above its tangent, so that the larger of both is the light itself above the floor.
    const int below = graph_.Apply(Op::kMinimum, {Plus(Times(light, 1.0 / DyeMap::kFloor), -1.0), Constant(0.0)});
    return graph_.Apply(Op::kMaximum, {light, Times(Exp(below), DyeMap::kFloor)});
  }

  int Encoded(int light) {
    std::vector<float> exponents;
    for (const double gamma : map_.gamma) exponents.push_back(static_cast<float>(gamma / DyeMap::kDecoding));
    return Exp(graph_.Apply(Op::kMultiply, {Log(light), graph_.Constant(std::move(exponents))}));
  }

  GraphBuilder& graph_;
  const DyeMap& map_;
};

// (2 − |u|)₊³ / 6 − 4 (1 − |u|)₊³ / 6 of every control column or row, u the distance to it.
int AddWeights(GraphBuilder& graph, int place, int controls) {
  std::vector<float> centres;
  for (int i = 0; i < controls; ++i) centres.push_back(static_cast<float>(i - 1));
  const auto constant = [&](double value) { return graph.Constant({static_cast<float>(value)}); };
  const int cells =
      graph.Apply(Op::kMultiply, {graph.Apply(Op::kAdd, {place, constant(1)}), constant(.5 * (controls - 3))});
  const int distance =
      graph.Apply(Op::kAbsolute, {graph.Apply(Op::kSubtract, {graph.Constant(std::move(centres)), cells})});
  const auto cube = [&](double reach, double share) {
    const int v = graph.Apply(Op::kRelu, {graph.Apply(Op::kSubtract, {constant(reach), distance})});
    return graph.Apply(Op::kMultiply,
                       {graph.Apply(Op::kMultiply, {v, v}), graph.Apply(Op::kMultiply, {v, constant(share)})});
  };
  return graph.Apply(Op::kSubtract, {cube(2, 1.0 / 6.0), cube(1, 4.0 / 6.0)});
}

}  // namespace

int AddDyes(GraphBuilder& graph, int source, int gain, const DyeMap& map) {
  return Dyes(graph, map).Add(source, gain);
}

int AddGain(GraphBuilder& graph, int source, const DyeMap& map) {
  const int places = graph.Apply(Op::kPlaces, {source});
  const int across = AddWeights(graph, graph.Take(places, 0, 1), map.columns);
  const int down = AddWeights(graph, graph.Take(places, 1, 1), map.rows);
  std::vector<int> dyes;
  for (int dye = 0; dye < 3; ++dye) {
    const auto* first = map.gain.data() + dye * map.control_count();
    const int rows = AddMatrix(graph, across, "dyes.gain" + std::to_string(dye), Floats({first, map.control_count()}));
    const int products = graph.Apply(Op::kMultiply, {rows, down});
    dyes.push_back(AddMatrix(graph, products, "dyes.sum" + std::to_string(dye), std::vector<float>(map.rows, 1.0F)));
  }
  return graph.Apply(Op::kConcatenate, dyes);
}

}  // namespace interneg::model
