#include "client/cli/progress_display.h"

#include <utility>

#include <fmt/format.h>

#include "client/cli/job_words.h"
#include "client/cli/listing.h"
#include "client/cli/progress_text.h"
#include "client/cli/time_text.h"

namespace interneg::cli {
namespace {

constexpr std::chrono::seconds kLineInterval{5};
constexpr std::chrono::seconds kRepeatInterval{30};
constexpr int kBarColumns = 26;

std::string DoneText(const v1::Job& job) {
  const double seconds = SecondsBetween(job.start_time(), job.end_time());
  std::string text(Word(job.state()));
  if (seconds >= 0) text += fmt::format(" after {:.1f} s", seconds);
  if (job.has_failure()) text += ": " + FailureText(job.failure());
  return text;
}

}  // namespace

ProgressDisplay::ProgressDisplay(DisplayMode mode, int columns, std::ostream& out, Clock clock)
    : mode_(mode), columns_(columns), out_(out), clock_(std::move(clock)) {}

ProgressDisplay::~ProgressDisplay() {
  if (line_open_) out_ << '\n' << std::flush;
}

void ProgressDisplay::Name(const std::string& job_id, const std::string& label) {
  views_[job_id].label = label;
}

void ProgressDisplay::Say(const std::string& text) {
  if (mode_ == DisplayMode::kOff) return;
  if (line_open_) out_ << "\r\x1b[K";
  line_open_ = false;
  out_ << text << '\n' << std::flush;
}

void ProgressDisplay::Draw(const std::string& line) {
  out_ << "\r\x1b[K" << Cut(line, static_cast<std::size_t>(std::max(1, columns_ - 1))) << std::flush;
  line_open_ = true;
}

void ProgressDisplay::Show(const v1::WatchJobsResponse& event) {
  JobView& view = views_[event.job_id()];
  switch (event.event_case()) {
    case v1::WatchJobsResponse::kJob:
      return ShowJob(view, event.job());
    case v1::WatchJobsResponse::kProgress:
      return ShowProgress(view, event.progress());
    case v1::WatchJobsResponse::kCheckpoint:
      view.checkpoint = event.checkpoint().step();
      return;
    case v1::WatchJobsResponse::kAttempt:
      return ShowAttempt(view, event.attempt());
    case v1::WatchJobsResponse::kNotice:
      return ShowNotice(view, event.notice());
    case v1::WatchJobsResponse::kAdjusted:
      return Say(fmt::format("{}: adjusted at step {}: {}", view.label, Grouped(event.adjusted().step()),
                             event.adjusted().text()));
    case v1::WatchJobsResponse::kFrame:
      if (!event.frame().error().empty())
        Say(fmt::format("{}: frame {}: {}", view.label, event.frame().frame(), event.frame().error()));
      return;
    default:
      return;
  }
}

void ProgressDisplay::ShowJob(JobView& view, const v1::Job& job) {
  if (view.label.empty()) view.label = Word(job.kind());
  const bool changed = view.state != job.state();
  view.state = job.state();
  if (HasEnded(job.state())) {
    if (changed) Say(fmt::format("{}: {}", view.label, DoneText(job)));
    return;
  }
  if (job.state() == v1::JOB_STATE_PENDING && job.waiting_reason() != view.waiting_reason) {
    view.waiting_reason = job.waiting_reason();
    // Jobs that wait for one another are no news; one that waits for something else is.
    if (!view.waiting_reason.empty() && job.dependencies().empty())
      Say(fmt::format("{}: waiting: {}", view.label, view.waiting_reason));
  }
  if (job.state() == v1::JOB_STATE_RUNNING && changed) Say(fmt::format("{}: running", view.label));
}

// Each task of a job says the same about itself; a person needs it once.
void ProgressDisplay::ShowNotice(JobView& view, const v1::Notice& notice) {
  if (!view.notices.insert(notice.text()).second) return;
  const char* weight = notice.level() == v1::NOTICE_LEVEL_WARNING ? "warning: " : "";
  Say(fmt::format("{}: {}{}", view.label, weight, notice.text()));
}

void ProgressDisplay::ShowProgress(JobView& view, const v1::EngineProgress& progress) {
  view.progress = progress;
  if (mode_ == DisplayMode::kOff) return;
  const std::string text = fmt::format("{}: {}", view.label, ProgressText(progress, view.checkpoint));
  if (mode_ == DisplayMode::kBar) {
    const std::string bar = columns_ >= 100 ? ProgressBar(progress, kBarColumns) : std::string();
    return Draw(bar.empty() ? text : bar + ' ' + text);
  }
  const auto now = clock_();
  if (view.printed_at && view.printed_phase == progress.phase() && now - *view.printed_at < kLineInterval) return;
  view.printed_at = now;
  view.printed_phase = progress.phase();
  Say(text);
}

void ProgressDisplay::ShowAttempt(JobView& view, const v1::AttemptEvent& attempt) {
  switch (attempt.state()) {
    case v1::ATTEMPT_STATE_FAILED:
    case v1::ATTEMPT_STATE_LOST:
    case v1::ATTEMPT_STATE_REJECTED:
    case v1::ATTEMPT_STATE_EXPIRED:
    case v1::ATTEMPT_STATE_PREEMPTED:
      break;
    default:
      return;
  }
  std::string what = fmt::format("on {} {}", attempt.worker(), Word(attempt.state()));
  if (attempt.has_failure()) what += ": " + FailureText(attempt.failure());
  const auto now = clock_();
  if (what == view.told && now - *view.told_at < kRepeatInterval) return;
  view.told = what;
  view.told_at = now;
  Say(fmt::format("{}: attempt {} {}", view.label, attempt.attempt_no(), what));
}

}  // namespace interneg::cli
