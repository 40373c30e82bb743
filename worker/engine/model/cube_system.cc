#include "worker/engine/model/cube_system.h"

#include <algorithm>
#include <cmath>

#include "worker/engine/model/tetrahedron.h"

namespace interneg::model {
namespace {

constexpr double kForgottenOver = 0.5;

std::size_t NodeCount(int size) {
  const auto edge = static_cast<std::size_t>(size);
  return edge * edge * edge;
}

using Triple = std::array<double, 3>;

Triple Dot(const CubeValues& a, const CubeValues& b) {
  Triple sum{};
  for (std::size_t i = 0; i < a.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c) sum[c] += a[i + c] * b[i + c];
  }
  return sum;
}

// a += factor b, a factor for each channel.
void AddScaled(CubeValues& a, const Triple& factor, const CubeValues& b) {
  for (std::size_t i = 0; i < a.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c) a[i + c] += factor[c] * b[i + c];
  }
}

}  // namespace

CubeSystem::CubeSystem(int size) : size_(size), matrix_(NodeCount(size) * 8), right_side_(NodeCount(size) * 3) {
  for (unsigned corner = 0; corner < 8; ++corner) steps_[corner] = Step(corner, static_cast<std::size_t>(size));
}

void CubeSystem::Add(const Triple& shaped_source, const Triple& wanted, double weight) {
  const Tetrahedron place = Locate(shaped_source, size_);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t node = place.lowest + steps_[place.corner[i]];
    const double share = weight * place.weight[i];
    for (std::size_t j = i; j < 4; ++j) {
      matrix_[node * 8 + (place.corner[i] ^ place.corner[j])] += share * place.weight[j];
    }
    for (std::size_t c = 0; c < 3; ++c) right_side_[node * 3 + c] += share * wanted[c];
  }
  weight_ += weight;
  squares_ += weight * (wanted[0] * wanted[0] + wanted[1] * wanted[1] + wanted[2] * wanted[2]);
}

void CubeSystem::Add(const CubeSystem& other, double factor) {
  for (std::size_t i = 0; i < matrix_.size(); ++i) matrix_[i] += factor * other.matrix_[i];
  for (std::size_t i = 0; i < right_side_.size(); ++i) right_side_[i] += factor * other.right_side_[i];
  weight_ += factor * other.weight_;
  squares_ += factor * other.squares_;
}

std::size_t CubeSystem::nodes_with_pixels() const {
  std::size_t count = 0;
  for (std::size_t node = 0; node < NodeCount(size_); ++node) count += matrix_[node * 8] > 0.0 ? 1 : 0;
  return count;
}

void CubeSystem::AddProduct(const CubeValues& x, CubeValues& y) const {
  for (std::size_t node = 0; node < NodeCount(size_); ++node) {
    const double* const row = &matrix_[node * 8];
    if (row[0] == 0.0) continue;  // most of the cube: pictures fill a few nodes in a hundred
    for (std::size_t c = 0; c < 3; ++c) y[node * 3 + c] += row[0] * x[node * 3 + c];
    for (std::size_t step = 1; step < 8; ++step) {
      if (row[step] == 0.0) continue;
      const std::size_t other = node + steps_[step];
      for (std::size_t c = 0; c < 3; ++c) {
        y[node * 3 + c] += row[step] * x[other * 3 + c];
        y[other * 3 + c] += row[step] * x[node * 3 + c];
      }
    }
  }
}

double CubeSystem::MeanSquaredError(const CubeValues& nodes) const {
  CubeValues product(nodes.size());
  AddProduct(nodes, product);
  const Triple quadratic = Dot(nodes, product), linear = Dot(nodes, right_side_);
  double sum = squares_;
  for (int c = 0; c < 3; ++c) sum += quadratic[c] - 2.0 * linear[c];
  return std::max(0.0, sum) / (3.0 * weight_);
}

CubePrior::CubePrior(int size, double strength) : size_(size), line_(static_cast<std::size_t>(size)) {
  const double step = 1.0 / (size - 1), length = kForgottenOver;
  const double bend = strength / step, slope = strength * step / (length * length);
  tether_ = strength * step * step * step / std::pow(length, 4);
  const auto add = [this](int row, int column, double value) { line_[row][column - row + 2] += value; };
  for (int i = 0; i + 1 < size; ++i) {
    for (const int row : {i, i + 1}) {
      for (const int column : {i, i + 1}) add(row, column, row == column ? slope : -slope);
    }
  }
  constexpr std::array<double, 3> kSecond{1.0, -2.0, 1.0};
  for (int i = 1; i + 1 < size; ++i) {
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 3; ++column) {
        add(i - 1 + row, i - 1 + column, bend * kSecond[row] * kSecond[column]);
      }
    }
  }
}

