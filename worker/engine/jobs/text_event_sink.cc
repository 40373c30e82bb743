#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

#include "worker/engine/jobs/events.h"

namespace interneg::jobs {
namespace {

constexpr std::chrono::duration<double> kLineInterval{10.0};
constexpr int kBarWidth = 24;

std::string Duration(double seconds) {
  const auto whole = static_cast<long>(std::max(0.0, std::round(seconds)));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string Bar(const EngineProgress& progress) {
  const double share = progress.total == 0 ? 0.0 : std::min(1.0, double{1} * progress.done / progress.total);
  const int full = static_cast<int>(share * kBarWidth);
  return "[" + std::string(full, '#') + std::string(kBarWidth - full, '.') + "] ";
}

struct Line {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(const EngineStarted& e) const {
    return fmt::format("interneg-engine {} on {} ({})", e.engine_version, e.device, e.device_description);
  }
  std::string operator()(const EngineProgress& e) const { return TextOf(e); }
  std::string operator()(const LossPoint&) const { return {}; }
  std::string operator()(const Measure& e) const {
    const std::string where = e.frame  ? fmt::format(" frame {}", *e.frame)
                              : e.step ? fmt::format(" step {}", *e.step)
                                       : "";
    return fmt::format("{} {}{}: {} = {:.6g}", e.scope, e.subject, where, e.name, e.value);
  }
  std::string operator()(const LocalArtifact& e) const {
    return fmt::format("wrote {} {}", e.kind, e.file ? e.file->name : "");
  }
  std::string operator()(const LocalCheckpoint& e) const {
    return fmt::format("checkpoint at step {} of {}{}{}", e.step, e.total_steps, e.best ? ", the best so far" : "",
                       e.score ? fmt::format(" ({:.2f} dB)", *e.score) : "");
  }
  std::string operator()(const RenderedFrame& e) const {
    if (!e.error.empty()) return fmt::format("frame {} is not delivered: {}", e.frame, e.error);
    if (HoldsNothing(e)) return fmt::format("frame {}: nothing held", e.frame);
    return fmt::format("frame {}: held plane proven (composed {:.2g}, written {:.2g}, {:.0f} % of the bound)", e.frame,
                       e.composed_error, e.written_error, 100.0 * e.written_share_of_bound);
  }
  std::string operator()(const Notice& e) const {
    return (e.level == NoticeLevel::kWarning ? "warning: " : "") + e.text;
  }
  std::string operator()(const Adjusted& e) const { return fmt::format("step {}: {}", e.step, e.text); }
  std::string operator()(const EngineResult& e) const {
    if (e.failure)
      return fmt::format("error: {}{}{}", e.failure->message, e.failure->remedy.empty() ? "" : "\n  ",
                         e.failure->remedy);
    switch (e.outcome) {
      case EngineOutcome::kSucceeded:
        return "succeeded";
      case EngineOutcome::kPartial:
        return "partial: not every frame could be rendered";
      case EngineOutcome::kPreempted:
        return "stopped; it can be resumed";
      default:
        return "failed";
    }
  }
};

}  // namespace

std::string TextOf(const EventBody& body) {
  return std::visit(Line(), body);
}

std::string TextOf(const EngineProgress& progress) {
  std::string text = progress.phase;
  if (progress.total != 0) text += fmt::format(" {}/{}", progress.done, progress.total);
  if (progress.rate > 0) text += fmt::format(" {:.2f}/s", progress.rate);
  if (progress.loss) text += fmt::format(" loss {:.4g}", *progress.loss);
  if (progress.remaining_seconds > 0) text += fmt::format(" {} left", Duration(progress.remaining_seconds));
  return text;
}

TextEventSink::TextEventSink(int descriptor, Display display, Clock clock)
    : descriptor_(descriptor), display_(display), clock_(std::move(clock)) {}

TextEventSink::~TextEventSink() {
  if (bar_shown_) Write("\r\x1b[K");
}

void TextEventSink::Send(EventBody body) {
  const std::lock_guard lock(mutex_);
  if (const auto* progress = std::get_if<EngineProgress>(&body)) return ShowProgress(*progress);
  // A bar counts the frames already; a log names each.
  const auto* frame = std::get_if<RenderedFrame>(&body);
  if (display_ == Display::kBar && frame != nullptr && frame->error.empty()) return;
  ShowLine(TextOf(body));
}

void TextEventSink::ShowProgress(const EngineProgress& progress) {
  if (display_ == Display::kBar) {
    Write("\r\x1b[K" + Bar(progress) + TextOf(progress));
    bar_shown_ = true;
    return;
  }
  const auto now = clock_();
  const bool finished = progress.total != 0 && progress.done == progress.total;
  if (progress.phase == last_phase_ && now - last_progress_ < kLineInterval && !finished) return;
  last_phase_ = progress.phase;
  last_progress_ = now;
  Write(TextOf(progress) + "\n");
}

void TextEventSink::ShowLine(const std::string& text) {
  if (text.empty()) return;
  Write((bar_shown_ ? "\r\x1b[K" : "") + text + "\n");
  bar_shown_ = false;
}

// Nobody's result hangs on this text, so that a closed terminal is no reason to stop.
void TextEventSink::Write(const std::string& text) const {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(descriptor_, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) return;
    if (count > 0) done += static_cast<std::size_t>(count);
  }
}

}  // namespace interneg::jobs
