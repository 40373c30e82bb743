#include "worker/engine/jobs/standalone.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/output_folder.h"
#include "worker/engine/jobs/output_plan.h"
#include "worker/engine/jobs/preparation_plan.h"
#include "worker/engine/jobs/publication.h"
#include "worker/engine/jobs/render_job.h"
#include "worker/engine/jobs/settings.h"
#include "worker/engine/jobs/rendering_settings.h"
#include "worker/engine/jobs/train_job.h"
#include "worker/engine/jobs/training_settings.h"

namespace interneg::jobs {
namespace {

// Removes the attempt's folder and the empty folders around it, however the work ends; but frames that are whole and
// were not published stay, since they were long in the making, and the log says where.
class AttemptFolder {
 public:
  AttemptFolder(const JobContext& context, frames::Location output, const std::string& unique)
      : context_(context),
        output_(std::move(output)),
        location_(Below(output_, std::string(kAttemptsFolder) + "/standalone-" + unique + ".1")),
        output_was_there_(Exists(output_)) {
    // Whatever lies there is another's: neither to be written to nor to be cleaned up.
    if (Exists(location_)) {
      throw JobError(FailureKind::kStorage, "another run is at work in " + context_.roots.Shown(location_),
                     "start again: each run takes a name of its own");
    }
  }
  ~AttemptFolder() {
    try {
      if (const auto whole = WholeFrames(); whole != 0) {
        context_.events.Warn(std::to_string(whole) + " finished frames were not published; they are kept in " +
                             context_.roots.Shown(location_));
        return;
      }
      RemoveFolder(context_.roots, location_);
      RemoveIfEmpty(Below(output_, kAttemptsFolder));
      if (!output_was_there_) RemoveIfEmpty(output_);
    } catch (const frames::FrameError&) {
      // Cleaning up after a failure that has its own message.
    }
  }
  AttemptFolder(const AttemptFolder&) = delete;
  AttemptFolder& operator=(const AttemptFolder&) = delete;
  const frames::Location& location() const { return location_; }

 private:
  bool Exists(const frames::Location& folder) const try {
    return context_.roots.OpenFolder(folder, frames::FolderMode::kMustExist).is_open();
  } catch (const frames::FrameError&) {
    return false;
  }
  // The writer's unfinished files begin with a dot.
  std::size_t WholeFrames() const try {
    const auto names = context_.roots.List(location_);
    return static_cast<std::size_t>(
        std::count_if(names.begin(), names.end(), [](const std::string& name) { return name.front() != '.'; }));
  } catch (const frames::FrameError&) {
    return 0;  // not made yet, or published
  }
  void RemoveIfEmpty(const frames::Location& folder) const {
    const auto slash = folder.relative.find_last_of('/');
    if (slash == std::string::npos) return;  // a root's own folder
    const auto parent =
        context_.roots.OpenFolder({folder.root, folder.relative.substr(0, slash)}, frames::FolderMode::kMustExist);
    ::unlinkat(parent.number(), folder.relative.substr(slash + 1).c_str(), AT_REMOVEDIR);
  }

  const JobContext& context_;
  const frames::Location output_;
  const frames::Location location_;
  const bool output_was_there_;
};

void PublishRendered(const JobContext& context, const RenderJob& job, const AttemptFolder& attempt,
                     const frames::Location& output, const EngineResult& result) {
  if (result.manifest.empty()) return;
  const auto existing = job.output->replace ? Existing::kReplace : Existing::kRefuse;
  Publish(context.roots, {attempt.location(), output, result.manifest, existing}, {});
  context.events.Inform("published " + std::to_string(result.manifest.size()) + " frames in " + output.ToString());
}

// Everything that a render would refuse, before a training spends its time.
void CheckRender(const JobContext& context, const TrainJob& train, const RenderJob& render) {
  const auto color = PlanColor(train.color, "train.color", context);
  if (WithDefaults(train.color) != WithDefaults(render.color)) {
    throw BadInput("render.color differs from train.color", "give both jobs the same settings");
  }
  // Both refuse before a frame is read.
  const auto network = PlanTraining(train, color).network;
  PlanDetail(render, network);
  RequireOwnPixelsUnused(render, PlanPreparation(train.source_preparation, preparation::Role::kSource,
                                                 "train.sourcePreparation"));
  const auto source = OpenMedium(context, render.source, "source", "render.source", color.config);
  SmoothingOf(render.temporal_smoothing, source, network);
  PlanOutput(context, render.output, source, source.range.frames(), color);
  const auto reference = OpenMedium(context, train.reference, "reference", "train.reference", color.config);
  CheckParity(source, reference);
  CheckHeaders(context, source, source.range);
  CheckHeaders(context, reference, reference.range);
}

}  // namespace

EngineResult RenderInPlace(const JobContext& context, const RenderJob& job, const std::string& frames,
                           const std::filesystem::path& checkpoint, const std::string& unique) {
  const auto place = LocateOutput(context, job.output);
  const AttemptFolder attempt(context, place.folder, unique);
  auto result = RunRender(context, {job, frames, checkpoint, attempt.location(), {}, AttemptFolderMode::kNew});
  if (result.outcome == EngineOutcome::kSucceeded || result.outcome == EngineOutcome::kPartial) {
    PublishRendered(context, job, attempt, place.folder, result);
  }
  return result;
}

EngineResult RunRecovery(const JobContext& context, const RecoveryRequest& recovery) {
  const auto* train = std::get_if<TrainJob>(&recovery.train.kind);
  if (train == nullptr) throw BadInput("the training's job document holds no 'train'", "");
  CheckRender(context, *train, recovery.render);
  auto trained = RunTrain(context, {*train, recovery.train_json, recovery.scratch, recovery.resume, StageInputs({}),
                                  recovery.initial});
  if (trained.result.outcome != EngineOutcome::kSucceeded) return trained.result;
  return RenderInPlace(context, recovery.render, "", trained.model, recovery.unique);
}

}  // namespace interneg::jobs
