// The least-squares problem of a 3D LUT: what pixels ask of its nodes, and what the nodes are without pixels; for this
// module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_CUBE_SYSTEM_H_
#define INTERNEG_WORKER_ENGINE_MODEL_CUBE_SYSTEM_H_

#include <array>
#include <cstddef>
#include <vector>

namespace interneg::model {

// Three values a node, red node index fastest: node · 3 + channel.
using CubeValues = std::vector<double>;

// Sums over weighted pixels of φφᵀ, φvᵀ and vᵀv, where φ are the four tetrahedral weights of a pixel's shaped source
// colour and v its wanted colour. Two nodes of a tetrahedron differ by one of seven steps, so that a row of the
// symmetric matrix has eight entries above or on the diagonal, whatever the number of pixels.
class CubeSystem {
 public:
  explicit CubeSystem(int size);

  void Add(const std::array<double, 3>& shaped_source, const std::array<double, 3>& wanted, double weight);

  // Sums the pixels of another system of the same size, or with −1 takes them out again.
  void Add(const CubeSystem& other, double factor);

  int size() const { return size_; }
  double weight() const { return weight_; }  // sum of the pixels' weights
  std::size_t nodes_with_pixels() const;

  // y += (φφᵀ summed) x.
  void AddProduct(const CubeValues& x, CubeValues& y) const;

  // Mean squared error over pixels and channels of a cube with these nodes, from the sums alone.
  double MeanSquaredError(const CubeValues& nodes) const;

  const CubeValues& right_side() const { return right_side_; }
  double diagonal(std::size_t node) const { return matrix_[node * 8]; }

 private:
  int size_;
  double weight_ = 0.0;
  double squares_ = 0.0;
  std::array<std::size_t, 8> steps_{};
  std::vector<double> matrix_;  // node · 8 + step
  CubeValues right_side_;
};

// The prior: ∫ |∂²d|² + |∇d|²/ℓ² + d²/ℓ⁴ over the unit cube, d what the nodes hold, second derivatives along the axes,
// by finite differences. d bends as little as the pixels allow and is forgotten over the length ℓ = ½, so that it is 0
// where no pixel speaks: nodes hold the departure from a base. Its strength means the same for every size.
class CubePrior {
 public:
  CubePrior(int size, double strength);
  void AddProduct(const CubeValues& x, CubeValues& y) const;
  double diagonal(std::size_t node) const;

 private:
  int size_;
  double tether_;
  std::vector<std::array<double, 5>> line_;  // the pentadiagonal matrix of one axis
};

// Minimises mean squared error + prior by conjugate gradients with a diagonal preconditioner (Saad, Iterative Methods
// for Sparse Linear Systems, 2nd ed., algorithm 9.1) from `start`, all three channels side by side. Stops when each
// channel's residual is 1e-6 of its right side or moves no value by 1e-8, or after `most_steps`. One thread, double:
// the same result everywhere.
CubeValues Solve(const CubeSystem& system, double prior_strength, const CubeValues& start, int most_steps);

// The cube at another size, linear between nodes.
CubeValues Resized(const CubeValues& nodes, int from_size, int to_size);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_CUBE_SYSTEM_H_
