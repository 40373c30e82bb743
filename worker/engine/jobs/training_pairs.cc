#include "worker/engine/jobs/training_pairs.h"

#include <algorithm>
#include <string>
#include <utility>

#include "worker/engine/jobs/colour_presence.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/pair_registration.h"
#include "worker/engine/jobs/picture_hash.h"
#include "worker/engine/jobs/preparation_plan.h"
#include "worker/engine/jobs/prepared_medium.h"
#include "worker/engine/jobs/training_crop.h"

namespace interneg::jobs {
namespace {

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

// A configuration is compared by its bytes: its path may differ from machine to machine.
std::map<std::string, std::string> ColorInputs(const TrainJob& job, const ColorPlan& color, const Medium& source,
                                               const Medium& reference) {
  auto settings = WithDefaults(job.color);
  settings.config.clear();
  constexpr std::uint32_t kKept = 2;  // a part of the text that checkpoints hold, whatever the job's own schema is
  JobSpec holder{kKept, TrainJob{}};
  std::get<TrainJob>(holder.kind).color = settings;
  return {{kColorConfigInput, color.config.hash()},
          {"set of colour settings", ToJson(holder)},
          {"colour space of the source", source.space},
          {"colour space of the reference", reference.space}};
}

}  // namespace

ReadPairs ReadPairsOf(const JobContext& context, const TrainJob& job, const StageInputs& inputs,
                      const ColorPlan& color) {
  ReadPairs out;
  const auto missing = job.alignment ? MissingFrames::kTolerate : MissingFrames::kRefuse;
  StageMedia media{job.source.value_or(FrameSource()), job.reference.value_or(FrameSource())};
  out.alignment = inputs.ReadAlignment(job.alignment, "train.alignment", "alignment", media);
  const auto source = OpenMedium(context, media.source, "source", "train.source", color.config, missing);
  const auto reference = OpenMedium(context, media.reference, "reference", "train.reference", color.config, missing);
  if (!out.alignment) CheckParity(source, reference);
  if (job.crop) RequireTrainingCrop(*job.crop, source.facts.size, "train.crop");
  if (job.crop && out.alignment) {
    out.alignment->crop = job.crop;
    out.alignment->crop_keys.clear();
  }
  const auto plan = PlanPairs(job, out.alignment, source, reference);
  if (out.alignment && plan.held_out.empty()) {
    context.events.Warn("no held-out pair of the alignment can be used: the training pairs choose the model, and no "
                        "figure will say how it does on frames that it has not seen");
  }
  if (!out.alignment) {
    std::vector<int> partners;
    for (const int frame : plan.training) partners.push_back(plan.PartnerOf(frame));
    std::sort(partners.begin(), partners.end());
    CheckHeaders(context, source, frames::FrameRange::Of(plan.training));
    CheckHeaders(context, reference, frames::FrameRange::Of(partners));
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
    const int partner_frame = aligned == nullptr ? plan.PartnerOf(frame) : aligned->reference_frame;
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
  if (out.alignment && out.alignment->render_crop) out.inputs[kRenderCropInput] = TextOf(*out.alignment->render_crop);
  out.inputs.merge(ColorInputs(job, color, source, reference));
  dataset::CheckTrainingPairs(out.data.pairs);
  dataset::CheckHeldOutPairs(out.data.held_out, out.data.pairs.front().source.size());
  if (RecoveryOf(job.recovery) == dataset::Recovery::kChroma && !has_colour) {
    throw BadInput(kMonochromeSource, kMonochromeRemedy);
  }
  return out;
}

}  // namespace interneg::jobs
