#include "worker/engine/jobs/attempt.h"

#include <optional>
#include <utility>

#include "worker/engine/jobs/align_job.h"
#include "worker/engine/jobs/baseline_job.h"
#include "worker/engine/jobs/curate_job.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/match_job.h"
#include "worker/engine/jobs/output_folder.h"
#include "worker/engine/jobs/probe_job.h"
#include "worker/engine/jobs/publish_job.h"
#include "worker/engine/jobs/render_job.h"
#include "worker/engine/jobs/train_job.h"

namespace interneg::jobs {
namespace {

void RequireKnownSchema(const JobSpec& job) {
  if (job.schema >= 1 && job.schema <= kJobSchema) return;
  throw BadInput("the job document needs schema " + std::to_string(job.schema) + ", this engine knows 1 to " +
                     std::to_string(kJobSchema),
                 job.schema == 0 ? "write \"schema\": 1" : "run it with a newer engine");
}

TaskKind KindOf(const JobSpec& job, const Assignment& assignment) {
  if (assignment.kind != TaskKind::kUnspecified) return assignment.kind;
  if (std::holds_alternative<ProbeJob>(job.kind)) return TaskKind::kProbe;
  if (std::holds_alternative<TrainJob>(job.kind)) return TaskKind::kTrain;
  if (std::holds_alternative<RenderJob>(job.kind)) return TaskKind::kRender;
  if (std::holds_alternative<MatchJob>(job.kind)) return TaskKind::kMatch;
  if (std::holds_alternative<CurateJob>(job.kind)) return TaskKind::kCurate;
  if (std::holds_alternative<AlignJob>(job.kind)) return TaskKind::kAlign;
  if (std::holds_alternative<BaselineJob>(job.kind)) return TaskKind::kBaseline;
  throw BadInput("the job document names no job",
                 "give one of 'probe', 'train', 'render', 'match', 'curate', 'align' or 'baseline'");
}

template <typename Job>
const Job& As(const JobSpec& job, const char* name) {
  if (const auto* found = std::get_if<Job>(&job.kind)) return *found;
  throw BadInput(std::string("the assignment asks for a ") + name + " task, the job document is of another kind", "");
}

// Only a whole attempt is published, and each writes into a folder of its own: what one that is stopped or fails has
// written is of no use to anybody, and no later task would take it away.
class AttemptLeftovers {
 public:
  AttemptLeftovers(const frames::Roots& roots, frames::Location folder) : roots_(roots), folder_(std::move(folder)) {}
  ~AttemptLeftovers() {
    if (kept_) return;
    try {
      RemoveFolder(roots_, folder_);
    } catch (const std::exception&) {
      // The failure that brought us here says more.
    }
  }
  AttemptLeftovers(const AttemptLeftovers&) = delete;
  AttemptLeftovers& operator=(const AttemptLeftovers&) = delete;

  void Keep() { kept_ = true; }

 private:
  const frames::Roots& roots_;
  const frames::Location folder_;
  bool kept_ = false;
};

EngineResult RunRenderTask(const JobContext& context, const RenderJob& job, const Assignment& assignment) {
  if (assignment.output_folder.empty()) throw BadInput("assignment.outputFolder is not given", "");
  const auto folder = context.roots.Locate(assignment.output_folder, context.current_folder);
  AttemptLeftovers leftovers(context.roots, folder);
  auto result = RunRender(context, {job, assignment.frames, assignment.checkpoint_path, folder, assignment.provenance});
  if (result.outcome == EngineOutcome::kSucceeded || result.outcome == EngineOutcome::kPartial) leftovers.Keep();
  return result;
}

int ExitCodeOf(EngineOutcome outcome, Listener listener) {
  switch (outcome) {
    case EngineOutcome::kSucceeded:
      return kExitSucceeded;
    case EngineOutcome::kPreempted:
      return listener == Listener::kDaemon ? kExitSucceeded : kExitInterrupted;
    case EngineOutcome::kPartial:
      return kExitPartial;
    default:
      return kExitFailed;
  }
}

EngineStarted Started(const JobContext& context) {
  return {INTERNEG_VERSION, kJobSchema, model::NameOf(context.device),
          DeviceDescription(context.device, context.threads)};
}

}  // namespace

EngineResult RunTask(const JobContext& context, const JobSpec& job, const std::string& job_json,
                     const Assignment& assignment) {
  RequireKnownSchema(job);
  const StageInputs inputs(assignment.inputs);
  switch (KindOf(job, assignment)) {
    case TaskKind::kProbe:
      return RunProbe(context, As<ProbeJob>(job, "probe"), inputs, assignment.scratch_folder);
    case TaskKind::kTrain:
      return RunTrain(context,
                      {As<TrainJob>(job, "train"), job_json, assignment.scratch_folder, assignment.resume_path, inputs,
                       assignment.checkpoint_path})
          .result;
    case TaskKind::kRender:
      return RunRenderTask(context, As<RenderJob>(job, "render"), assignment);
    case TaskKind::kPublish:
      return RunPublish(context, As<RenderJob>(job, "publish"), assignment);
    case TaskKind::kMatch:
      return RunMatch(context, As<MatchJob>(job, "match"), inputs, assignment.scratch_folder);
    case TaskKind::kCurate:
      return RunCurate(context, As<CurateJob>(job, "curate"), inputs, assignment.scratch_folder);
    case TaskKind::kAlign:
      return RunAlign(context, As<AlignJob>(job, "align"), inputs, assignment.scratch_folder);
    case TaskKind::kBaseline:
      return RunBaseline(context, As<BaselineJob>(job, "baseline"), inputs, assignment.scratch_folder);
    case TaskKind::kUnspecified:
      break;
  }
  throw BadInput("the assignment names no task", "");
}

Ending RunToResult(const JobContext& context, Listener listener, const std::function<EngineResult()>& work) {
  EngineResult result;
  try {
    context.events.Send(Started(context));
    result = work();
    // Events may have failed to arrive after the work had ended: then nobody may count on the result.
    if (context.stop.reason() == StopReason::kLeaseLost) return {kExitLeaseLost, EngineOutcome::kUnspecified};
  } catch (const LeaseLost&) {
    return {kExitLeaseLost, EngineOutcome::kUnspecified};
  } catch (const Interrupted&) {
    result = {EngineOutcome::kPreempted, std::nullopt, {}};
  } catch (const std::exception& error) {
    if (context.stop.reason() == StopReason::kLeaseLost) return {kExitLeaseLost, EngineOutcome::kUnspecified};
    result = {EngineOutcome::kFailed, FailureOf(error), {}};
  }
  context.events.Send(result);
  return {ExitCodeOf(result.outcome, listener), result.outcome};
}

std::string DeviceDescription(const model::Device& device, int threads) {
  std::string text = model::NameOf(device);
  if (device.kind == model::DeviceKind::kCpu) {
    const auto cpu = model::DetectCpuFeatures();
    text = "CPU";
    if (cpu.avx512) text += ", AVX-512";
    if (cpu.avx512_bf16) text += " BF16";
    if (cpu.amx_bf16) text += " AMX";
    text += ", " + std::to_string(threads > 0 ? threads : model::AvailableCores()) + " threads";
  }
  return text + ", LibTorch " INTERNEG_TORCH_VERSION;
}

}  // namespace interneg::jobs
