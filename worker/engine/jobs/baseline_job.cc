#include "worker/engine/jobs/baseline_job.h"

#include <fstream>
#include <string>
#include <vector>

#include "worker/engine/inference/available_memory.h"
#include "worker/engine/jobs/display_view.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/recovery_figures.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/training_events.h"
#include "worker/engine/jobs/training_pairs.h"
#include "worker/engine/jobs/training_settings.h"
#include "worker/engine/model/model.h"
#include "worker/engine/model/lut_fit.h"

namespace interneg::jobs {
namespace {

// The polynomial is a network without a network: its training is the fit alone.
TrainJob AsTraining(const BaselineJob& job) {
  TrainJob train;
  train.recovery = job.recovery;
  train.source = job.source;
  train.reference = job.reference;
  train.pairs = job.pairs;
  train.held_out = job.held_out;
  train.color = job.color;
  train.network = NetworkKind::kClosedForm;
  train.alignment = job.alignment;
  return train;
}

// The pairs as a LUT sees them: R',G',B' of source and ground truth.
model::LutFit FitLut(const training::TrainingData& data, const TrainJob& train, const ColorPlan& color,
                          std::uint32_t size) {
  std::vector<image::Image> truths;
  truths.reserve(data.pairs.size());
  std::vector<model::LutPair> pairs;
  for (const auto& pair : data.pairs) {
    const auto target = dataset::BuildTarget(pair, RecoveryOf(train.recovery), color.matrix);
    truths.push_back(image::YCbCrToRgb(target.truth, color.matrix));
    pairs.push_back({&pair.source, &truths.back(), pair.confidence ? &*pair.confidence : nullptr});
  }
  model::LutOptions options;
  if (size != 0) options.size = static_cast<int>(size);
  if (color.domain == color::TrainingDomain::kLog) options.shaper = model::LutShaper::kNone;
  return model::FitLut(pairs, options);
}

void SendLut(const JobContext& context, const Scratch& scratch, const model::ColorCube& cube) {
  const auto file = scratch.folder() / "baseline.cube";
  {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << model::ToCubeText(cube, "Interneg baseline, training domain");
    if (!out.flush()) {
      throw JobError(FailureKind::kStorage, file.string() + ": cannot be written", "make room on the worker's disk");
    }
  }
  context.events.Send(LocalArtifact{"lut", scratch.FileOf(file), "text/plain", {}});
}

void SendFit(const JobContext& context, const model::LutFit& fit) {
  const auto send = [&](const char* name, double value) {
    context.events.Send(Measure{name, value, "lut", "training", {}, {}});
  };
  send("rms_error", fit.rms_error);
  send("covered_share", fit.covered_share);
  send("smoothness", fit.smoothness);
}

}  // namespace

EngineResult RunBaseline(const JobContext& context, const BaselineJob& job, const StageInputs& inputs,
                         const std::filesystem::path& scratch_folder) {
  if (job.recovery != Recovery::kChroma) {
    throw BadInput("baseline.recovery: a LUT and a polynomial map colours, so they can stand in for a chroma recovery only",
                   "use RECOVERY_CHROMA; detail has no such baseline");
  }
  const auto train = AsTraining(job);
  const auto color = PlanColor(train.color, "baseline.color", context);
  auto options = PlanTraining(train, color);
  auto pairs = ReadPairsOf(context, train, inputs, color);
  const Scratch scratch(scratch_folder, context.events);
  const DisplayView view(color);
  context.events.Send(EngineProgress{"fitting the LUT", 0, 0, 0, {}, 0});
  const auto lut = FitLut(pairs.data, train, color, job.lut_size);
  SendLut(context, scratch, lut.cube);
  SendFit(context, lut);

  options.inputs = std::move(pairs.inputs);
  options.folder = scratch.folder();
  options.device = context.device;
  options.threads = context.threads;
  options.memory_bytes = inference::AvailableMemory_bytes(context.device) / 2;
  options.job_json = ToJson(JobSpec{kJobSchema, train});
  TrainingEvents events(context, scratch, view, "");
  const auto result = training::Train(options, pairs.data, events.Callbacks(), context.stop.flag(), std::nullopt);
  events.SendModel(result.model, 0, 0, std::nullopt);
  const auto polynomial = model::LoadModel(result.model, context.device, options.precision);
  const bool held_out = !pairs.data.held_out.empty();
  SendFigures(context, scratch, view, polynomial, held_out ? pairs.data.held_out : pairs.data.pairs,
              {options.recovery, options.luma_match}, held_out ? "validation" : "training",
              {{"lut", [&](const image::Image& source) { return model::Apply(lut.cube, source); }}});
  return {EngineOutcome::kSucceeded, std::nullopt, {}};
}

}  // namespace interneg::jobs
