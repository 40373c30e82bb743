// Which frames of a film share one geometry, and how little has to differ from frame to frame within it.
#ifndef INTERNEG_WORKER_ENGINE_ALIGNMENT_SHOT_GROUPS_H_
#define INTERNEG_WORKER_ENGINE_ALIGNMENT_SHOT_GROUPS_H_

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "worker/engine/alignment/shot_alignment.h"

namespace interneg::alignment {

// Places in `solutions`, ascending. A solved frame belongs to the first group whose first member it lies on, but for a
// translation of at most `greatest_weave` and `greatest_misfit_px` (a telecine that was framed anew begins another); one
// that is not solved belongs to the group of the solved frame that is nearest to it, the earlier of two. Empty when no
// frame is solved. `solutions` ascend by frame; options as for AlignShot.
std::vector<std::vector<std::size_t>> GroupByGeometry(std::span<const FrameSolution> solutions,
                                                      const ShotOptions& options);

// The least that may differ within a group for its solved frames to lie where they were solved, within what they may be
// wrong by: translation, translation and rotation, or nullopt when neither does (each frame then has a geometry of its
// own). Compared are the RMS over the frames of their distance from global + weave and of their estimated error, the
// latter at least .05 source pixels. nullopt for fewer than two solved frames.
std::optional<WeaveKind> SimplestWeave(std::span<const FrameSolution> solutions, const ShotOptions& options);

}  // namespace interneg::alignment

#endif  // INTERNEG_WORKER_ENGINE_ALIGNMENT_SHOT_GROUPS_H_
