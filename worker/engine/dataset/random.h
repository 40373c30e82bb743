// A small random generator whose whole state can be written down and taken up again.
#ifndef INTERNEG_WORKER_ENGINE_DATASET_RANDOM_H_
#define INTERNEG_WORKER_ENGINE_DATASET_RANDOM_H_

#include <array>
#include <cstdint>

namespace interneg::dataset {

// xoshiro256** 1.0 (Blackman and Vigna, public domain), seeded by SplitMix64.
class Random {
 public:
  using State = std::array<std::uint64_t, 4>;

  explicit Random(std::uint64_t seed);
  explicit Random(const State& state) : state_(state) {}

  const State& state() const { return state_; }

  std::uint64_t Next();
  // Uniform in [0, 1), 53 bits.
  double Uniform();
  // Uniform in [low, high).
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }
  // Uniform in [0, count); count must be positive.
  int Index(int count);

 private:
  State state_;
};

}  // namespace interneg::dataset

#endif  // INTERNEG_WORKER_ENGINE_DATASET_RANDOM_H_
