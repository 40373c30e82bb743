// A polynomial from Y,Cb,Cr (and the place in the frame) to Cb,Cr: the closed form, and the first guess of a network.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_POLYNOMIAL_MAP_H_
#define INTERNEG_WORKER_ENGINE_MODEL_POLYNOMIAL_MAP_H_

#include <array>
#include <span>
#include <vector>

#include "worker/engine/image/image.h"

namespace interneg::model {

inline constexpr int kColorDegree = 4;
inline constexpr int kColorTerms = 35;  // monomials of three variables up to degree 4
inline constexpr int kMaxSpatialDegree = 2;

// Monomials of x and y up to `degree`: 1, 3 or 6 for 0, 1, 2.
constexpr int SpatialTerms(int degree) {
  return (degree + 1) * (degree + 2) / 2;
}

// out[k] = Σ_s Σ_c weights[(s · kColorTerms + c) · 2 + k] · spatial_s(x, y) · color_c(v), k = 0 (Cb), 1 (Cr), with
// v_i = clamp(value_i, low_i, high_i) · scale_i + offset_i and x, y in [−1, 1] across the whole frame. With spatial
// degree 0 it is the closed form: what a matched 3D LUT can do.
struct PolynomialMap {
  int spatial_degree = 0;
  std::array<double, 3> low{-1, -1, -1};
  std::array<double, 3> high{1, 1, 1};
  std::array<double, 3> scale{1, 1, 1};
  std::array<double, 3> offset{0, 0, 0};
  std::vector<double> weights;
};

// Where a picture lies within its frame. The picture may reach beyond the frame; x and y just continue.
struct Window {
  int x_px = 0;
  int y_px = 0;
  image::Size size;
  image::Size frame;
};

// Planes are row-major, window.size; computed in float32, rows spread over the compute threads, every pixel by the
// same operations whatever the window. Throws std::invalid_argument when a plane has another size.
struct ChromaPlanes {
  std::span<float> cb;
  std::span<float> cr;
};
void Apply(const PolynomialMap& map, std::span<const float> y, std::span<const float> cb, std::span<const float> cr,
           const Window& window, const ChromaPlanes& out);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_POLYNOMIAL_MAP_H_
