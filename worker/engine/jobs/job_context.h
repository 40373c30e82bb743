// What every job works with, brought together once by the program.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_JOB_CONTEXT_H_
#define INTERNEG_WORKER_ENGINE_JOBS_JOB_CONTEXT_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "worker/engine/frames/roots.h"
#include "worker/engine/jobs/engine_event.h"
#include "worker/engine/jobs/events.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/stop_signal.h"
#include "worker/engine/model/compute.h"
#include "worker/engine/training/group_place.h"

namespace interneg::jobs {

struct JobContext {
  const frames::Roots& roots;
  std::string current_folder;  // absolute: what plain relative paths of a job start from
  EventSink& events;
  const StopSignal& stop;
  Clock clock;
  model::Device device;
  int threads = 0;  // 0: all that the process may use
  std::function<std::optional<AdjustTraining>()> next_adjustment;
  std::optional<training::GroupPlace> group = {};  // of a training by several processes; none: alone

  // Throws LeaseLost or Interrupted when the work is to stop: called between frames, where nothing needs keeping.
  void ThrowIfStopped() const {
    if (!stop.requested()) return;
    if (stop.reason() == StopReason::kLeaseLost) throw LeaseLost();
    throw Interrupted();
  }
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_JOB_CONTEXT_H_
