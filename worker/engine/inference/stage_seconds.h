// Where a render's time goes.
#ifndef INTERNEG_WORKER_ENGINE_INFERENCE_STAGE_SECONDS_H_
#define INTERNEG_WORKER_ENGINE_INFERENCE_STAGE_SECONDS_H_

#include <chrono>
#include <functional>
#include <mutex>
#include <utility>

namespace interneg::inference {

// Seconds that each stage was at work, waits for other stages and for memory not counted, summed over frames and
// threads. Stages work at the same time, so that their sum may exceed `whole`, which is the wall time of the render.
struct StageSeconds {
  double read = 0;     // files to pixels, and these into the training domain
  double prepare = 0;  // RenderPlan::prepare
  double compute = 0;  // network and composition
  double deliver = 0;  // out of the training domain
  double write = 0;    // encoding, writing, syncing
  double prove = 0;    // RenderCallbacks::attributes and verify
  double whole = 0;
};

// Adds up what several threads measure by one clock. Without a clock all stays 0.
class StageClock {
 public:
  using Now = std::function<std::chrono::duration<double>()>;

  explicit StageClock(Now now) : now_(std::move(now)) {}

  // Counts for a stage as long as it lives.
  class Work {
   public:
    Work(StageClock& clock, double StageSeconds::*stage) : clock_(clock), stage_(stage), begin_(clock.Seconds()) {}
    ~Work() { clock_.Add(stage_, clock_.Seconds() - begin_); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

   private:
    StageClock& clock_;
    double StageSeconds::*stage_;
    double begin_;
  };

  StageSeconds seconds() const {
    const std::lock_guard lock(mutex_);
    return sums_;
  }

 private:
  double Seconds() const { return now_ ? now_().count() : 0.0; }
  void Add(double StageSeconds::*stage, double seconds) {
    const std::lock_guard lock(mutex_);
    sums_.*stage += seconds;
  }

  const Now now_;
  mutable std::mutex mutex_;  // guards sums_
  StageSeconds sums_;
};

}  // namespace interneg::inference

#endif  // INTERNEG_WORKER_ENGINE_INFERENCE_STAGE_SECONDS_H_
