// engine_core_benchmark [seconds] [device] [threads]: step speed and PSNR over time on drawn film. Needs no files.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "tests/benchmarks/engine_core/measures.h"

int main(int argc, char** argv) {
  using namespace interneg;
  try {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 60.0;
    const model::Device device = model::ParseDevice(argc > 2 ? argv[2] : "cpu");
    const int threads = argc > 3 ? std::atoi(argv[3]) : 0;
    if (!(seconds > 0) || threads < 0) {
      std::fprintf(stderr, "usage: engine_core_benchmark [seconds > 0] [cpu|cuda|cuda:N] [threads, 0 = all]\n");
      return 2;
    }
    benchmarks::MeasureStepSpeed(device, threads);
    bool good = true;
    for (const std::uint64_t seed : {1, 2, 3}) {
      good &= benchmarks::MeasureTimeToQuality("uneven", benchmarks::kUneven, seconds, seed, device, threads);
      good &= benchmarks::MeasureTimeToQuality("nearly dead", benchmarks::kNearlyDead, seconds, seed, device, threads);
    }
    if (!good) std::fprintf(stderr, "a model ended more than 0.1 dB below the closed form\n");
    return good ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine_core_benchmark: %s\n", error.what());
    return 1;
  }
}
