#include "worker/engine/model/whole_graph.h"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "worker/engine/image/ycbcr.h"
#include "worker/engine/model/correction_graph.h"
#include "worker/engine/model/dye_graph.h"
#include "worker/engine/model/fixed_matrix.h"

namespace interneg::model {
namespace {

std::vector<float> Floats(std::initializer_list<double> values) {
  return {values.begin(), values.end()};
}

// R'G'B' → Y, Cb, Cr (image::RgbToYCbCr).
int AddToYCbCr(GraphBuilder& graph, int rgb, const std::string& name, image::YCbCrMatrix matrix) {
  const auto [kr, kg, kb] = image::WeightsOf(matrix);
  const double b = 2.0 * (1.0 - kb), r = 2.0 * (1.0 - kr);
  return AddMatrix(graph, rgb, name,
                   Floats({kr, kg, kb, -kr / b, -kg / b, (1.0 - kb) / b, (1.0 - kr) / r, -kg / r, -kb / r}));
}

// What chroma adds to Y in R', G' and B'.
int AddOffsets(GraphBuilder& graph, int chroma, image::YCbCrMatrix matrix) {
  const auto [kr, kg, kb] = image::WeightsOf(matrix);
  const double b = 2.0 * (1.0 - kb), r = 2.0 * (1.0 - kr);
  return AddMatrix(graph, chroma, "to_rgb", Floats({0.0, r, -kb * b / kg, -kr * r / kg, b, 0.0}));
}

class Polynomial {
 public:
  Polynomial(GraphBuilder& graph, const PolynomialMap& map, std::string name)
      : graph_(graph), map_(map), name_(std::move(name)) {}

  // Y, Cb, Cr → Cb, Cr (polynomial_map.h).
  int Add(int ycbcr) {
    const int terms = Terms(InRange(ycbcr));
    const int spatial = SpatialTerms(map_.spatial_degree);
    const int products = AddMatrix(graph_, terms, name_, Rows());
    if (spatial == 1) return products;
    return Sum(graph_.Apply(Op::kMultiply, {products, Places(ycbcr)}), spatial);
  }

 private:
  int InRange(int x) {
    const auto constant = [&](const std::array<double, 3>& values) {
      return graph_.Constant({values.begin(), values.end()});
    };
    x = graph_.Apply(Op::kMaximum, {x, constant(map_.low)});
    x = graph_.Apply(Op::kMinimum, {x, constant(map_.high)});
    x = graph_.Apply(Op::kMultiply, {x, constant(map_.scale)});
    return graph_.Apply(Op::kAdd, {x, constant(map_.offset)});
  }

  // 1, v, v² … of one channel; −1 stands for 1.
  std::array<int, kColorDegree + 1> Powers(int v, int channel) {
    std::array<int, kColorDegree + 1> powers{};
    powers[0] = -1;
    powers[1] = graph_.Take(v, channel, 1);
    for (int d = 2; d <= kColorDegree; ++d) powers[d] = graph_.Apply(Op::kMultiply, {powers[d - 1], powers[1]});
    return powers;
  }

  // The monomials in the order of polynomial_map.cc.
  int Terms(int v) {
    const std::array powers = {Powers(v, 0), Powers(v, 1), Powers(v, 2)};
    const int zero = graph_.Apply(Op::kMultiply, {powers[0][1], graph_.Constant({0.0F})});
    const int one = graph_.Apply(Op::kAdd, {zero, graph_.Constant({1.0F})});
    std::vector<int> terms;
    for (int i = 0; i <= kColorDegree; ++i) {
      for (int j = 0; i + j <= kColorDegree; ++j) {
        for (int k = 0; i + j + k <= kColorDegree; ++k) {
          terms.push_back(Product({powers[0][i], powers[1][j], powers[2][k]}, one));
        }
      }
    }
    return graph_.Apply(Op::kConcatenate, terms);
  }

  int Product(const std::array<int, 3>& factors, int one) {
    int product = -1;
    for (const int factor : factors) {
      if (factor < 0) continue;
      product = product < 0 ? factor : graph_.Apply(Op::kMultiply, {product, factor});
    }
    return product < 0 ? one : product;
  }

  // Rows of the output: Cb of each spatial term, then Cr of each.
  std::vector<float> Rows() const {
    std::vector<float> rows;
    for (int k = 0; k < 2; ++k) {
      for (int s = 0; s < SpatialTerms(map_.spatial_degree); ++s) {
        for (int c = 0; c < kColorTerms; ++c) {
          rows.push_back(static_cast<float>(map_.weights.at((s * kColorTerms + c) * 2 + k)));
        }
      }
    }
    return rows;
  }

  // 1 | x, y | x², xy, y² for Cb, and again for Cr.
  int Places(int ycbcr) {
    const int places = graph_.Apply(Op::kPlaces, {ycbcr});
    const int x = graph_.Take(places, 0, 1), y = graph_.Take(places, 1, 1);
    const int zero = graph_.Apply(Op::kMultiply, {x, graph_.Constant({0.0F})});
    std::vector<int> terms = {graph_.Apply(Op::kAdd, {zero, graph_.Constant({1.0F})}), x, y};
    if (map_.spatial_degree > 1) {
      terms.push_back(graph_.Apply(Op::kMultiply, {x, x}));
      terms.push_back(graph_.Apply(Op::kMultiply, {x, y}));
      terms.push_back(graph_.Apply(Op::kMultiply, {y, y}));
    }
    const std::size_t count = terms.size();
    for (std::size_t i = 0; i < count; ++i) terms.push_back(terms[i]);
    return graph_.Apply(Op::kConcatenate, terms);
  }

