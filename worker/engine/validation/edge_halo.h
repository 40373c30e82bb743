// Whether a result's edges overshoot.
#ifndef INTERNEG_WORKER_ENGINE_VALIDATION_EDGE_HALO_H_
#define INTERNEG_WORKER_ENGINE_VALIDATION_EDGE_HALO_H_

#include <array>
#include <cstddef>
#include <optional>

#include "worker/engine/image/image.h"

namespace interneg::validation {

// Overshoot in shares of the edges' height: how far the mean edge goes beyond its own plateau within 5 px, on the
// brighter or the darker side, whichever is more; below 0 where it stays short of both.
struct EdgeHalo {
  double result = 0;
  double reference = 0;
  int edges = 0;
};

// The mean profile across isolated edges, of all frames together. Edges are the reference's: local maxima of the gradient of
// luma under a blur of σ 1 px, along the gradient, between two plateaus (6 to 9 px away) that are each flat within .15 of
// the edge's height under that blur, where height is the plateaus' difference and .08 or more, and with the edge's own
// value within .25 of their middle. Each picture's own, unblurred profile is then taken along the normal every half pixel
// (bilinear), and summed over the edges, less its lower plateau and divided by the sum of its heights, so that grain averages
// out and high edges count more: the overshoot of the mean edge-spread function (as ISO 12233 calls the profile).
class HaloComparison {
 public:
  // R',G',B' of one size, `result` registered on `reference`. Throws std::invalid_argument for other planes or sizes, NaN
  // or infinite pixels.
  void Add(const image::Image& result, const image::Image& reference);

  // nullopt: there was no such edge.
  std::optional<EdgeHalo> Halo() const;

  static constexpr std::size_t kSamples = 37;  // −9 … 9 px, every half pixel

 private:
  using Profile = std::array<double, kSamples>;
  struct Sum {
    Profile above_low{};
    double height = 0;
    double Overshoot() const;
  };
  Sum result_, reference_;
  int edges_ = 0;
};

}  // namespace interneg::validation

#endif  // INTERNEG_WORKER_ENGINE_VALIDATION_EDGE_HALO_H_
