#include "worker/engine/jobs/train_job.h"

#include <cmath>
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "worker/engine/inference/available_memory.h"
#include "worker/engine/jobs/display_view.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/recovery_figures.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/target_sheet.h"
#include "worker/engine/jobs/training_events.h"
#include "worker/engine/jobs/training_pairs.h"
#include "worker/engine/jobs/training_settings.h"
#include "worker/engine/jobs/training_start.h"
#include "worker/engine/model/model.h"
#include "worker/engine/training/resume.h"
#include "worker/engine/training/training.h"

namespace interneg::jobs {
namespace {

std::uint32_t StepOf(const model::Model& model) {
  const auto step = model.metadata().find("interneg.step");
  return step == model.metadata().end() ? 0
                                        : static_cast<std::uint32_t>(std::strtoul(step->second.c_str(), nullptr, 10));
}

struct Prepared {
  training::TrainingOptions options;
  training::TrainingData data;
  std::optional<DisplayView> view;
};

// A registration that is known to a quarter of a pixel needs no forgiving, which costs up to .7 dB.
bool MayBeDisplaced(const Alignment& alignment) {
  constexpr double kSure_px = 0.25;
  return std::any_of(alignment.pairs.begin(), alignment.pairs.end(), [](const AlignedPair& pair) {
    return pair.verdict != "unusable" && (pair.status != "solved" || pair.estimated_rms_px > kSure_px);
  });
}

// What the loss forgives a reference that was made from other film stock at another size.
void Tolerate(const TrainJob& job, const std::optional<Alignment>& alignment, training::TrainingOptions& options) {
  const auto asked = job.tolerance.value_or(LossTolerance());
  options.tolerance_px = static_cast<int>(asked.shift_px.value_or(alignment && MayBeDisplaced(*alignment) ? 1 : 0));
  // Of the source's samples, by the movie's pixel format and the solved scale; a picture sequence has about 1 or more.
  constexpr double kClearlyFewer = 0.85;
  if (alignment && alignment->chroma_bandwidth > 0.0 && alignment->chroma_bandwidth < kClearlyFewer)
    options.reference_chroma = training::ReferenceChroma::kSubsampled;
  if (asked.chroma_bandwidth > 0) {
    const double sigma = model::SigmaOfBandwidth(asked.chroma_bandwidth);
    options.softness = model::Softness{sigma, sigma};
  }
}

Prepared Prepare(const JobContext& context, const TrainRequest& request, const std::optional<Resumed>& resumed) {
  const auto& job = request.job;
  const auto color = PlanColor(job.color, "train.color", context);
  Prepared prepared;
  prepared.options = PlanTraining(job, color);
  prepared.options.group = context.group;
  prepared.options.initial_weights = InitialWeightsOf(job, request.initial, resumed);
  training::RequireTrainable(
      prepared.options, resumed ? training::Beginning::kResumed : training::Beginning::kFresh,
      color.domain == color::TrainingDomain::kLog ? image::kTrainingLog : image::kTrainingDisplay);
  auto pairs = ReadPairsOf(context, job, request.inputs, color);
  prepared.data = std::move(pairs.data);
  prepared.options.inputs = std::move(pairs.inputs);
  Tolerate(job, pairs.alignment, prepared.options);
  prepared.view.emplace(color);
  prepared.options.device = context.device;
  prepared.options.threads = context.threads;
  prepared.options.memory_bytes = inference::MemoryBesidePairs_bytes(context.device);
  prepared.options.job_json = request.job_json;
  return prepared;
}

void SendMeasures(const JobContext& context, const Scratch& scratch, const Prepared& prepared,
                  const std::filesystem::path& model_file) {
  const auto model = model::LoadModel(model_file, context.device, prepared.options.precision);
  const bool held_out = !prepared.data.held_out.empty();
  SendFigures(context, scratch, *prepared.view, model, held_out ? prepared.data.held_out : prepared.data.pairs,
              {prepared.options.recovery, prepared.options.luma_match}, held_out ? "validation" : "training");
}

std::string DivergenceText(const training::TrainingResult& result) {
  return "the training diverged and ended after " + std::to_string(result.steps_done) + " of " +
         std::to_string(result.steps) + " steps; the model is the best one, of step " +
         std::to_string(result.chosen_step) +
         "; a lower learning rate may get further (--ignore-divergence trains on however far it falls)";
}

TrainReport ReportFinishedModel(const JobContext& context, const TrainRequest& request, Scratch& scratch,
                                const Prepared& prepared) {
  {
    const auto finished = model::LoadModel(request.resume, context.device, prepared.options.precision);
    const auto unchecked =
        training::RequireSameTraining(finished.description(), finished.metadata(), prepared.options);
    if (!unchecked.empty()) context.events.Warn(unchecked);
  }
  context.events.Inform("the training had ended already; measuring its model");
  const auto model = scratch.folder() / "model.safetensors";
  std::error_code same;
  if (!std::filesystem::equivalent(request.resume, model, same)) {
    std::filesystem::copy_file(request.resume, model, std::filesystem::copy_options::overwrite_existing);
  }
  const auto step = StepOf(model::LoadModel(model, context.device, prepared.options.precision));
  TrainingEvents(context, scratch, *prepared.view, "").SendModel(model, step, step, std::nullopt);
  SendMeasures(context, scratch, prepared, model);
  return {{EngineOutcome::kSucceeded, std::nullopt, {}}, model, scratch.TakeLock()};
}

}  // namespace

TrainReport RunTrain(const JobContext& context, const TrainRequest& request) {
  std::optional<Resumed> resumed;
  if (!request.resume.empty()) resumed = LookInto(request.resume);
  const bool leads = !context.group || context.group->rank == 0;
  // What has ended is the leader's to report: there is nothing left to share.
  if (!leads && resumed && resumed->kind == ResumeKind::kFinishedModel) {
    return {{EngineOutcome::kSucceeded, std::nullopt, {}}};
  }
  // The folder comes after the checks: a job that is refused leaves nothing behind.
  auto prepared = Prepare(context, request, resumed);
  Scratch scratch(leads ? request.scratch : request.scratch / ("rank-" + std::to_string(context.group->rank)),
                  context.events);
  prepared.options.folder = scratch.folder();
  std::optional<std::filesystem::path> resume;
  std::string parent;
  if (resumed) {
    if (resumed->kind == ResumeKind::kFinishedModel) {
      return ReportFinishedModel(context, request, scratch, prepared);
    }
    resume = request.resume;
    parent = HashOfLocalFile(request.resume);
  } else if (leads) {
    SendTargets(context, scratch, *prepared.view, prepared.data, prepared.options);
  }
  if (leads) {
    for (const auto& unused : UnusedSettings(request.job)) context.events.Warn(unused);
  }
  TrainingEvents events(context, scratch, *prepared.view, parent);
  const auto result = training::Train(prepared.options, prepared.data, events.Callbacks(), context.stop.flag(), resume);
  if (result.outcome == training::Outcome::kPreempted) {
    if (context.stop.reason() == StopReason::kLeaseLost) throw LeaseLost();
    return {{EngineOutcome::kPreempted, std::nullopt, {}}};
  }
  if (!leads) return {{EngineOutcome::kSucceeded, std::nullopt, {}}};
  if (result.ending == training::Ending::kDiverged) context.events.Warn(DivergenceText(result));
  std::optional<double> score;
  if (result.validation && std::isfinite(result.validation->model_db)) score = result.validation->model_db;
  events.SendModel(result.model, static_cast<std::uint32_t>(result.chosen_step),
                   static_cast<std::uint32_t>(result.steps), score);
  SendMeasures(context, scratch, prepared, result.model);
  return {{EngineOutcome::kSucceeded, std::nullopt, {}}, result.model, scratch.TakeLock()};
}

}  // namespace interneg::jobs
