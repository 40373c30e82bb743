#include "server/scheduling/planner.h"

#include <algorithm>
#include <utility>

namespace interneg::scheduling {
namespace {

constexpr std::chrono::minutes kUpkeepInterval{10};
constexpr int kOrderBatch = 2'000;
// Events that are written within this time are ordered together: an ordering costs a transaction, which must not stand
// in the way of the claim that the same submission rang for.
constexpr std::chrono::milliseconds kGather{10};

}  // namespace

Planner::Planner(PlanStore& store, Bell& bell, const Clock& clock, Observer& observer, PlannerSettings settings,
                 Log log)
    : store_(store),
      bell_(bell),
      clock_(clock),
      observer_(observer),
      settings_(std::move(settings)),
      log_(std::move(log)),
      leases_(settings_.lease_silence, settings_.offer_silence) {}

Planner::~Planner() { Stop(); }

void Planner::Start() {
  const std::lock_guard lock(thread_mutex_);
  if (thread_.joinable()) return;
  stopping_ = false;
  thread_ = std::thread([this] { Run(); });
}

void Planner::Stop() {
  const std::lock_guard lock(thread_mutex_);
  if (!thread_.joinable()) return;
  stopping_ = true;
  bell_.RingHere(Bell::kPlan);
  thread_.join();
  if (term_) {
    const absl::Status given_up = store_.GiveUpTerm(*term_);
    if (!given_up.ok() && log_) log_(given_up);
  }
  LoseTerm();
}

void Planner::Run() {
  while (!stopping_) {
    // Read before the tick, so that a ring during it is not slept over.
    const std::uint64_t seen = bell_.Rings(Bell::kPlan);
    const absl::Status status = Tick();
    if (!status.ok() && log_) log_(status);
    if (stopping_) break;
    bell_.Wait(Bell::kPlan, seen, Patience());
  }
}

std::chrono::milliseconds Planner::Patience() {
  if (!leading_) return settings_.poll;
  const auto next = store_.NextReady();
  if (!next.ok() || !*next) return settings_.poll;
  return std::clamp(**next, std::chrono::milliseconds(1), settings_.poll);
}

absl::Status Planner::Tick() {
  const Monotonic began = clock_.Elapsed();
  if (const absl::Status held = HoldTerm(began); !held.ok() || !term_) return held;
  const absl::Status led = Lead(*term_);
  if (absl::IsAborted(led)) LoseTerm();
  observer_.PlannerTick(clock_.Elapsed() - began);
  return led;
}

absl::Status Planner::HoldTerm(Monotonic now) {
  if (term_ && now - term_held_at_ < settings_.term_lease / 3) return absl::OkStatus();
  const auto term = store_.HoldTerm(settings_.holder, settings_.term_lease);
  if (!term.ok()) return term.status();
  if (!*term) {
    LoseTerm();
    return absl::OkStatus();
  }
  // A new term knows nothing of what an older one has seen.
  if (term_ != *term) leases_.Forget();
  term_ = **term;
  term_held_at_ = now;
  if (!leading_.exchange(true)) observer_.Leadership(true);
  return absl::OkStatus();
}

absl::Status Planner::ExpireSilent(std::uint64_t term, Monotonic now) {
  if (leases_at_ && now - *leases_at_ < settings_.lease_look) return absl::OkStatus();
  const auto live = store_.LiveLeases();
  if (!live.ok()) return live.status();
  leases_at_ = now;
  const std::vector<LeaseSighting> silent = leases_.Observe(*live, now);
  return silent.empty() ? absl::OkStatus() : store_.Expire(term, silent).status();
}

// Bounded in time, so that under a storm of completions the term is held and leases are looked at all the same.
absl::Status Planner::ClaimAll(std::uint64_t term, Monotonic began) {
  for (;;) {
    const auto claim = store_.Claim(term, settings_.batch);
    if (!claim.ok()) return claim.status();
    if (claim->claimed == 0 || stopping_) return absl::OkStatus();
    if (clock_.Elapsed() - began < settings_.term_lease / 5) continue;
    bell_.RingHere(Bell::kPlan);
    return absl::OkStatus();
  }
}

absl::Status Planner::Lead(std::uint64_t term) {
  const Monotonic now = clock_.Elapsed();
  const absl::Status expired = ExpireSilent(term, now);
  if (absl::IsAborted(expired)) return expired;
  if (!expired.ok() && log_) log_(expired);
  if (const absl::Status claimed = ClaimAll(term, now); !claimed.ok()) return claimed;
  if (!gauges_at_ || now - *gauges_at_ >= settings_.gauge_interval) {
    gauges_at_ = now;
    if (const absl::Status silence = store_.MarkSilentWorkers(term, settings_.lease_silence); !silence.ok()) {
      return silence;
    }
    const auto gauges = store_.Gauges();
    if (!gauges.ok()) return gauges.status();
    observer_.Farm(*gauges);
  }
  if (!upkeep_at_ || now - *upkeep_at_ >= kUpkeepInterval) {
    upkeep_at_ = now;
    return store_.PreparePartitions();
  }
  return absl::OkStatus();
}

void Planner::LoseTerm() {
  term_.reset();
  leases_.Forget();
  leases_at_.reset();
  gauges_at_.reset();
  if (!leading_.exchange(false)) return;
  observer_.Leadership(false);
  observer_.Farm(FarmGauges{});
}

EventOrderer::EventOrderer(EventOrder& order, Bell& bell, Planner::Log log)
    : order_(order), bell_(bell), log_(std::move(log)) {}

EventOrderer::~EventOrderer() { Stop(); }

void EventOrderer::Start() {
  const std::lock_guard lock(thread_mutex_);
  if (thread_.joinable()) return;
  stopping_ = false;
  thread_ = std::thread([this] { Run(); });
}

void EventOrderer::Stop() {
  const std::lock_guard lock(thread_mutex_);
  if (!thread_.joinable()) return;
  stopping_ = true;
  bell_.RingHere(Bell::kUnordered);
  thread_.join();
}

void EventOrderer::Run() {
  while (!stopping_) {
    const std::uint64_t seen = bell_.Rings(Bell::kUnordered);
    const auto ordered = order_.OrderEvents(kOrderBatch);
    if (!ordered.ok() && log_) log_(ordered.status());
    if (ordered.ok() && *ordered > 0) {
      bell_.Ring(Bell::kEvents);
      if (*ordered == kOrderBatch) continue;
    }
    if (stopping_) break;
    if (bell_.Wait(Bell::kUnordered, seen, std::chrono::milliseconds(1'000)) != seen)
      std::this_thread::sleep_for(kGather);
  }
}

}  // namespace interneg::scheduling
