// How well a trained model does on frames with a known truth, beside the baseline and the untouched source.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_RECOVERY_FIGURES_H_
#define INTERNEG_WORKER_ENGINE_JOBS_RECOVERY_FIGURES_H_

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "worker/engine/dataset/pair.h"
#include "worker/engine/dataset/target.h"
#include "worker/engine/jobs/display_view.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/model/model.h"

namespace interneg::jobs {

// Another way to the same recovery, which is measured beside the model.
struct OtherWay {
  std::string name;  // the subject of its figures
  std::function<image::Image(const image::Image& source)> rgb;  // R',G',B' whose free planes count, source → result
};

// What the output is measured against: the ground truth that the training had.
struct TruthRule {
  dataset::Recovery recovery = dataset::Recovery::kChroma;
  dataset::LumaMatch luma_match = dataset::LumaMatch::kOff;
};

// Renders each pair's source and sends chroma_psnr_db, luma_psnr_db and delta_e2000 (means over the frames) for the
// subjects model, baseline (where the model has one) and untouched, with `scope`; then a validation sheet (rows of
// input, baseline, the other ways, ground truth, output) and a before/after picture of the middle frame. Figures that
// cannot be finite (a plane that is held) are left out. `pairs` is not empty.
void SendFigures(const JobContext& context, const Scratch& scratch, const DisplayView& view, const model::Model& model,
                 std::span<const dataset::Pair> pairs, const TruthRule& rule, const std::string& scope,
                 const std::vector<OtherWay>& others = {});

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_RECOVERY_FIGURES_H_
