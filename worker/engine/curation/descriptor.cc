#include "worker/engine/curation/descriptor.h"

#include <cmath>

namespace interneg::curation {
namespace {

double MeanLuma(const Layout& layout) {
  double sum = 0;
  for (int i = 0; i < kLayoutCells; ++i) sum += layout[i];
  return sum / kLayoutCells;
}

}  // namespace

double Distance(const Layout& a, const Layout& b) {
  double sum = 0;
  for (int i = 0; i < 3 * kLayoutCells; ++i) {
    const double difference = static_cast<double>(a[i]) - b[i];
    sum += (i < kLayoutCells ? 1.0 : 4.0) * difference * difference;
  }
  return std::sqrt(sum / kLayoutCells);
}

double LumaCorrelation(const Layout& a, const Layout& b) {
  const double mean_a = MeanLuma(a), mean_b = MeanLuma(b);
  double ab = 0, aa = 0, bb = 0;
  for (int i = 0; i < kLayoutCells; ++i) {
    const double da = a[i] - mean_a, db = b[i] - mean_b;
    ab += da * db, aa += da * da, bb += db * db;
  }
  constexpr double kStructureless = 1e-6 * kLayoutCells;
  if (aa < kStructureless && bb < kStructureless) return 1.0;
  if (aa < kStructureless || bb < kStructureless) return 0.0;
  return ab / std::sqrt(aa * bb);
}

double ChangedShare(const Layout& a, const Layout& b) {
  const double shift = MeanLuma(b) - MeanLuma(a);
  int changed = 0;
  for (int i = 0; i < kLayoutCells; ++i) changed += std::abs(b[i] - a[i] - shift) > .04 ? 1 : 0;
  return static_cast<double>(changed) / kLayoutCells;
}

}  // namespace interneg::curation
