#include "worker/engine/jobs/rendering_settings.h"

#include <stdexcept>

#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {

inference::DetailOptions PlanDetail(const RenderJob& job, const model::NetworkDescription& network) {
  inference::DetailOptions options;
  if (job.detail) {
    const auto& wanted = *job.detail;
    options.strengths = {wanted.fine.value_or(1.0), wanted.middle.value_or(1.0), wanted.coarse.value_or(1.0),
                         wanted.grain.value_or(1.0)};
  }
  if (job.invented_detail) options.invented = inference::InventedDetailMap::kOn;
  try {
    inference::RequireDetailOptions(options, network);
  } catch (const std::invalid_argument& error) {
    throw BadInput(std::string(job.invented_detail ? "render.inventedDetail: " : "render.detail: ") + error.what(), "");
  }
  const bool exr = !job.output || job.output->format == FileFormat::kUnspecified || job.output->format == FileFormat::kExr;
  if (job.invented_detail && !exr) {
    throw BadInput("render.inventedDetail: only EXR holds the map as a further channel",
                   "choose EXR, or leave the map out");
  }
  return options;
}

}  // namespace interneg::jobs
