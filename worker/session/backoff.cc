#include "worker/session/backoff.h"

#include <algorithm>
#include <utility>

namespace interneg::session {

Backoff::Backoff(BackoffLimits limits, Random random)
    : limits_(limits), random_(std::move(random)), current_(limits.first) {}

supervision::Duration Backoff::Next() {
  const supervision::Duration full = current_;
  current_ = std::min(current_ * 2, limits_.longest);
  const double share = 0.5 + 0.5 * random_();
  return supervision::FromSeconds(supervision::ToSeconds(full) * share);
}

void Backoff::Reset() { current_ = limits_.first; }

}  // namespace interneg::session
