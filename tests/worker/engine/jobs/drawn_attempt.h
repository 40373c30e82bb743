// One attempt at a job on a drawn shot.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_JOBS_DRAWN_ATTEMPT_H_
#define INTERNEG_TESTS_WORKER_ENGINE_JOBS_DRAWN_ATTEMPT_H_

#include <string>
#include <vector>

#include "tests/worker/engine/jobs/drawn_shot.h"
#include "worker/engine/jobs/attempt.h"

namespace interneg::jobs {

// Runs a job with documents by role; its own go to a folder of that name below the shot's.
template <typename Job>
EngineResult RunJob(DrawnShot& shot, const std::string& name, const Job& job,
                    const std::vector<InputDocument>& inputs) {
  Assignment assignment;
  assignment.scratch_folder = shot.folder / name;
  assignment.inputs = inputs;
  const JobSpec spec{kJobSchema, job};
  return RunTask(shot.Context(), spec, ToJson(spec), assignment);
}

}  // namespace interneg::jobs

#endif  // INTERNEG_TESTS_WORKER_ENGINE_JOBS_DRAWN_ATTEMPT_H_
