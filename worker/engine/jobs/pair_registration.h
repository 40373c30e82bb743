// A pair's reference brought onto the source's pixels.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_PAIR_REGISTRATION_H_
#define INTERNEG_WORKER_ENGINE_JOBS_PAIR_REGISTRATION_H_

#include <string>
#include <vector>

#include "worker/engine/dataset/pair.h"
#include "worker/engine/jobs/stage_results.h"

namespace interneg::jobs {

// Resamples `pair.reference` once, by the transform of `aligned` and its flow if it has one, to the source's size, and
// gives the pair a confidence: what is left of structure after the fit, 0 outside the reference, the training crop and
// inside overlays. Where the confidence is 0 the source's own pixels stand in the reference, so that nothing there can
// bleed into what is trusted. Throws JobError for a transform that is none, or one that leaves nothing to trust.
void RegisterPair(const AlignedPair& aligned, const Alignment& alignment, dataset::Pair& pair);

// Gives the pair a dense flow on top of its transform where that lowers its residual by a twentieth at least and leaves
// no more of the picture unexplained, and writes down what the residual is without and why there is none. The flow is
// kept in the alignment (a few kilobytes) and not made again for training: optical flow may differ from machine to
// machine, and what is trained on is what was judged. Both in the training domain. Throws JobError for a transform that
// is none.
void RefineByFlow(const image::Image& source, const image::Image& reference, AlignedPair& pair);

// How a pair looks when it is registered.
struct JudgedPair {
  double residual = 0;
  std::string verdict;  // of alignment::ResidualVerdict
  std::string reason;
  image::Image sheet;
};

// Both in the training domain. What was laid over the reference (source pixels) says nothing of how well it lies and is
// left out of the verdict. Throws JobError for a transform that is none.
JudgedPair JudgePair(const AlignedPair& aligned, const image::Image& source, const image::Image& reference,
                     const std::vector<PictureArea>& laid_over);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_PAIR_REGISTRATION_H_
