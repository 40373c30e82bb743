// Progress on stderr: one line that is drawn over on a terminal, a plain line now and then elsewhere.
#ifndef INTERNEG_CLIENT_CLI_PROGRESS_DISPLAY_H_
#define INTERNEG_CLIENT_CLI_PROGRESS_DISPLAY_H_

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>

#include "interneg/v1/job.pb.h"

namespace interneg::cli {

enum class DisplayMode {
  kBar,    // a terminal
  kLines,  // a pipe, or TERM=dumb
  kOff,    // --quiet
};

// Shows the events of a few jobs. Used from one thread; the stream must outlive it. kBar leaves a whole line behind on
// destruction.
class ProgressDisplay {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  ProgressDisplay(DisplayMode mode, int columns, std::ostream& out, Clock clock);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  // What the job is called in front of its lines; without one, its kind.
  void Name(const std::string& job_id, const std::string& label);
  void Show(const v1::WatchJobsResponse& event);
  // A line of its own.
  void Say(const std::string& text);

 private:
  struct JobView {
    std::string label;
    v1::JobState state = v1::JOB_STATE_UNSPECIFIED;
    std::string waiting_reason;
    v1::EngineProgress progress;
    std::optional<std::uint32_t> checkpoint;
    std::string printed_phase;
    std::optional<std::chrono::steady_clock::time_point> printed_at;
    std::set<std::string> notices;
    // The last misfortune told and when: one that repeats is told now and then.
    std::string told;
    std::optional<std::chrono::steady_clock::time_point> told_at;
  };

  void ShowJob(JobView& view, const v1::Job& job);
  void ShowNotice(JobView& view, const v1::Notice& notice);
  void ShowProgress(JobView& view, const v1::EngineProgress& progress);
  void ShowAttempt(JobView& view, const v1::AttemptEvent& attempt);
  void Draw(const std::string& line);

  DisplayMode mode_;
  int columns_;
  std::ostream& out_;
  Clock clock_;
  std::map<std::string, JobView> views_;
  bool line_open_ = false;
};

}  // namespace interneg::cli

#endif  // INTERNEG_CLIENT_CLI_PROGRESS_DISPLAY_H_
