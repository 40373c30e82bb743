// What the benchmark has the engine's libraries do, each told by one JSON object.
#ifndef INTERNEG_TESTS_BENCHMARKS_SPATIAL_QUALITY_STEPS_H_
#define INTERNEG_TESTS_BENCHMARKS_SPATIAL_QUALITY_STEPS_H_

#include <nlohmann/json_fwd.hpp>

namespace interneg::benchmarks {

// {"clean", "frames", "truth", "source" (folders), "grain", "copy_grain", "blur_px" or "f50", "seed"}: `truth` is the clean
// frame with grain of its own, `source` its copy: blurred by one generation (generation_loss.h), then with the copy's own
// grain.
nlohmann::json Degrade(const nlohmann::json& asked);

// {"source", "reference", "pairs", "held_out", "network", "size", "objective" ("detail", "plain-l1"), "steps", "patch",
// "batch", "seed", "threads", "folder"} and, where the default is not meant, "grain_weight", "learning_rate" and
// "tolerance". Returns {"model", "chosen_step", "correction", "validation_db", "seconds", "last_loss"}.
nlohmann::json TrainModel(const nlohmann::json& asked);

// {"model", "source", "truth", "frames", "out"} → {"invented", "invented_in_truth"}: the mean share of invented detail, and
// what it would be of the truth.
nlohmann::json Render(const nlohmann::json& asked);

// {"result", "truth", "frames"} → {"psnr_y_db", "ms_ssim", "halo", "halo_of_truth", "edges", "grain_db" (bands),
// "grain_rms_db", "grain_largest_db"}.
nlohmann::json ScoreFrames(const nlohmann::json& asked);

}  // namespace interneg::benchmarks

#endif  // INTERNEG_TESTS_BENCHMARKS_SPATIAL_QUALITY_STEPS_H_
