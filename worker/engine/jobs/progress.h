// Progress of something that is done piece by piece: counted, timed and sent.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PROGRESS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "worker/engine/jobs/job_context.h"

namespace interneg::jobs {

class Progress {
 public:
  Progress(const JobContext& context, std::string phase, std::size_t total)
      : context_(context), start_(context.clock()) {
    progress_.phase = std::move(phase);
    progress_.total = static_cast<std::uint32_t>(total);
  }

  // One more is done.
  void Advance() {
    ++progress_.done;
    const double seconds = (context_.clock() - start_).count();
    progress_.rate = seconds > 0 ? progress_.done / seconds : 0;
    progress_.remaining_seconds = progress_.rate > 0 ? (progress_.total - progress_.done) / progress_.rate : 0;
    context_.events.Send(progress_);
  }

 private:
  const JobContext& context_;
  const std::chrono::duration<double> start_;
  EngineProgress progress_;
};

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PROGRESS_H_
