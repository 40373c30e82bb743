// Where each pair's reference lies, by what the pairs say together.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_SHOT_GEOMETRY_H_
#define INTERNEG_WORKER_ENGINE_JOBS_SHOT_GEOMETRY_H_

#include <vector>

#include "worker/engine/alignment/shot_alignment.h"
#include "worker/engine/jobs/pair_solves.h"

namespace interneg::jobs {

// One for each pair, in the order of the pairs, which ascend by source frame; what the residual says is left out.
// Pairs that share a geometry (alignment::GroupByGeometry) take from all of them what does not differ beyond the
// solves' own errors (alignment::SimplestWeave). One whose own solve is uncertain or failed takes the shot's geometry
// with the translation that its own pictures ask for, or where they do not tell, that of its neighbours; its status is
// uncertain then, its path says which, its reason why. Without any solved pair each stays as it is.
std::vector<AlignedPair> PlacePairs(const JobContext& context, const std::vector<Partners>& pairs,
                                    const std::vector<PairSolve>& solves, const alignment::ShotOptions& shot,
                                    const alignment::SolveOptions& options, const ReadPictures& read);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_SHOT_GEOMETRY_H_
