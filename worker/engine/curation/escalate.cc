#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "worker/engine/curation/descriptor.h"
#include "worker/engine/curation/selection.h"

namespace interneg::curation {
namespace {

using Indices = std::vector<std::size_t>;

Indices IndicesOf(const Material& material, const Suggestion& previous, Role role) {
  Indices out;
  for (const int frame : previous.Frames(role)) {
    const auto at = std::find_if(material.candidates.begin(), material.candidates.end(),
                                 [&](const Candidate& candidate) { return candidate.frame == frame; });
    if (at == material.candidates.end()) {
      throw std::invalid_argument("frame " + std::to_string(frame) +
                                  " of the earlier suggestion is no candidate; give the range it was made for");
    }
    out.push_back(static_cast<std::size_t>(at - material.candidates.begin()));
  }
  return out;
}

// Relative to the mean error; 1 where nothing is known.
class Errors {
 public:
  explicit Errors(const std::map<int, double>& by_frame) : by_frame_(by_frame) {
    for (const auto& [frame, error] : by_frame) mean_ += error / static_cast<double>(by_frame.size());
  }
  double Of(int frame) const {
    const auto at = by_frame_.find(frame);
    return at == by_frame_.end() || mean_ <= 0 ? 1.0 : at->second / mean_;
  }

 private:
  const std::map<int, double>& by_frame_;
  double mean_ = 0;
};

// The distance to the training pairs before and after it, whichever is nearer: how far the gap it lies in reaches.
double Gap(const Material& material, const Indices& training, std::size_t i) {
  const auto after = std::upper_bound(training.begin(), training.end(), i);
  const auto distance = [&](std::size_t t) {
    return Distance(material.candidates[t].features.layout, material.candidates[i].features.layout);
  };
  double gap = 1e9;
  if (after != training.end()) gap = std::min(gap, distance(*after));
  if (after != training.begin()) gap = std::min(gap, distance(*(after - 1)));
  return gap;
}

bool TooNear(const Material& material, const Selection& selection, std::size_t i, int least_apart) {
  const auto near = [&](std::size_t t, int apart) {
    return std::abs(material.candidates[t].frame - material.candidates[i].frame) < apart;
  };
  return std::any_of(selection.held_out.begin(), selection.held_out.end(),
                     [&](std::size_t t) { return near(t, least_apart); }) ||
         std::any_of(selection.training.begin(), selection.training.end(), [&](std::size_t t) { return near(t, 1); });
}

// False when no usable frame is left.
bool InsertOne(const Material& material, const Errors& errors, int least_apart, Selection& selection) {
  double largest = -1;
  std::size_t best = 0;
  for (const std::size_t i : material.usable) {
    if (TooNear(material, selection, i, least_apart)) continue;
    const double gap = Gap(material, selection.training, i) * errors.Of(material.candidates[i].frame);
    if (gap > largest) largest = gap, best = i;
  }
  if (largest < 0) return false;
  selection.training.insert(std::upper_bound(selection.training.begin(), selection.training.end(), best), best);
  return true;
}

}  // namespace

int NextCount(int training_pairs) {
  if (training_pairs < 4) return 4;
  if (training_pairs < 7) return 7;
  return training_pairs < 11 ? 11 : training_pairs * 3 / 2 + training_pairs % 2;
}

Suggestion Escalate(std::span<const Candidate> candidates, const Suggestion& previous, const EscalateOptions& options) {
  const Material material = Examine(candidates, options.suggest);
  Selection selection;
  selection.training = IndicesOf(material, previous, Role::kTraining);
  selection.held_out = IndicesOf(material, previous, Role::kHeldOut);
  const int before = static_cast<int>(selection.training.size());
  const int wanted = options.pairs.value_or(NextCount(before));
  if (wanted < before) {
    throw std::invalid_argument("there are " + std::to_string(before) + " training pairs already; ask for that many or more");
  }
  const Errors errors(options.frame_error);
  const int least_apart = LeastApart(candidates.size(), static_cast<std::size_t>(wanted));
  while (static_cast<int>(selection.training.size()) < wanted && InsertOne(material, errors, least_apart, selection)) {
  }
  if (static_cast<int>(selection.training.size()) < wanted) {
    selection.notes.push_back("no more frames can be used: " + std::to_string(selection.training.size()) +
                              " training pairs instead of " + std::to_string(wanted));
  }
  const int training = static_cast<int>(selection.training.size());
  const Coverage coverage = CoverageOf(material, options.suggest, training);
  ChooseHeldOut(material, coverage, HeldOutCount(training, options.suggest.held_out_share), selection);
  SuggestOptions as_before = options.suggest;
  as_before.scope = previous.scope;
  return Report(material, coverage, selection, as_before);
}

}  // namespace interneg::curation