  int Sum(int products, int spatial) {
    std::vector<float> rows(4 * static_cast<std::size_t>(spatial), 0.0F);
    for (int s = 0; s < spatial; ++s) rows[s] = rows[3 * spatial + s] = 1.0F;
    return AddMatrix(graph_, products, name_ + ".sum", std::move(rows));
  }

  GraphBuilder& graph_;
  const PolynomialMap& map_;
  const std::string name_;
};

int AddFirstGuess(GraphBuilder& graph, int ycbcr, const FirstGuess& guess) {
  if (const auto* dyes = std::get_if<DyeMap>(&guess)) return AddDyes(graph, ycbcr, AddGain(graph, ycbcr, *dyes), *dyes);
  return Polynomial(graph, std::get<PolynomialMap>(guess), "first_guess").Add(ycbcr);
}

// What Shares (first_guess.h) says.
int AddFreePlanes(GraphBuilder& graph, int ycbcr, const StoredModel& model) {
  const auto& d = model.description;
  const bool chroma = d.free == FreePlanes::kChroma;
  const auto start = [&] {
    const PlaneRange own = BasePlanes(d);
    return chroma ? Polynomial(graph, model.fits.closed_form, "closed_form").Add(ycbcr)
                  : graph.Take(ycbcr, own.first, own.count);
  };
  const Shares shares = Learns(d.kind) ? model.shares : Shares{0, 0};
  if (shares == Shares{0, 0}) return start();
  const auto part = [&](int planes, double share) {
    return share == 1.0 ? planes : graph.Apply(Op::kMultiply, {planes, graph.Constant({static_cast<float>(share)})});
  };
  int z = ycbcr, base = 0;
  if (chroma) {
    base = AddFirstGuess(graph, ycbcr, model.fits.first_guess);
    z = graph.Apply(Op::kConcatenate, {ycbcr, base, graph.Apply(Op::kSmooth, {base}, kAround_px)});
  } else {
    base = start();
  }
  int from = base;
  if (chroma && shares.guess < 1.0) {
    from = start();
    from = graph.Apply(Op::kAdd, {from, part(graph.Apply(Op::kSubtract, {base, from}), shares.guess)});
  }
  if (shares.correction == 0.0) return from;
  return graph.Apply(Op::kAdd, {from, part(AddCorrection(graph, d, z, GraphForm::kPlain), shares.correction)});
}

// The largest factor in [0, 1] for which y + factor · offset stays within min(0, y) and max(1, y) in all three channels
// (color::ComposeChroma), without a choice: `tiny` makes the side that an offset does not go to no limit, and is
// no less than half floats can tell from 0.
int AddGamutFactor(GraphBuilder& graph, int y, int offsets) {
  const int one = graph.Constant({1.0F}), zero = graph.Constant({0.0F}), tiny = graph.Constant({1e-7F});
  const auto room = [&](int space, int offset) {
    return graph.Apply(Op::kDivide, {graph.Apply(Op::kAdd, {space, tiny}), graph.Apply(Op::kAdd, {offset, tiny})});
  };
  const int above = graph.Apply(Op::kSubtract, {graph.Apply(Op::kMaximum, {y, one}), y});
  const int below = graph.Apply(Op::kSubtract, {y, graph.Apply(Op::kMinimum, {y, zero})});
  const int up = graph.Apply(Op::kRelu, {offsets});
  const int down = graph.Apply(Op::kSubtract, {up, offsets});
  int factor = graph.Apply(Op::kMinimum, {room(above, up), room(below, down)});
  factor = graph.Apply(Op::kMinimum, {factor, one});
  const int two = graph.Apply(Op::kMinimum, {graph.Take(factor, 0, 1), graph.Take(factor, 1, 1)});
  return graph.Apply(Op::kMinimum, {two, graph.Take(factor, 2, 1)});
}

int AddComposition(GraphBuilder& graph, int original, int free, const NetworkDescription& d) {
  switch (d.free) {
    case FreePlanes::kChroma: {
      const int y = graph.Take(original, 0, 1), offsets = AddOffsets(graph, free, d.matrix);
      const int kept = graph.Apply(Op::kMultiply, {offsets, AddGamutFactor(graph, y, offsets)});
      return graph.Apply(Op::kAdd, {kept, y});
    }
    case FreePlanes::kLuma:
      return graph.Apply(Op::kAdd, {AddOffsets(graph, graph.Take(original, 1, 2), d.matrix), free});
    case FreePlanes::kAll:
      break;
  }
  return graph.Apply(Op::kAdd, {AddOffsets(graph, graph.Take(free, 1, 2), d.matrix), graph.Take(free, 0, 1)});
}

}  // namespace

NetworkGraph WholeGraph(const StoredModel& model) {
  if (model.description.kind == NetworkKind::kLut) {
    throw std::invalid_argument("a LUT is no network; it is given to other programs as .cube");
  }
  GraphBuilder graph;
  const auto matrix = model.description.matrix;
  const int source = graph.Input(3);
  const int lower = graph.Apply(Op::kMaximum, {source, graph.Constant({0.0F})});
  const int seen = AddToYCbCr(graph, graph.Apply(Op::kMinimum, {lower, graph.Constant({1.0F})}), "seen", matrix);
  const int original = AddToYCbCr(graph, source, "original", matrix);
  AddComposition(graph, original, AddFreePlanes(graph, seen, model), model.description);
  return graph.Finish();
}

}  // namespace interneg::model
