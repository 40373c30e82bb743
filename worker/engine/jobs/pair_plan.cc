#include "worker/engine/jobs/pair_plan.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>

#include "worker/engine/dataset/held_out.h"
#include "worker/engine/jobs/job_error.h"

namespace interneg::jobs {
namespace {

bool Names(const std::vector<std::int32_t>& frames, int frame) {
  return std::find(frames.begin(), frames.end(), frame) != frames.end();
}

// The reference frames that the job gives its pairs.
std::map<int, int> NamedPartners(const TrainJob& job) {
  std::map<int, int> partners;
  for (const auto& pair : job.partners) {
    const std::string name = "train.partners: frame " + std::to_string(pair.source_frame);
    if (!Names(job.pairs, pair.source_frame) && !Names(job.held_out, pair.source_frame)) {
      throw BadInput(name + " is neither trained on nor held out", "name it in train.pairs or train.heldOut as well");
    }
    if (!partners.emplace(pair.source_frame, pair.reference_frame).second) {
      throw BadInput(name + " has two partners", "name one");
    }
  }
  return partners;
}

std::vector<int> SortedFrames(const std::vector<std::int32_t>& frames, const Medium& source, const Medium& reference,
                              const std::map<int, int>& partners, const std::string& field) {
  std::vector<int> sorted(frames.begin(), frames.end());
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
    throw BadInput(field + ": frame " + std::to_string(*twice) + " is named twice", "name each frame once");
  }
  for (const int frame : sorted) {
    RequireFrame(source, frame, field);
    const auto partner = partners.find(frame);
    if (partner == partners.end()) {
      RequireFrame(reference, frame, field);
    } else {
      RequireFrame(reference, partner->second, "train.partners");
    }
  }
  return sorted;
}

std::vector<int> DefaultHeldOut(const std::vector<int>& pairs, const Medium& source, const Medium& reference) {
  std::vector<int> available;
  for (const int frame : source.range.Sorted()) {
    if (reference.range.Contains(frame)) available.push_back(frame);
  }
  return dataset::DefaultHeldOut(pairs, available);
}

bool Holds(const std::vector<int>& frames, int frame) {
  return std::binary_search(frames.begin(), frames.end(), frame);
}

// The frame to show while training: the one asked for; else those that no pair holds, the nearest to the middle first.
std::vector<int> PreviewFrames(const TrainJob& job, const PairPlan& plan, const Medium& source) {
  if (job.training && job.training->preview_frame) {
    const int frame = *job.training->preview_frame;
    RequireFrame(source, frame, "train.training.previewFrame");
    if (Holds(plan.training, frame) || Holds(plan.held_out, frame)) {
      throw BadInput("train.training.previewFrame: frame " + std::to_string(frame) + " belongs to a pair",
                     "choose a frame that no pair holds");
    }
    return {frame};
  }
  const auto all = source.range.Sorted();
  const int middle = all[all.size() / 2];
  std::vector<int> frames;
  std::copy_if(all.begin(), all.end(), std::back_inserter(frames),
               [&](int frame) { return !Holds(plan.training, frame) && !Holds(plan.held_out, frame); });
  std::stable_sort(frames.begin(), frames.end(),
                   [&](int a, int b) { return std::abs(a - middle) < std::abs(b - middle); });
  constexpr std::size_t kTries = 8;
  if (frames.size() > kTries) frames.resize(kTries);
  return frames;
}

PairPlan NamedPairs(const TrainJob& job, const Medium& source, const Medium& reference) {
  if (job.pairs.size() < 2) {
    throw BadInput("train.pairs names " + std::to_string(job.pairs.size()) + " frame(s), at least two are needed",
                   "three or four a shot are a good start: begin, middles, end");
  }
  PairPlan plan;
  plan.partners = NamedPartners(job);
  plan.training = SortedFrames(job.pairs, source, reference, plan.partners, "train.pairs");
  const bool renumbered = std::any_of(plan.partners.begin(), plan.partners.end(),
                                      [](const auto& partner) { return partner.first != partner.second; });
  if (job.held_out.empty() && renumbered) {
    throw BadInput("train.heldOut is empty, and train.partners numbers the reference in its own way",
                   "name the frames to judge by, with their partners");
  }
  plan.held_out = job.held_out.empty()
                      ? DefaultHeldOut(plan.training, source, reference)
                      : SortedFrames(job.held_out, source, reference, plan.partners, "train.heldOut");
  for (const int frame : plan.held_out) {
    if (Holds(plan.training, frame)) {
      throw BadInput("train.heldOut: frame " + std::to_string(frame) + " is a training pair, too",
                     "withhold frames that are not trained on");
    }
  }
  return plan;
}

// Every frame that the job names must be one of the alignment's pairs, and fit for it.
void RequireAligned(const std::vector<std::int32_t>& frames, const Alignment& alignment, const std::string& field) {
  std::string unusable;
  for (const int frame : frames) {
    const auto* pair = FindPair(alignment, frame);
    if (pair == nullptr) {
      throw BadInput(field + ": frame " + std::to_string(frame) + " is no pair of the alignment",
                     "name frames that it holds, or align this one too");
    }
    if (pair->verdict == "unusable") {
      unusable += (unusable.empty() ? "" : "; ") + ("frame " + std::to_string(frame) + ": " + pair->reason);
    }
  }
  if (unusable.empty()) return;
  throw BadInput(field + ": the alignment finds pairs unusable that are named here: " + unusable,
                 "name other frames, or align again with keys for these");
}

void RequireSamePartners(const TrainJob& job, const Alignment& alignment) {
  std::string differing;
  for (const auto& [frame, partner] : NamedPartners(job)) {
    const int aligned = FindPair(alignment, frame)->reference_frame;
    if (aligned == partner) continue;
    differing += (differing.empty() ? "" : "; ") + ("frame " + std::to_string(frame) + " on " +
                                                    std::to_string(partner) + ", the alignment on " +
                                                    std::to_string(aligned));
  }
  if (differing.empty()) return;
  throw BadInput("train.partners: other reference frames are named than the alignment registered: " + differing,
                 "align again with these pairs and name that alignment, or take its partners");
}

enum class PairUse { kTrain, kWithhold, kNone };

// A list that names frames decides; of one that names none, the alignment does, but for frames of the other list.
PairUse UseOf(const TrainJob& job, const AlignedPair& pair) {
  if (Names(job.pairs, pair.source_frame)) return PairUse::kTrain;
  if (Names(job.held_out, pair.source_frame)) return PairUse::kWithhold;
  if (pair.held_out) return job.held_out.empty() ? PairUse::kWithhold : PairUse::kNone;
  return job.pairs.empty() ? PairUse::kTrain : PairUse::kNone;
}

// The alignment's pairs that can be used, as the job chooses among them.
PairPlan AlignedPairs(const TrainJob& job, const Alignment& alignment) {
  RequireAligned(job.pairs, alignment, "train.pairs");
  RequireAligned(job.held_out, alignment, "train.heldOut");
  RequireSamePartners(job, alignment);
  PairPlan plan;
  std::string unusable;
  for (const auto& pair : alignment.pairs) {
    const auto use = UseOf(job, pair);
    if (use == PairUse::kNone) continue;
    if (pair.verdict == "unusable") {
      unusable += (unusable.empty() ? "" : "; ") + ("frame " + std::to_string(pair.source_frame) + ": " + pair.reason);
    } else {
      (use == PairUse::kTrain ? plan.training : plan.held_out).push_back(pair.source_frame);
    }
  }
  if (plan.training.size() >= 2) return plan;
  throw BadInput("the alignment leaves " + std::to_string(plan.training.size()) +
                     " training pair(s), at least two are needed" + (unusable.empty() ? "" : "; " + unusable),
                 "look at its pairs, set keys by hand, or choose other frames");
}

}  // namespace

int PairPlan::PartnerOf(int source_frame) const {
  const auto partner = partners.find(source_frame);
  return partner == partners.end() ? source_frame : partner->second;
}

const AlignedPair* FindPair(const Alignment& alignment, int source_frame) {
  const auto found = std::find_if(alignment.pairs.begin(), alignment.pairs.end(),
                                  [&](const AlignedPair& pair) { return pair.source_frame == source_frame; });
  return found == alignment.pairs.end() ? nullptr : &*found;
}

PairPlan PlanPairs(const TrainJob& job, const std::optional<Alignment>& alignment, const Medium& source,
                   const Medium& reference) {
  auto plan = alignment ? AlignedPairs(job, *alignment) : NamedPairs(job, source, reference);
  plan.previews = PreviewFrames(job, plan, source);
  return plan;
}

}  // namespace interneg::jobs
