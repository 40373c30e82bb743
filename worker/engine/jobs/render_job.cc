#include "worker/engine/jobs/render_job.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "worker/engine/inference/available_memory.h"
#include "worker/engine/inference/render_pipeline.h"
#include "worker/engine/inference/render_shape.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/output_folder.h"
#include "worker/engine/jobs/output_plan.h"
#include "worker/engine/jobs/preparation_plan.h"
#include "worker/engine/jobs/prepared_medium.h"
#include "worker/engine/jobs/render_report.h"
#include "worker/engine/jobs/rendering_settings.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/jobs/training_crop.h"
#include "worker/engine/jobs/training_pairs.h"
#include "worker/engine/model/model.h"
#include "worker/engine/training/resume.h"

namespace interneg::jobs {
namespace {

// The configuration is compared by its content, not by its path: a path's file may change, and one file may have two
// paths.
void RequireSameColor(const model::Model& model, ColorSettings trained, ColorSettings wanted,
                      const color::ColorConfig& config) {
  const auto hash = training::InputOf(model.metadata(), kColorConfigInput);
  if (!hash.empty()) {
    if (hash != config.hash()) {
      throw BadInput("render.color.config: the OCIO configuration " + config.description() +
                         " is not the one that the model was trained with",
                     "use that one, byte for byte (SHA-256 " + hash + "), or train again");
    }
    trained.config = wanted.config;
  }
  if (trained == wanted) return;
  throw BadInput("render.color differs from the settings that the model was trained with",
                 "use the training's: configuration, domain, working space, matrix and clamp must be the same");
}

// The training that made the model.
TrainJob TrainedBy(const model::Model& model, const RenderRequest& request) {
  const auto document = model.metadata().find("interneg.job");
  if (document == model.metadata().end() || document->second.empty()) {
    throw BadInput("the checkpoint " + request.checkpoint.string() + " does not say how it was trained", "");
  }
  auto spec = ParseJobSpec(document->second, "the checkpoint's job document");
  auto* trained = std::get_if<TrainJob>(&spec.kind);
  if (trained == nullptr) throw BadInput("the checkpoint's job document is not a training", "");
  return std::move(*trained);
}

// The model, made sure to be the one asked for and trained with the job's colour settings.
model::Model LoadFor(const JobContext& context, const RenderRequest& request, const ColorPlan& color,
                     const std::string& sha256) {
  const auto& job = request.job;
  if (job.checkpoint_sha256 && *job.checkpoint_sha256 != sha256) {
    throw BadInput("the checkpoint " + request.checkpoint.string() + " has the SHA-256 " + sha256 +
                       ", the job asks for " + *job.checkpoint_sha256,
                   "give the checkpoint that the job names");
  }
  auto model = model::LoadModel(request.checkpoint, context.device, PrecisionOf(job.precision));
  RequireSameColor(model, WithDefaults(TrainedBy(model, request).color), WithDefaults(job.color), color.config);
  return model;
}

std::vector<int> FramesOf(const RenderRequest& request, const Medium& source) {
  if (request.frames.empty()) return source.range.frames();
  auto range = frames::FrameRange::Parse(request.frames);
  for (const int frame : range.frames()) RequireFrame(source, frame, "the frames of the task");
  return range.frames();
}

std::map<std::string, std::string> HeaderAttributes(const RenderRequest& request, const model::Model& model,
                                                    const std::string& sha256, const color::ColorConfig& config) {
  auto attributes = request.provenance;
  for (const auto& [name, text] : request.job.output->attributes) attributes[name] = text;
  attributes["interneg:engine"] = "interneg-engine " INTERNEG_VERSION;
  attributes["interneg:checkpoint"] = sha256;
  attributes["interneg:colorConfig"] = config.hash();
  const auto dataset = model.metadata().find("interneg.dataset_sha256");
  if (dataset != model.metadata().end() && !dataset->second.empty()) attributes["interneg:dataset"] = dataset->second;
  return attributes;
}

// What the source's own pixels are delivered around; nullopt: the whole frame is recovered.
std::optional<PictureArea> RenderCropOf(const RenderJob& job, const TrainJob& trained, const model::Model& model,
                                        const Medium& source) {
  if (job.render_crop && job.whole_frame) {
    throw BadInput("render.wholeFrame: render.renderCrop is given as well", "leave one of the two out");
  }
  if (job.whole_frame) return std::nullopt;
  if (job.render_crop) {
    RequireTrainingCrop(*job.render_crop, source.facts.size, "render.renderCrop");
    return job.render_crop;
  }
  const auto kept = training::InputOf(model.metadata(), kRenderCropInput);
  if (kept.empty() || !trained.source || !job.source || trained.source->path != job.source->path) return std::nullopt;
  const auto crop = ParseArea(kept);
  if (!crop)
    throw BadInput("the checkpoint's render crop '" + kept + "' is none", "give one, or render the whole frame");
  RequireTrainingCrop(*crop, source.facts.size, "the render crop of the training's alignment");
  return crop;
}

}  // namespace

EngineResult RunRender(const JobContext& context, const RenderRequest& request) {
  if (request.checkpoint.empty()) throw BadInput("no checkpoint is given to render with", "name one by --checkpoint");
  const auto color = PlanColor(request.job.color, "render.color", context);
  const auto sha256 = HashOfLocalFile(request.checkpoint);
  const auto model = LoadFor(context, request, color, sha256);
  const auto trained = TrainedBy(model, request);
  const auto preparation = PlanPreparation(trained.source_preparation, preparation::Role::kSource,
                                           "the checkpoint's train.sourcePreparation");
  const auto detail = PlanDetail(request.job, model.description());
  RequireOwnPixelsUnused(request.job, preparation);
  const auto source =
      OpenMedium(context, request.job.source, "source", "render.source", color.config, MissingFrames::kTolerate);
  auto frames = FramesOf(request, source);
  auto smoothing = SmoothingOf(request.job.temporal_smoothing, source, model.description());
  if (smoothing) std::ranges::sort(frames);  // each waits for those after it
  const auto output = PlanOutput(context, request.job.output, source, frames, color);
  const auto from_source = TrainingTransformOf(source, color);
  const auto crop =
      InvertsSource(preparation) ? std::optional<PictureArea>() : RenderCropOf(request.job, trained, model, source);
  MakeAttemptFolder(context.roots, request.attempt_folder, request.folder_mode);
  const frames::FrameWriter writer(context.roots, request.attempt_folder, output.place.pattern, output.writing);
  SendWarnings(context, source);
  context.events.Inform("source: " + TextOf(source) + "; output: " + output.place.folder.ToString() + " in " +
                        output.space);

  auto attributes = HeaderAttributes(request, model, sha256, color.config);
  for (const auto& [name, text] : AttributesOf(detail, smoothing)) attributes[name] = text;
  if (crop) {
    attributes["interneg:renderCrop"] = TextOf(*crop);
    context.events.Inform("recovered is " + TextOf(*crop) + "; around it the source's own pixels are delivered");
  }
  RenderReport report(context,
                      {source.sequence, from_source, output.delivery, writer, request.attempt_folder,
                       HeldPlanesOf(model.description().free), model.description().matrix, attributes},
                      frames.size());
  const auto shape = inference::ShapeFor(model.description(), source.facts.size,
                                         inference::AvailableMemory_bytes(context.device) / 2,
                                         context.threads > 0 ? context.threads : model::AvailableCores(),
                                         smoothing ? inference::Smoothing::kOverFrames : inference::Smoothing::kNone);
  inference::RenderPlan plan{source.sequence,   from_source,         output.delivery, model,
                             writer,            frames,              source.facts.size,
                             shape.compute_bytes, shape.writers,     shape.frames_in_flight};
  plan.clock = context.clock;
  plan.detail = detail;
  plan.smoothing = std::move(smoothing);
  if (crop) plan.area = image::Rectangle{crop->x_px, crop->y_px, {crop->width_px, crop->height_px}};
  PreparedMedium seen(source, from_source, preparation);
  if (!preparation.is_identity()) {
    plan.prepare = [&seen](int frame, const image::Image& original) { return seen.See(frame, original); };
    context.events.Inform("the network sees the source prepared as in its training; what is held is the original's");
  }
  if (InvertsSource(preparation) && !training::InputOf(model.metadata(), kRenderCropInput).empty()) {
    context.events.Inform("the whole frame is recovered: what lies around the alignment's crop is a negative");
  }
  const auto outcome = inference::Render(plan, report.Callbacks(), context.stop.flag());
  if (context.stop.reason() == StopReason::kLeaseLost) throw LeaseLost();
  report.SendSummary(outcome.seconds);
  auto result = report.Result();
  if (outcome.end == inference::RenderEnd::kStopped) result.outcome = EngineOutcome::kPreempted;
  return result;
}

}  // namespace interneg::jobs
