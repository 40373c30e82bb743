// What the pictures of each pair say of where the reference lies, by themselves.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PAIR_SOLVES_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PAIR_SOLVES_H_

#include <functional>
#include <optional>
#include <vector>

#include "worker/engine/alignment/solve.h"
#include "worker/engine/image/image.h"
#include "worker/engine/jobs/elements.h"
#include "worker/engine/jobs/job_context.h"
#include "worker/engine/jobs/job_document.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

struct Partners {
  int source_frame = 0;
  int reference_frame = 0;
  bool held_out = false;
};

// Both in the training domain.
struct PairPictures {
  image::Image source;
  image::Image reference;
};
using ReadPictures = std::function<PairPictures(const Partners&)>;

// What is unset takes its default.
alignment::SolveOptions SolveOptionsOf(const AlignJob& job, const Elements& elements);

// A solve as a document holds it, and back. FromDocument throws JobError for one that is none, naming the frame.
PairSolve ToDocument(const alignment::Solution& solution);
alignment::Solution FromDocument(const PairSolve& solve, int source_frame);

// One for each pair: `previous`' own where it was made of the same two frames with what `settings` (the alignment to be
// made) says of media, colour and solver, else by looking at the pictures. Sends progress ("aligning").
std::vector<PairSolve> SolvePairs(const JobContext& context, const std::vector<Partners>& pairs,
                                  const Alignment& settings, const std::optional<Alignment>& previous,
                                  const alignment::SolveOptions& options, const ReadPictures& read);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PAIR_SOLVES_H_
