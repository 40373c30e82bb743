// engine_core_benchmark [seconds] [device] [threads]: step speed and PSNR over time on drawn film. Needs no files.
// engine_core_benchmark --describe NETWORK SIZE, and
// engine_core_benchmark --step NETWORK SIZE PATCH BATCH PRECISION STEPS [device] [threads] [recorded]: one side of
// tests/benchmarks/step_speed, as JSON; recorded: as a CUDA graph.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/benchmarks/engine_core/measures.h"

namespace interneg::benchmarks {
namespace {

using Words = std::vector<std::string>;

struct UsageError : std::runtime_error {
  UsageError()
      : std::runtime_error(
            "usage: engine_core_benchmark [seconds > 0] [cpu|cuda|cuda:N] [threads, 0 = all]\n"
            "       engine_core_benchmark --describe NETWORK SIZE\n"
            "       engine_core_benchmark --step NETWORK SIZE PATCH BATCH PRECISION STEPS [device] [threads] "
            "[recorded]") {}
};

std::string WordAt(const Words& words, std::size_t place, const char* otherwise) {
  return place < words.size() ? words[place] : otherwise;
}

int CountAt(const Words& words, std::size_t place, const char* otherwise, int least) {
  const int count = std::atoi(WordAt(words, place, otherwise).c_str());
  if (count < least) throw UsageError();
  return count;
}

int PrintStepsOf(const Words& words) {
  if (words.size() < 7) throw UsageError();
  const std::string way = WordAt(words, 9, "");
  if (!way.empty() && way != "recorded") throw UsageError();
  const StepSize size{CountAt(words, 3, "", 1), CountAt(words, 4, "", 1), CountAt(words, 6, "", 1),
                      way.empty() ? training::StepRecording::kOff : training::StepRecording::kOn};
  PrintSteps(words[1], words[2], size, model::ParsePrecision(words[5]), model::ParseDevice(WordAt(words, 7, "cpu")),
             CountAt(words, 8, "0", 0));
  return 0;
}

int MeasureAll(const Words& words) {
  const double seconds = std::atof(WordAt(words, 0, "60").c_str());
  const model::Device device = model::ParseDevice(WordAt(words, 1, "cpu"));
  const int threads = CountAt(words, 2, "0", 0);
  if (!(seconds > 0)) throw UsageError();
  MeasureStepSpeed(device, threads);
  bool good = true;
  for (const std::uint64_t seed : {1, 2, 3}) {
    good &= MeasureTimeToQuality("uneven", kUneven, seconds, seed, device, threads);
    good &= MeasureTimeToQuality("nearly dead", kNearlyDead, seconds, seed, device, threads);
  }
  if (!good) std::fprintf(stderr, "a model ended more than 0.1 dB below the closed form\n");
  return good ? 0 : 1;
}

int Run(const Words& words) {
  if (!words.empty() && words[0] == "--step") return PrintStepsOf(words);
  if (words.empty() || words[0] != "--describe") return MeasureAll(words);
  if (words.size() != 3) throw UsageError();
  PrintNetwork(words[1], words[2]);
  return 0;
}

}  // namespace
}  // namespace interneg::benchmarks

int main(int argc, char** argv) {
  try {
    return interneg::benchmarks::Run({argv + 1, argv + argc});
  } catch (const interneg::benchmarks::UsageError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine_core_benchmark: %s\n", error.what());
    return 1;
  }
}
