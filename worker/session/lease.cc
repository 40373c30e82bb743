#include "worker/session/lease.h"

#include <algorithm>

namespace interneg::session {

using supervision::BootTime;

void Lease::Confirm(BootTime sent_at) {
  confirmed_at_ = confirmed_at_ ? std::max(*confirmed_at_, sent_at) : sent_at;
}

std::optional<BootTime> Lease::PublishUntil(const LeaseTerms& terms) const {
  if (!confirmed_at_) return std::nullopt;
  return *confirmed_at_ + terms.lease;
}

std::optional<BootTime> Lease::ComputeUntil(const LeaseTerms& terms) const {
  if (!confirmed_at_) return std::nullopt;
  const bool may_go_on = beyond_ == Beyond::kMayCompute;
  return *confirmed_at_ + terms.lease + (may_go_on ? terms.disconnected_limit : supervision::Duration::zero());
}

BootTime Lease::EngineUntil(const LeaseTerms& terms, BootTime now) const {
  const auto limit = ComputeUntil(terms);
  return limit ? std::min(now + terms.lease, *limit) : now;
}

}  // namespace interneg::session
