#include "server/scheduling/retry.h"

#include <algorithm>
#include <cmath>

namespace interneg::scheduling {
namespace {

std::chrono::milliseconds BackOff(int retries_spent, const RetrySettings& settings, double jitter) {
  const double doubled = static_cast<double>(settings.first_delay.count()) * std::exp2(std::min(retries_spent, 30));
  const double limited = std::min(doubled, static_cast<double>(settings.longest_delay.count()));
  return std::chrono::milliseconds(std::llround(limited * (0.5 + 0.5 * jitter)));
}

Aftermath JudgeFailure(const AttemptEnd& end, const RetrySettings& settings, double jitter) {
  Aftermath aftermath;
  if (end.failure == FailureKind::kBadInput) return aftermath;
  // A training that diverges says nothing about the machine it ran on.
  if (end.failure != FailureKind::kDiverged) aftermath.blame = Blame::kWorker;
  if (end.retries_spent >= settings.most_retries) return aftermath;
  aftermath.task = TaskState::kReady;
  aftermath.cost = RetryCost::kSpent;
  aftermath.delay = BackOff(end.retries_spent, settings, jitter);
  return aftermath;
}

}  // namespace

Aftermath JudgeEnd(const AttemptEnd& end, const RetrySettings& settings, double jitter) {
  Aftermath aftermath;
  switch (end.state) {
    case AttemptState::kSucceeded:
      aftermath.task = TaskState::kSucceeded;
      break;
    case AttemptState::kFailed:
      aftermath = JudgeFailure(end, settings, jitter);
      break;
    case AttemptState::kCancelled:
      aftermath.task = TaskState::kCancelled;
      break;
    case AttemptState::kRejected:
    case AttemptState::kExpired:
      aftermath.task = TaskState::kReady;
      aftermath.delay = settings.offer_delay;
      break;
    default:
      aftermath.task = TaskState::kReady;
      break;
  }
  if (end.cancel_requested && aftermath.task == TaskState::kReady) {
    // A process that was told to stop and then crashed says nothing about the machine either.
    return Aftermath{TaskState::kCancelled};
  }
  return aftermath;
}

AttemptState EndState(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSucceeded:
    case Outcome::kPartial:
      return AttemptState::kSucceeded;
    case Outcome::kPreempted:
      return AttemptState::kPreempted;
    case Outcome::kFailed:
      break;
  }
  return AttemptState::kFailed;
}

std::optional<JobState> Conclude(const TaskCounts& counts, CancelWish wish) {
  if (counts.succeeded + counts.failed + counts.cancelled < counts.total) return std::nullopt;
  if (counts.succeeded == counts.total) return counts.partial > 0 ? JobState::kPartial : JobState::kSucceeded;
  if (wish == CancelWish::kRequested && counts.cancelled > 0) return JobState::kCancelled;
  return counts.published > 0 ? JobState::kPartial : JobState::kFailed;
}

std::int64_t RankKey(std::chrono::microseconds ready_since_epoch, int priority) {
  return ready_since_epoch.count() - std::chrono::microseconds(kAgeing).count() * priority;
}

}  // namespace interneg::scheduling
