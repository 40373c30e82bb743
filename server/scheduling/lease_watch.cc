#include "server/scheduling/lease_watch.h"

#include <utility>

namespace interneg::scheduling {

std::vector<LeaseSighting> LeaseWatch::Observe(const std::vector<LeaseSighting>& live, Monotonic now) {
  if (!seen_.empty() && now - last_ > kBlindness) seen_.clear();
  last_ = now;
  std::vector<LeaseSighting> silent;
  std::map<AttemptKey, Seen> current;
  for (const LeaseSighting& lease : live) {
    Seen seen{lease.state, lease.renewals, now};
    const auto before = seen_.find(lease.key);
    if (before != seen_.end() && before->second.state == lease.state && before->second.renewals == lease.renewals) {
      seen.since = before->second.since;
    }
    const auto limit = lease.state == AttemptState::kOffered ? offered_silence_ : running_silence_;
    if (now - seen.since >= limit) silent.push_back(lease);
    current.emplace(lease.key, seen);
  }
  seen_ = std::move(current);
  return silent;
}

void LeaseWatch::Forget() { seen_.clear(); }

}  // namespace interneg::scheduling
