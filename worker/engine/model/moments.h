// Sums of products of monomials over the pixels of one frame: all that a least-squares fit needs to know of them.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_MOMENTS_H_
#define INTERNEG_WORKER_ENGINE_MODEL_MOMENTS_H_

#include <vector>

#include "worker/engine/model/polynomial_fit.h"
#include "worker/engine/model/polynomial_map.h"

namespace interneg::model {

// The normal equations A w = b of a polynomial map's terms, and c = Σ target², for both targets; weights are pixels'
// confidences and `weight` is their sum. `size` terms; A is symmetric, row-major.
struct NormalEquations {
  int size = 0;
  std::vector<double> a;     // size × size
  std::vector<double> b[2];  // size
  double c[2] = {0, 0};
  double weight = 0;

  void Add(const NormalEquations& other);
  void Subtract(const NormalEquations& other);
  void Scale(double factor);

  // Equations of the same terms count `factor` times beside these; the pixels are the same, so `weight` stays.
  void Emphasise(const NormalEquations& detail, double factor);
};

// A product of two monomials is a monomial, so only the distinct ones (165 of colour up to degree 8 times 15 of place
// up to degree 4) are summed, and the matrix is laid out from them. The normalisation and spatial degree are those of
// `map`; its weights are not read. The sum's order does not depend on the number of threads. Of a large frame some
// 250,000 pixels are looked at, in regular steps; each counts for those between it and the next, so that the sums are of
// the size of all pixels'.
NormalEquations Accumulate(const FitFrame& frame, const PolynomialMap& map);

// The same for a target that is soft: every term of colour is softened like it before the products are summed, so that
// the map is fitted whose output, softened, is nearest to the target. A plain fit would take the missing detail for
// paler colour. Sums about 50,000 pixels at most, in regular steps; each counts for those between it and the next, so
// that the sums are of the size of Accumulate's.
NormalEquations AccumulateSoftened(const FitFrame& frame, const PolynomialMap& map, const Softness& softness);

// The same of detail alone: of terms and target, each less its Gaussian of 3 px, so that what a map misses smoothly over the picture
// does not count; kWithoutGrain: of their Gaussian of 1 px, since grain is mostly finer. A pixel's weight is the least confidence
// within 6 px, since lettering and dirt reach so far. Pixels are stepped over and counted likewise.
enum class DetailBand { kAll, kWithoutGrain };
NormalEquations AccumulateDetail(const FitFrame& frame, const PolynomialMap& map, const Softness& softness, DetailBand band);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_MOMENTS_H_
