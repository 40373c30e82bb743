#include "worker/engine/simulation/weave.h"

#include <cmath>
#include <opencv2/core.hpp>

#include "worker/engine/simulation/grain.h"

namespace interneg::simulation {

GatePosition WeaveAt(image::Size size, GatePass pass, std::uint64_t seed, int frame) {
  constexpr double kRho = 0.95, kShare = 0.00075, kDegrees = 0.02;
  constexpr int kMemory = 200;  // .95^200 is nothing: the walk can begin there whatever the frame
  const std::uint64_t walk = pass == GatePass::kFilm ? 300 : 310, jump = walk + 1;
  const auto number = [](int n) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(n)); };
  const double sigma = kShare * size.height_px;
  GatePosition position;
  for (int n = frame - kMemory; n <= frame; ++n) {
    cv::RNG random = Generator(seed, walk, number(n));
    position.right_px = kRho * position.right_px + std::sqrt(1.0 - kRho * kRho) * random.gaussian(sigma);
  }
  cv::RNG random = Generator(seed, jump, number(frame));
  position.degrees = random.gaussian(kDegrees);
  position.down_px = random.gaussian(sigma);
  return position;
}

}  // namespace interneg::simulation
