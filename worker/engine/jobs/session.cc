#include "worker/engine/jobs/session.h"

#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "worker/engine/jobs/attempt.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

// Ends without destructors: a hung computation or a blocked codec must not outlive the lease.
[[noreturn]] void EndForLease() {
  ::_exit(kExitLeaseLost);
}

// Without any, and with what is wrong in `trouble`, where one cannot be opened.
frames::Roots RootsOf(const std::vector<AssignedRoot>& assigned, std::string& trouble) {
  if (assigned.empty()) return frames::Roots::WholeFileSystem();
  std::vector<frames::Root> roots;
  for (const auto& root : assigned) roots.push_back({root.name, root.folder, root.excluded_folders});
  try {
    return frames::Roots(roots);
  } catch (const frames::FrameError& error) {
    trouble = error.what();
    return frames::Roots(std::vector<frames::Root>{});
  }
}

// The lease's thread must never wait for a reader: a frozen daemon reads neither events nor the log.
void ComplainWithoutWaiting(const std::string& text) {
  const std::string line = ("interneg-engine: " + text).substr(0, 400) + "\n";
  pollfd log{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&log, 1, 0) == 1 && (log.revents & POLLOUT) != 0) std::fputs(line.c_str(), stderr);
}

std::unique_ptr<EventSink> SinkOf(const std::optional<int>& descriptor, const Clock& clock, StopSignal& stop) {
  if (!descriptor) {
    const auto display = ::isatty(STDERR_FILENO) != 0 ? Display::kBar : Display::kLines;
    return std::make_unique<TextEventSink>(STDERR_FILENO, display, clock);
  }
  // Nobody hears of what this process does any more: it stops as if the lease were lost.
  return std::make_unique<LineEventSink>(*descriptor, clock, [&stop](const std::string& reason) {
    std::fprintf(stderr, "interneg-engine: %s; stopping\n", reason.c_str());
    stop.Request(StopReason::kLeaseLost);
  });
}

std::unique_ptr<LeaseWatch> LeaseOf(const SessionOptions& options, const Clock& clock, StopSignal& stop) {
  if (!options.lease_descriptor) return nullptr;
  const double seconds = options.lease_seconds > 0 ? options.lease_seconds : kDefaultLeaseSeconds;
  return std::make_unique<LeaseWatch>(*options.lease_descriptor, Seconds(seconds), clock, stop, EndForLease,
                                      ComplainWithoutWaiting);
}

}  // namespace

void Session::RequireRoots() const {
  if (roots_trouble_.empty()) return;
  throw JobError(FailureKind::kStorage, roots_trouble_, "mount it again, or give another folder for it");
}

Session::Session(const SessionOptions& options)
    : signals_(stop_, [] { ::_exit(kExitInterrupted); }),
      clock_(BootClock()),
      events_(SinkOf(options.events_descriptor, clock_, stop_)),
      lease_(LeaseOf(options, clock_, stop_)),
      roots_(RootsOf(options.roots, roots_trouble_)) {
  context_.emplace(JobContext{roots_,
                              std::filesystem::current_path().string(),
                              *events_,
                              stop_,
                              clock_,
                              model::ParseDevice(options.device.empty() ? "cpu" : options.device),
                              options.threads,
                              {},
                              options.group});
  if (lease_) context_->next_adjustment = [this] { return lease_->TakeAdjustment(); };
  model::PrepareToCompute(options.threads);
}

}  // namespace interneg::jobs