void CubePrior::AddProduct(const CubeValues& x, CubeValues& y) const {
  const auto edge = static_cast<std::size_t>(size_);
  const std::array<std::size_t, 3> strides{3, 3 * edge, 3 * edge * edge};
  for (std::size_t i = 0; i < x.size(); ++i) y[i] += tether_ * x[i];
  for (const std::size_t stride : strides) {
    // A block is `edge` runs of `stride` values: one run for each place on the axis.
    for (std::size_t block = 0; block < x.size(); block += edge * stride) {
      for (int at = 0; at < size_; ++at) {
        for (int k = std::max(-2, -at); k <= std::min(2, size_ - 1 - at); ++k) {
          const double factor = line_[at][k + 2];
          double* const to = &y[block + static_cast<std::size_t>(at) * stride];
          const double* const from = &x[block + static_cast<std::size_t>(at + k) * stride];
          for (std::size_t i = 0; i < stride; ++i) to[i] += factor * from[i];
        }
      }
    }
  }
}

double CubePrior::diagonal(std::size_t node) const {
  const auto edge = static_cast<std::size_t>(size_);
  return line_[node % edge][2] + line_[node / edge % edge][2] + line_[node / edge / edge][2] + tether_;
}

CubeValues Solve(const CubeSystem& system, double prior_strength, const CubeValues& start, int most_steps) {
  constexpr double kEnough = 1e-6, kNothing = 1e-8;
  // Times the pixels' weight instead of dividing every sum by it.
  const CubePrior prior(system.size(), prior_strength * system.weight());
  const auto product = [&](const CubeValues& x) {
    CubeValues y(x.size());
    system.AddProduct(x, y);
    prior.AddProduct(x, y);
    return y;
  };
  std::vector<double> inverse(start.size());
  for (std::size_t i = 0; i < start.size(); ++i) inverse[i] = 1.0 / (system.diagonal(i / 3) + prior.diagonal(i / 3));
  const auto preconditioned = [&](const CubeValues& r) {
    CubeValues z(r.size());
    for (std::size_t i = 0; i < r.size(); ++i) z[i] = inverse[i] * r[i];
    return z;
  };
  CubeValues nodes = start, residual = system.right_side();
  const Triple scale = Dot(residual, preconditioned(residual));
  AddScaled(residual, {-1, -1, -1}, product(nodes));
  CubeValues z = preconditioned(residual), direction = z;
  Triple norm = Dot(residual, z);
  for (int step = 0; step < most_steps; ++step) {
    bool done = true;
    for (int c = 0; c < 3; ++c) {
      done = done && norm[c] <= std::max(kEnough * kEnough * scale[c], kNothing * kNothing * system.weight());
    }
    if (done) break;
    const CubeValues moved = product(direction);
    const Triple curvature = Dot(direction, moved);
    Triple length{}, turn{};
    for (int c = 0; c < 3; ++c) length[c] = curvature[c] > 0.0 ? norm[c] / curvature[c] : 0.0;
    AddScaled(nodes, length, direction);
    AddScaled(residual, {-length[0], -length[1], -length[2]}, moved);
    z = preconditioned(residual);
    const Triple next = Dot(residual, z);
    for (int c = 0; c < 3; ++c) turn[c] = norm[c] > 0.0 ? next[c] / norm[c] : 0.0;
    norm = next;
    for (std::size_t i = 0; i < z.size(); ++i) direction[i] = z[i] + turn[i % 3] * direction[i];
  }
  return nodes;
}

CubeValues Resized(const CubeValues& nodes, int from_size, int to_size) {
  const auto edge = static_cast<std::size_t>(to_size), coarse = static_cast<std::size_t>(from_size);
  CubeValues out(NodeCount(to_size) * 3);
  for (std::size_t node = 0; node < NodeCount(to_size); ++node) {
    const Triple at{static_cast<double>(node % edge) / (to_size - 1),
                    static_cast<double>(node / edge % edge) / (to_size - 1),
                    static_cast<double>(node / edge / edge) / (to_size - 1)};
    const Tetrahedron place = Locate(at, from_size);
    for (int k = 0; k < 4; ++k) {
      const std::size_t from = place.lowest + Step(place.corner[k], coarse);
      for (std::size_t c = 0; c < 3; ++c) out[node * 3 + c] += place.weight[k] * nodes[from * 3 + c];
    }
  }
  return out;
}

}  // namespace interneg::model
