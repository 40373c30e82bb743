#include "worker/engine/jobs/training_pairs.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>

#include "worker/engine/dataset/held_out.h"
#include "worker/engine/jobs/colour_presence.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/pair_registration.h"
#include "worker/engine/jobs/picture_hash.h"
#include "worker/engine/jobs/preparation_plan.h"
#include "worker/engine/jobs/prepared_medium.h"
#include "worker/engine/jobs/training_crop.h"

namespace interneg::jobs {
namespace {

std::vector<int> SortedFrames(const std::vector<std::int32_t>& frames, const Medium& source, const Medium& reference,
                              const std::string& field) {
  std::vector<int> sorted(frames.begin(), frames.end());
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
    throw BadInput(field + ": frame " + std::to_string(*twice) + " is named twice", "name each frame once");
  }
  for (const int frame : sorted) {
    RequireFrame(source, frame, field);
    RequireFrame(reference, frame, field);
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

// Counts pictures for the progress.
class PairReader {
 public:
  PairReader(const JobContext& context, std::size_t total) : context_(context) {
    progress_.phase = "reading pairs";
    progress_.total = static_cast<std::uint32_t>(total);
  }
  image::Image Read(const Medium& medium, const color::TrainingTransform& transform, int frame,
                    PictureHash* hash = nullptr) {
    context_.ThrowIfStopped();
    const auto read = medium.Read(frame);
    if (hash != nullptr) hash->Add(frame, read.rgb);
    notes_.try_emplace(medium.name, context_.events, medium.name).first->second.Add(read.notes);
    auto picture = transform.ToTraining(read.rgb);
    clipped_share_ = std::max(clipped_share_, picture.clipped_share);
    ++progress_.done;
    context_.events.Send(progress_);
    return std::move(picture.rgb);
  }
  double clipped_share() const { return clipped_share_; }

 private:
  const JobContext& context_;
  EngineProgress progress_;
  std::map<std::string, NotesOnce> notes_;  // by medium
  double clipped_share_ = 0;
};

struct PairPreparation {
  preparation::Preparation source;
  SplitPreparation reference;
};

PairPreparation PlanPairPreparation(const TrainJob& job) {
  const auto role = RecoveryOf(job.recovery) == dataset::Recovery::kChroma ? preparation::Role::kChromaReference
                                                                          : preparation::Role::kSpatialReference;
  return {PlanPreparation(job.source_preparation, preparation::Role::kSource, "train.sourcePreparation"),
          Split(PlanPreparation(job.reference_preparation, role, "train.referencePreparation"))};
}

void MatchToPartner(const preparation::Preparation& match, dataset::Pair& pair) {
  if (match.is_identity()) return;
  const preparation::Partner partner{&pair.source, pair.confidence ? &*pair.confidence : nullptr};
  pair.reference = match.Apply(std::span(&pair.reference, 1), 0, partner);
}

PairPlan NamedPairs(const TrainJob& job, const Medium& source, const Medium& reference) {
  if (job.pairs.size() < 2) {
    throw BadInput("train.pairs names " + std::to_string(job.pairs.size()) + " frame(s), at least two are needed",
                   "three or four a shot are a good start: begin, middles, end");
  }
  PairPlan plan;
  plan.training = SortedFrames(job.pairs, source, reference, "train.pairs");
  plan.held_out = job.held_out.empty() ? DefaultHeldOut(plan.training, source, reference)
                                       : SortedFrames(job.held_out, source, reference, "train.heldOut");
  for (const int frame : plan.held_out) {
    if (Holds(plan.training, frame)) {
      throw BadInput("train.heldOut: frame " + std::to_string(frame) + " is a training pair, too",
                     "withhold frames that are not trained on");
    }
  }
  return plan;
}

const AlignedPair* FindPair(const Alignment& alignment, int frame) {
  const auto found = std::find_if(alignment.pairs.begin(), alignment.pairs.end(),
                                  [&](const AlignedPair& pair) { return pair.source_frame == frame; });
  return found == alignment.pairs.end() ? nullptr : &*found;
}

// Every frame that the job names must be one of the alignment's pairs.
void RequireAligned(const std::vector<std::int32_t>& frames, const Alignment& alignment, const std::string& field) {
  for (const int frame : frames) {
    if (FindPair(alignment, frame) != nullptr) continue;
    throw BadInput(field + ": frame " + std::to_string(frame) + " is no pair of the alignment",
                   "name frames that it holds, or align this one too");
  }
}

enum class PairUse { kTrain, kWithhold, kNone };

// A list that names frames decides; of one that names none, the alignment does, but for frames of the other list.
PairUse UseOf(const TrainJob& job, const AlignedPair& pair) {
  const auto names = [&](const std::vector<std::int32_t>& frames) {
    return std::find(frames.begin(), frames.end(), pair.source_frame) != frames.end();
  };
  if (names(job.pairs)) return PairUse::kTrain;
  if (names(job.held_out)) return PairUse::kWithhold;
  if (pair.held_out) return job.held_out.empty() ? PairUse::kWithhold : PairUse::kNone;
  return job.pairs.empty() ? PairUse::kTrain : PairUse::kNone;
}

// The alignment's pairs that can be used, as the job chooses among them.
PairPlan AlignedPairs(const TrainJob& job, const Alignment& alignment) {
  RequireAligned(job.pairs, alignment, "train.pairs");
  RequireAligned(job.held_out, alignment, "train.heldOut");
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

// A configuration is compared by its bytes: its path may differ from machine to machine.
std::map<std::string, std::string> ColorInputs(const TrainJob& job, const ColorPlan& color, const Medium& source,
                                               const Medium& reference) {
  auto settings = WithDefaults(job.color);
  settings.config.clear();
  JobSpec holder{kJobSchema, TrainJob{}};
  std::get<TrainJob>(holder.kind).color = settings;
  return {{kColorConfigInput, color.config.hash()},
          {"set of colour settings", ToJson(holder)},
          {"colour space of the source", source.space},
          {"colour space of the reference", reference.space}};
}

}  // namespace

PairPlan PlanPairs(const TrainJob& job, const std::optional<Alignment>& alignment, const Medium& source,
                   const Medium& reference) {
  auto plan = alignment ? AlignedPairs(job, *alignment) : NamedPairs(job, source, reference);
  plan.previews = PreviewFrames(job, plan, source);
  return plan;
}

ReadPairs ReadPairsOf(const JobContext& context, const TrainJob& job, const StageInputs& inputs,
                      const ColorPlan& color) {
  ReadPairs out;
  out.alignment = inputs.ReadAlignment(job.alignment, "train.alignment", "alignment", job.source.value_or(FrameSource()),
                                       job.reference.value_or(FrameSource()));
  const auto missing = out.alignment ? MissingFrames::kTolerate : MissingFrames::kRefuse;
  const auto source = OpenMedium(context, job.source, "source", "train.source", color.config, missing);
  const auto reference = OpenMedium(context, job.reference, "reference", "train.reference", color.config, missing);
  if (!out.alignment) CheckParity(source, reference);
  if (job.crop) RequireTrainingCrop(*job.crop, source.facts.size, "train.crop");
  if (job.crop && out.alignment) out.alignment->crop = job.crop;
  const auto plan = PlanPairs(job, out.alignment, source, reference);
  if (out.alignment && plan.held_out.empty()) {
    context.events.Warn("no held-out pair of the alignment can be used: the training pairs choose the model, and no "
                        "figure will say how it does on frames that it has not seen");
  }
  if (!out.alignment) {
    for (const auto* medium : {&source, &reference}) CheckHeaders(context, *medium, frames::FrameRange::Of(plan.training));
  }
  for (const auto* medium : {&source, &reference}) {
    context.events.Inform(medium->name + ": " + TextOf(*medium));
    SendWarnings(context, *medium);
  }

  const auto from_source = TrainingTransformOf(source, color), from_reference = TrainingTransformOf(reference, color);
  PairReader reader(context, 2 * (plan.training.size() + plan.held_out.size()) + (plan.previews.empty() ? 0 : 1));
  PictureHash sources, references, held_out;
  const auto preparation = PlanPairPreparation(job);
  PreparedMedium seen_source(source, from_source, preparation.source);
  PreparedMedium seen_reference(reference, from_reference, preparation.reference.alone);
  bool has_colour = false;
  const auto read = [&](int frame, PictureHash& of_source, PictureHash& of_reference) {
    const auto* aligned = out.alignment ? FindPair(*out.alignment, frame) : nullptr;
    const int partner_frame = aligned == nullptr ? frame : aligned->reference_frame;
    auto original = reader.Read(source, from_source, frame, &of_source);
    has_colour = has_colour || HasColour(original, color.domain);
    auto picture = seen_source.See(frame, std::move(original));
    auto partner =
        seen_reference.See(partner_frame, reader.Read(reference, from_reference, partner_frame, &of_reference));
    dataset::Pair pair{frame, std::move(picture), std::move(partner), {}};
    if (aligned != nullptr) {
      RegisterPair(*aligned, *out.alignment, pair);
    } else if (job.crop) {
      CropPair(*job.crop, pair);
    }
    MatchToPartner(preparation.reference.with_partner, pair);
    return pair;
  };
  for (const int frame : plan.training) out.data.pairs.push_back(read(frame, sources, references));
  for (const int frame : plan.held_out) out.data.held_out.push_back(read(frame, held_out, held_out));
  for (const int frame : plan.previews) {
    try {
      out.data.preview =
          training::PreviewSource{frame, seen_source.See(frame, reader.Read(source, from_source, frame))};
      break;
    } catch (const frames::FrameError& error) {
      // A frame that nobody asked for ends no training by being a hole.
      const bool asked = job.training && job.training->preview_frame;
      if (asked || error.fault() == frames::FrameFault::kStorage) throw;
    }
  }
  if (reader.clipped_share() > 0) {
    context.events.Warn("the linear clamp cuts off up to " + std::to_string(100.0 * reader.clipped_share()) +
                        " % of a frame's pixels");
  }
  out.inputs = {{"source (its pairs' frames)", sources.Hex()},
                {"reference (its pairs' frames)", references.Hex()},
                {"set of held-out frames", held_out.Hex()}};
  for (const auto* side : {&preparation.source, &preparation.reference.alone, &preparation.reference.with_partner}) {
    for (const auto& warning : side->warnings()) context.events.Warn(warning);
  }
  if (out.alignment) out.inputs["alignment of the pairs"] = TextHash(ToJson(*out.alignment));
  if (job.crop && !out.alignment) out.inputs["training crop"] = TextOf(*job.crop);
  out.inputs.merge(ColorInputs(job, color, source, reference));
  dataset::CheckTrainingPairs(out.data.pairs);
  dataset::CheckHeldOutPairs(out.data.held_out, out.data.pairs.front().source.size());
  if (RecoveryOf(job.recovery) == dataset::Recovery::kChroma && !has_colour) {
    throw BadInput(kMonochromeSource, kMonochromeRemedy);
  }
  return out;
}

}  // namespace interneg::jobs
