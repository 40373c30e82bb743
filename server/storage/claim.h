// What a claim reads before the rules place tasks: free room on workers, ready tasks, requirements and records.
#ifndef INTERNEG_SERVER_STORAGE_CLAIM_H_
#define INTERNEG_SERVER_STORAGE_CLAIM_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/scheduling/matching.h"
#include "server/storage/transaction.h"

namespace interneg::storage {

// Online workers that take work, with their free devices (locked until the end of the transaction; what another
// transaction holds counts as taken) and their free places for light tasks.
std::vector<scheduling::WorkerRoom> ReadRoom(Transaction& transaction, int light_tasks);

struct Waiting {
  // Best rank first over all.
  std::vector<scheduling::Candidate> candidates;
  // Jobs of theirs that workers have failed or rejected before.
  std::set<std::string> recorded_jobs;
  // Whether any of them trains or renders, and so may go on from a model or a checkpoint.
  bool want_inputs = false;
};
// The best ready tasks of every requirement, `limit` of each, locked.
Waiting ReadWaiting(Transaction& transaction, int limit);

std::map<std::int64_t, scheduling::Requirement> ReadRequirements(Transaction& transaction,
                                                                 const std::vector<scheduling::Candidate>& candidates);
scheduling::TrackRecords ReadRecords(Transaction& transaction, const std::set<std::string>& jobs);

}  // namespace interneg::storage

#endif  // INTERNEG_SERVER_STORAGE_CLAIM_H_
