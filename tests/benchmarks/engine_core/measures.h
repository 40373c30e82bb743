// The benchmark's two measures. Each prints its figures as ratios or differences measured in one run.
#ifndef INTERNEG_TESTS_BENCHMARKS_ENGINE_CORE_MEASURES_H_
#define INTERNEG_TESTS_BENCHMARKS_ENGINE_CORE_MEASURES_H_

#include <cstdint>
#include <string>

#include "tests/benchmarks/engine_core/drawn_film.h"
#include "worker/engine/model/compute.h"
#include "worker/engine/training/training.h"

namespace interneg::benchmarks {

// One training step (forward, loss, backward, update) of `grid` and of `unet`, in float32 and in bfloat16, and the
// ratio; where steps can be recorded, the same in bfloat16 recorded; and of the grid's slicing, fused against composed
// of tensor operations.
void MeasureStepSpeed(const model::Device& device, int threads);

// What one side of `tests/benchmarks/step_speed` asks for: a network that recovers all planes, described and timed, each
// printed as one JSON object.
struct StepSize {
  int patch_px = 256;
  int batch = 3;
  int steps = 7;
  training::StepRecording recording = training::StepRecording::kOff;  // forward and backward, as a CUDA graph
};
void PrintNetwork(const std::string& kind, const std::string& size);
void PrintSteps(const std::string& kind, const std::string& network_size, const StepSize& size,
                model::Precision precision, const model::Device& device, int threads);

// Trains `grid` for `seconds` on a drawn film and prints the PSNR over time on the held-out frame, and at the end on
// test frames: untouched, closed form, model, and the differences. False when the model ends below the closed form by
// more than 0.1 dB.
bool MeasureTimeToQuality(const std::string& name, const Fade& fade, double seconds, std::uint64_t seed,
                          const model::Device& device, int threads);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_ENGINE_CORE_MEASURES_H_
