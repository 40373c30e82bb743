// A process's place among those that train one model together.
#ifndef INTERNEG_WORKER_ENGINE_TRAINING_GROUP_PLACE_H_
#define INTERNEG_WORKER_ENGINE_TRAINING_GROUP_PLACE_H_

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace interneg::training {

// A process of the group has ended, cannot be reached, or has not answered in time; which one c10d does not tell. The
// group is of no more use.
class ProcessLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct GroupPlace {
  int rank = 0;  // 0…ranks−1; 0 leads: it listens, validates, and writes every file
  int ranks = 1;
  // Where the leader listens, as the others reach it; "localhost" and 127.0.0.1 are for groups of one machine.
  // Unprotected: for a network that is trusted.
  std::string host;
  std::uint16_t port = 0;
  // How long a process is waited for. The leader fits the first guess and validates while the others wait: neither may
  // take longer.
  std::chrono::seconds patience{600};
};

// Throws std::invalid_argument for a place that cannot be: fewer than two ranks, a rank that is none of them, no host or
// port, no patience.
void CheckPlace(const GroupPlace& place);

// Each process needs a patch. Throws std::invalid_argument for a batch of fewer patches than the group has processes.
void RequireShares(int batch, const GroupPlace& place);

// "HOST:PORT", "[ADDRESS]:PORT" for IPv6. Throws std::invalid_argument for any other text.
void ParseMeeting(const std::string& text, GroupPlace& place);

// Which patches of a batch are a rank's: as even as can be, the first ranks' first.
struct BatchShare {
  int first = 0;
  int count = 0;
};
BatchShare ShareOf(int batch, int rank, int ranks);

}  // namespace interneg::training

#endif  // INTERNEG_WORKER_ENGINE_TRAINING_GROUP_PLACE_H_
