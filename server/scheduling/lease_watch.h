// Which leases have been silent for too long. The leader judges by its own monotonic clock and only by what it has
// itself seen, so that neither a stepped clock nor an outage of scheduler or database expires anything healthy.
#ifndef INTERNEG_SERVER_SCHEDULING_LEASE_WATCH_H_
#define INTERNEG_SERVER_SCHEDULING_LEASE_WATCH_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "server/scheduling/attempt.h"
#include "server/scheduling/clock.h"
#include "server/scheduling/state.h"

namespace interneg::scheduling {

struct LeaseSighting {
  AttemptKey key;
  // kOffered or kRunning.
  AttemptState state = AttemptState::kOffered;
  // Grows with each renewal.
  std::uint64_t renewals = 0;
};

// For one thread.
class LeaseWatch {
 public:
  LeaseWatch(std::chrono::milliseconds running_silence, std::chrono::milliseconds offered_silence)
      : running_silence_(running_silence), offered_silence_(offered_silence) {}

  // Takes all live leases as read just now; returns those seen unchanged (same state, same renewals) in every sighting
  // for at least the silence of their state. When more than `kBlindness` has passed since the last sighting, the watch
  // was blind and all silences begin anew.
  std::vector<LeaseSighting> Observe(const std::vector<LeaseSighting>& live, Monotonic now);

  // Forgets everything; for a term that was lost.
  void Forget();

 private:
  struct Seen {
    AttemptState state;
    std::uint64_t renewals;
    Monotonic since;
  };
  static constexpr std::chrono::milliseconds kBlindness{5'000};

  const std::chrono::milliseconds running_silence_;
  const std::chrono::milliseconds offered_silence_;
  std::map<AttemptKey, Seen> seen_;
  Monotonic last_{};
};

}  // namespace interneg::scheduling

#endif  // INTERNEG_SERVER_SCHEDULING_LEASE_WATCH_H_
