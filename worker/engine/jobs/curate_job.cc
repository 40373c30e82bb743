#include "worker/engine/jobs/curate_job.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/curation/suggest.h"
#include "worker/engine/jobs/elements.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/lettering_share.h"
#include "worker/engine/jobs/pair_plan.h"
#include "worker/engine/jobs/progress.h"
#include "worker/engine/jobs/scratch.h"

namespace interneg::jobs {
namespace {

curation::Scope ScopeOf(CurationScope scope) {
  switch (scope) {
    case CurationScope::kScene: return curation::Scope::kScene;
    case CurationScope::kSequence: return curation::Scope::kSequence;
    default: return curation::Scope::kShot;
  }
}

std::vector<int> ExcludedFrames(const CurateJob& job) {
  if (job.exclude.empty()) return {};
  try {
    return frames::FrameRange::Parse(job.exclude).Sorted();
  } catch (const frames::FrameRangeError& error) {
    throw BadInput(std::string("curate.exclude: ") + error.what(), "write ranges as 1001-1049, 1,5,9 or 1-100x5");
  }
}

// A frame that cannot be read is none to learn from.
std::optional<image::Image> TryRead(const Medium& medium, const color::TrainingTransform& transform, int frame) {
  try {
    return transform.ToTraining(medium.Read(frame).rgb).rgb;
  } catch (const frames::FrameError& error) {
    if (error.fault() == frames::FrameFault::kStorage) throw;
    return std::nullopt;
  }
}

// Whose frames go together.
struct Shared {
  std::map<int, int> partners;
  std::set<int> mixed;
  std::optional<FrameMap> map;
  std::optional<Alignment> earlier;
};

curation::AlignmentVerdict VerdictOf(const Shared& shared, int frame) {
  const auto* pair = shared.earlier ? FindPair(*shared.earlier, frame) : nullptr;
  const auto partner = shared.partners.find(frame);
  if (pair == nullptr || partner == shared.partners.end() || partner->second != pair->reference_frame) {
    return curation::AlignmentVerdict::kUnknown;
  }
  return pair->verdict == "unusable" ? curation::AlignmentVerdict::kUnusable : curation::AlignmentVerdict::kFit;
}

curation::Partner PartnerOf(const Shared& shared, int frame, bool readable) {
  if (!readable) return curation::Partner::kNone;
  return shared.mixed.count(frame) != 0 ? curation::Partner::kMixed : curation::Partner::kFound;
}

std::optional<curation::Candidate> LookAtOne(const Elements& elements, const Shared& shared, int frame) {
  const auto source = TryRead(elements.source, elements.from_source, frame);
  if (!source) return std::nullopt;
  const auto partner = shared.partners.find(frame);
  std::optional<image::Image> reference;
  if (partner != shared.partners.end())
    reference = TryRead(elements.reference, elements.from_reference, partner->second);
  curation::Candidate candidate;
  candidate.frame = frame;
  candidate.features = curation::MeasureFrame(*source, {reference ? &*reference : nullptr});
  candidate.partner = PartnerOf(shared, frame, reference.has_value());
  candidate.alignment = VerdictOf(shared, frame);
  if (reference) {
    candidate.lettering_share = LetteringShare(
        *source, *reference,
        RoughTransform(frame, partner->second, source->size(), reference->size(), shared.map, shared.earlier));
  }
  return candidate;
}

std::vector<curation::Candidate> LookAt(const JobContext& context, const Elements& elements, const Shared& shared) {
  const auto frames = elements.source.range.Sorted();
  Progress progress(context, "looking at the frames", frames.size());
  std::vector<curation::Candidate> candidates;
  for (const int frame : frames) {
    context.ThrowIfStopped();
    if (auto candidate = LookAtOne(elements, shared, frame)) candidates.push_back(*std::move(candidate));
    progress.Advance();
  }
  return candidates;
}

// Frames that stay must be pairs.
void RequirePairs(const std::vector<std::int32_t>& frames, const std::string& field,
                  const std::vector<curation::Candidate>& candidates) {
  for (const int frame : frames) {
    const auto found =
        std::find_if(candidates.begin(), candidates.end(), [&](const auto& c) { return c.frame == frame; });
    const std::string name = field + ": frame " + std::to_string(frame);
    if (found == candidates.end()) throw BadInput(name + " is not there or cannot be read", "keep another frame");
    if (found->alignment == curation::AlignmentVerdict::kUnusable) {
      throw BadInput(name + " cannot be used: the alignment found its pair unusable",
                     "let another frame take its place");
    }
    if (found->partner == curation::Partner::kFound) continue;
    if (found->partner == curation::Partner::kMixed) {
      throw BadInput(name + ": it or its partner holds two film frames",
                     "keep another frame, or set its partner by hand in the frame map where the two are one instant");
    }
    throw BadInput(name + " has no partner that can be read in the reference",
                   "keep another frame, or correct the frame map by hand");
  }
}

// Frames that stay, as the choice that is escalated.
curation::Suggestion Kept(const CurateJob& job) {
  curation::Suggestion kept;
  kept.scope = ScopeOf(job.scope);
  const auto add = [&](const std::vector<std::int32_t>& frames, curation::Role role) {
    for (const int frame : frames) {
      curation::SuggestedPair pair;
      pair.frame = frame;
      pair.role = role;
      kept.pairs.push_back(pair);
    }
  };
  add(job.keep, curation::Role::kTraining);
  add(job.keep_held_out, curation::Role::kHeldOut);
  std::sort(kept.pairs.begin(), kept.pairs.end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  return kept;
}

curation::Suggestion Choose(const CurateJob& job, const std::vector<curation::Candidate>& candidates) try {
  curation::SuggestOptions options;
  options.scope = ScopeOf(job.scope);
  options.limits.excluded = ExcludedFrames(job);
  if (job.keep.empty()) {
    if (job.pairs > 0) options.pairs = static_cast<int>(job.pairs);
    return curation::Suggest(candidates, options);
  }
  curation::EscalateOptions escalation;
  escalation.suggest = options;
  if (job.pairs > 0) escalation.pairs = static_cast<int>(job.pairs);
  return curation::Escalate(candidates, Kept(job), escalation);
} catch (const std::invalid_argument& error) {
  throw BadInput(std::string("curate: ") + error.what(), "");
}

template <typename Kind>
void AddCoverage(const std::vector<curation::KindCoverage<Kind>>& kinds, const char* group, PairChoice& out) {
  for (const auto& kind : kinds) {
    const char* presence = kind.presence == curation::Presence::kCovered      ? "covered"
                           : kind.presence == curation::Presence::kNotCovered ? "not covered"
                                                                              : "missing";
    out.coverage.push_back({group,
                            std::string(curation::NameOf(kind.kind)),
                            presence,
                            {kind.pairs.begin(), kind.pairs.end()},
                            kind.largest_share,
                            kind.presence == curation::Presence::kMissing ? 0 : kind.largest_frame});
  }
}

ChosenPair ToDocument(const curation::SuggestedPair& pair, const std::map<int, int>& partners) {
  ChosenPair out;
  out.source_frame = pair.frame;
  out.reference_frame = partners.at(pair.frame);
  out.held_out = pair.role == curation::Role::kHeldOut;
  out.placement = curation::NameOf(pair.placement);
  for (const auto family : pair.families) out.covers.emplace_back(curation::NameOf(family));
  for (const auto texture : pair.textures) out.covers.emplace_back(curation::NameOf(texture));
  out.covers.emplace_back(curation::NameOf(pair.light));
  for (const auto family : pair.best_for) out.best_for.emplace_back(curation::NameOf(family));
  for (const auto compromise : pair.compromises) out.compromises.emplace_back(curation::NameOf(compromise));
  out.value = pair.coverage;
  return out;
}

PairChoice ToDocument(const CurateJob& job, const Elements& elements, const curation::Suggestion& suggestion,
                      const std::map<int, int>& partners) {
  PairChoice out;
  out.schema = kStageResultSchema;
  out.source = elements.source.frames;
  out.reference = elements.reference.frames;
  out.scope = job.scope == CurationScope::kUnspecified ? CurationScope::kShot : job.scope;
  for (const auto& pair : suggestion.pairs) out.pairs.push_back(ToDocument(pair, partners));
  for (const auto& rejected : suggestion.rejected) {
    RejectedFrame frame{rejected.frame, {}};
    for (const auto reason : rejected.reasons) frame.reasons.emplace_back(curation::NameOf(reason));
    out.rejected.push_back(std::move(frame));
  }
  AddCoverage(suggestion.families, "hue", out);
  AddCoverage(suggestion.textures, "texture", out);
  AddCoverage(suggestion.lights, "light", out);
  out.notes = suggestion.notes;
  return out;
}

// Before anything is read: each frame stays once, and withheld ones beside some that are learned from.
void CheckKept(const CurateJob& job) {
  if (!job.keep_held_out.empty() && job.keep.empty()) {
    throw BadInput("curate.keepHeldOut: no pair to train on is kept", "keep some (curate.keep), or none at all");
  }
  std::set<int> kept(job.keep.begin(), job.keep.end());
  for (const int frame : job.keep_held_out) {
    if (kept.insert(frame).second) continue;
    throw BadInput("curate.keepHeldOut: frame " + std::to_string(frame) + " is kept twice",
                   "keep it to train on or to judge by, once");
  }
}

}  // namespace

EngineResult RunCurate(const JobContext& context, const CurateJob& job, const StageInputs& inputs,
                       const std::filesystem::path& scratch_folder) {
  CheckKept(job);
  StageMedia media{job.source.value_or(FrameSource()), job.reference.value_or(FrameSource())};
  const auto map = inputs.ReadFrameMap(job.frame_map, "curate.frameMap", "frame_map", media);
  auto earlier = inputs.ReadAlignment(job.alignment, "curate.alignment", "alignment", media);
  const auto elements = OpenElements(context, media, job.color, "curate");
  const Shared shared{PartnersBy(map, elements.source, elements.reference), MixedFrames(map), map, std::move(earlier)};
  if (shared.partners.empty()) {
    throw BadInput("source and reference share no frame", "match them first, or correct the map by hand");
  }
  const auto candidates = LookAt(context, elements, shared);
  RequirePairs(job.keep, "curate.keep", candidates);
  RequirePairs(job.keep_held_out, "curate.keepHeldOut", candidates);
  const auto choice = ToDocument(job, elements, Choose(job, candidates), shared.partners);
  const Scratch scratch(scratch_folder, context.events);
  SendDocument(context, scratch, "pair_choice", ToJson(choice));
  for (const auto& note : choice.notes) context.events.Warn(note);
  const auto held_out =
      std::count_if(choice.pairs.begin(), choice.pairs.end(), [](const auto& p) { return p.held_out; });
  const auto send = [&](const char* name, double value) {
    context.events.Send(Measure{name, value, "pair_choice", "source", {}, {}});
  };
  send("training_pairs", static_cast<double>(std::ssize(choice.pairs) - held_out));
  send("held_out_pairs", static_cast<double>(held_out));
  send("rejected_frames", static_cast<double>(choice.rejected.size()));
  return {EngineOutcome::kSucceeded, std::nullopt, {}};
}

}  // namespace interneg::jobs
