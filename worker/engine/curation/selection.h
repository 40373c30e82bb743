// The choice while it is being made; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_CURATION_SELECTION_H_
#define INTERNEG_WORKER_ENGINE_CURATION_SELECTION_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "worker/engine/curation/suggest.h"

namespace interneg::curation {

// Indices into the candidates, ascending.
struct Selection {
  std::vector<std::size_t> training;
  std::vector<std::size_t> held_out;
  std::vector<std::size_t> near_duplicates;  // of held_out, those too like a training pair
  std::vector<std::string> notes;
};

struct Material {
  std::span<const Candidate> candidates;
  std::vector<Verdict> verdicts;
  std::vector<int> station;         // of each candidate: where a pair must not be lacking, its shot or its third
  std::vector<std::size_t> usable;  // fit, and of shots without a fit frame those that are not barred; ascending
};

// Judges and checks what Suggest() and Escalate() both have to check.
Material Examine(std::span<const Candidate> candidates, const SuggestOptions& options);

Coverage CoverageOf(const Material& material, const SuggestOptions& options, int training_pairs);

// round(share / (1 − share) · training), at least one: .20 gives one a four.
int HeldOutCount(int training_pairs, double share);

// Adds withheld frames until there are `count`, or no usable frame is left.
void ChooseHeldOut(const Material& material, const Coverage& coverage, int count, Selection& selection);

// How near in time a withheld frame may be to a training pair, in frames.
int LeastApart(std::size_t candidates, std::size_t training_pairs);

Suggestion Report(const Material& material, const Coverage& coverage, const Selection& selection,
                  const SuggestOptions& options);

}  // namespace interneg::curation

#endif  // INTERNEG_WORKER_ENGINE_CURATION_SELECTION_H_
