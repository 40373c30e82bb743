#include "worker/engine/model/fixed_matrix.h"

#include <utility>

namespace interneg::model {

int AddMatrix(GraphBuilder& graph, int x, const std::string& name, std::vector<float> rows) {
  const int in = graph.at(x).channels, out = static_cast<int>(rows.size()) / in;
  Parameter weight{name + ".weight", {out, in, 1, 1}, Start::kFixed, in, std::move(rows)};
  const int first = graph.Declare(std::move(weight));
  graph.Declare({name + ".bias", {out}, Start::kFixed, in, std::vector<float>(out, 0.0F)});
  return graph.Convolution(x, first);
}

}  // namespace interneg::model
