// Which frames a training is made of, and which it is judged by.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PAIR_PLAN_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PAIR_PLAN_H_

#include <map>
#include <optional>
#include <vector>

#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/medium.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

// Source frames, ascending and distinct.
struct PairPlan {
  std::vector<int> training;
  std::vector<int> held_out;
  std::vector<int> previews;  // to be tried in this order; more than one only where the job names none
  std::map<int, int> partners;  // reference frames of those whose number is another

  int PartnerOf(int source_frame) const;
};

// Without an alignment: at least two training frames inside both ranges, none of them twice or withheld as well;
// held-out frames by the job or by dataset::DefaultHeldOut. With one: the pairs that the job names, as it names them,
// which must be the alignment's and usable; its own that are not unusable where it names none. Partners that the job
// names must be the alignment's too, and are those of named frames. The preview frame by the job, or those nearest to
// the middle of the source's range that no pair holds. Throws JobError naming field and frame.
PairPlan PlanPairs(const TrainJob& job, const std::optional<Alignment>& alignment, const Medium& source,
                   const Medium& reference);

// The alignment's pair of that source frame; null without one.
const AlignedPair* FindPair(const Alignment& alignment, int source_frame);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PAIR_PLAN_H_
