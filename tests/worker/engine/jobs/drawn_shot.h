// Small drawn frames on disk, faded source and clean reference, and a sink that keeps events: what tests of jobs need.
#ifndef INTERNEG_TESTS_WORKER_ENGINE_JOBS_DRAWN_SHOT_H_
#define INTERNEG_TESTS_WORKER_ENGINE_JOBS_DRAWN_SHOT_H_

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "worker/engine/frames/frame_writer.h"
#include "worker/engine/frames/roots.h"
#include "worker/engine/image/image.h"
#include "worker/engine/jobs/events.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/stop_signal.h"

namespace interneg::jobs {

// A folder of the test's own, removed at its end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Every event, in order.
class KeptEvents : public EventSink {
 public:
  void Send(EventBody body) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(body));
  }
  template <typename Event>
  std::vector<Event> All() const {
    const std::lock_guard lock(mutex_);
    std::vector<Event> found;
    for (const auto& body : events_) {
      if (const auto* event = std::get_if<Event>(&body)) found.push_back(*event);
    }
    return found;
  }
  // The one figure of that name and subject without a step; NaN without.
  double Figure(const std::string& name, const std::string& subject) const;

 private:
  mutable std::mutex mutex_;
  std::vector<EventBody> events_;
};

// Frames first to last of a coloured scene with a moving disc, R'G'B' display encoded: `clean` and `faded`.
image::Image DrawClean(image::Size size, int frame);
image::Image Faded(const image::Image& clean);

// Writes one PNG (16 bit) or EXR by the extension of the pattern.
void WriteFrame(const std::string& folder, const std::string& pattern, int frame, const image::Image& rgb);

// A whole attempt's surroundings: source/f.%04d.png and reference/f.%04d.png, frames 1 to 9, 64×48.
class DrawnShot {
 public:
  static constexpr image::Size kSize{64, 48};
  DrawnShot();

  // Texts of the warnings so far.
  std::vector<std::string> Warnings() const;

  TrainJob Train() const;    // chroma, closed form, pairs 1, 5, 9
  TrainJob SmallGrid() const;  // the same with a small grid network, six steps
  RenderJob Render() const;  // to out/r.%04d.png, same space
  JobSpec Spec(const TrainJob& job) const { return {kJobSchema, job}; }
  JobContext Context() { return {roots, folder.path().string(), events, stop, BootClock(), {}, 1, {}}; }

  TemporaryFolder folder;
  frames::Roots roots;
  KeptEvents events;
  StopSignal stop;
};

// What a job says when the call throws; empty when it does not.
EngineFailure FailureOfCall(const std::function<void()>& call);

// The file's bytes.
std::string BytesOf(const std::string& path);
void WriteText(const std::string& path, const std::string& text);

}  // namespace interneg::jobs

#endif  // INTERNEG_TESTS_WORKER_ENGINE_JOBS_DRAWN_SHOT_H_
