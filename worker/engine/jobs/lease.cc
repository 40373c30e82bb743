#include "worker/engine/jobs/lease.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace interneg::jobs {
namespace {

// The longest sleep: bounds what a wrong guess of the injected clock can cost.
constexpr Seconds kLongestWait{1.0};
constexpr std::size_t kLongestLine_bytes = 1 << 16;

}  // namespace

void Lease::Renew(Seconds now, Seconds length) {
  if (lost_ || (deadline_.count() > 0 && Expired(now))) return;
  deadline_ = now + length;
  stop_at_ = deadline_ - std::min(kMargin, length / 4);
}

void Lease::Lose(Seconds now) {
  if (lost_) return;
  lost_ = true;
  deadline_ = std::min(deadline_, now + kMargin);
}

Seconds Lease::NextMoment(Seconds now) const {
  return std::max(Seconds(0), (ShouldStop(now) ? deadline_ : stop_at_) - now);
}

LeaseWatch::LeaseWatch(int descriptor, Seconds length, Clock clock, StopSignal& stop, std::function<void()> kill,
                       std::function<void(const std::string&)> complain)
    : descriptor_(descriptor),
      clock_(std::move(clock)),
      stop_(stop),
      kill_(std::move(kill)),
      complain_(std::move(complain)),
      wake_(::eventfd(0, EFD_CLOEXEC)),
      lease_(clock_(), length) {
  if (wake_ < 0) throw std::runtime_error(std::string("eventfd: ") + std::strerror(errno));
  thread_ = std::thread([this] { Run(); });
}

LeaseWatch::~LeaseWatch() {
  const std::uint64_t one = 1;
  while (::write(wake_, &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
  ::close(wake_);
}

std::optional<AdjustTraining> LeaseWatch::TakeAdjustment() {
  const std::lock_guard lock(mutex_);
  if (adjustments_.empty()) return std::nullopt;
  auto adjustment = adjustments_.front();
  adjustments_.pop_front();
  return adjustment;
}

void LeaseWatch::Run() {
  while (!finished_) {
    const Seconds now = clock_();
    if (lease_.ShouldStop(now)) stop_.Request(StopReason::kLeaseLost);
    if (lease_.Expired(now)) {
      kill_();
      return;
    }
    WaitForInput();
  }
}

void LeaseWatch::WaitForInput() {
  const Seconds wait = std::min(kLongestWait, lease_.NextMoment(clock_()));
  pollfd ready[] = {{wake_, POLLIN, 0}, {at_end_ ? -1 : descriptor_, POLLIN, 0}};
  const int count = ::poll(ready, 2, static_cast<int>(std::ceil(wait.count() * 1000.0)));
  if (count <= 0) return;
  finished_ = ready[0].revents != 0;
  if (!finished_ && ready[1].revents != 0) ReadAvailable();
}

void LeaseWatch::ReadAvailable() {
  char buffer[4096];
  const ssize_t count = ::read(descriptor_, buffer, sizeof buffer);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0) {
    at_end_ = true;
    lease_.Lose(clock_());
    return;
  }
  unread_.append(buffer, static_cast<std::size_t>(count));
  for (std::size_t end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n')) {
    Obey(unread_.substr(0, end));
    unread_.erase(0, end + 1);
  }
  if (unread_.size() > kLongestLine_bytes) unread_.clear();
}

void LeaseWatch::Obey(const std::string& line) try {
  const auto command = ParseEngineCommand(line).command;
  if (const auto* renew = std::get_if<RenewLease>(&command)) {
    if (!(renew->seconds >= 0)) throw DocumentError("engine command, field renew.seconds: must not be negative");
    lease_.Renew(clock_(), Seconds(renew->seconds));
  } else if (const auto* adjust = std::get_if<AdjustTraining>(&command)) {
    const std::lock_guard lock(mutex_);
    adjustments_.push_back(*adjust);
  }
} catch (const DocumentError& error) {
  complain_(error.what());
}

}  // namespace interneg::jobs
