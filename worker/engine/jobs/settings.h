// The document's words in the terms of the modules, with every default filled in.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_SETTINGS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_SETTINGS_H_

#include <optional>
#include <string>

#include "worker/engine/color/color_config.h"
#include "worker/engine/color/training_transform.h"
#include "worker/engine/dataset/target.h"
#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/frames/movie_overrides.h"
#include "worker/engine/frames/pulldown.h"
#include "worker/engine/image/ycbcr.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/model/compute.h"
#include "worker/engine/model/network_description.h"
#include "worker/engine/validation/held_plane_proof.h"

namespace interneg::jobs {

// The colour settings of a job. `config` is loaded once.
struct ColorPlan {
  color::ColorConfig config;
  color::TrainingDomain domain = color::TrainingDomain::kDisplay;
  image::YCbCrMatrix matrix = image::YCbCrMatrix::kBt709;
  color::SceneRendering rendering = color::SceneRendering::kRec709Odt;
};

// Throws JobError for a configuration that cannot be loaded, or is not the one that the settings name by its hash, and
// for an unknown working space. `field` is the path
// of the settings in the document, for messages. Relative configuration paths start from `current_folder`.
ColorPlan PlanColor(const std::optional<ColorSettings>& settings, const std::string& field,
                    const std::string& current_folder);

// The same of a job: a configuration `root:relative/path` is taken from below that root. Also throws frames::FrameError
// for an unknown root, and for a file that is not there or lies outside.
ColorPlan PlanColor(const std::optional<ColorSettings>& settings, const std::string& field, const JobContext& context);

// The settings with every default written out, so that two ways of saying the same compare equal. The configuration's
// hash is left out: PlanColor has seen to it, and models keep it on their own.
ColorSettings WithDefaults(const std::optional<ColorSettings>& settings);

// The name by which a model keeps the hash of its OCIO configuration among what it was trained from.
inline constexpr char kColorConfigInput[] = "colour configuration";

image::YCbCrMatrix MatrixOf(YcbcrMatrix matrix);  // BT.709 unless it says otherwise

frames::MovieOverrides OverridesOf(const std::optional<MovieReading>& reading);

// nullopt for none. `field` is its path in the document. Throws JobError for no cadence or a phase that it has not.
std::optional<frames::Pulldown> PulldownOf(const std::optional<Pulldown>& pulldown, const std::string& field);

// Throws JobError for RECOVERY_UNSPECIFIED.
dataset::Recovery RecoveryOf(Recovery recovery);
model::Precision PrecisionOf(Precision precision);
model::FreePlanes FreePlanesOf(dataset::Recovery recovery);
validation::HeldPlanes HeldPlanesOf(model::FreePlanes free);

// Throws frames::FrameError or JobError for a combination that the format cannot hold, or a path of another format.
frames::WriteOptions PlanWriting(const RenderOutput& output);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_SETTINGS_H_
