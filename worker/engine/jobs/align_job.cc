#include "worker/engine/jobs/align_job.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/alignment/transform.h"
#include "worker/engine/jobs/aligned_area.h"
#include "worker/engine/jobs/alignment_keys.h"
#include "worker/engine/jobs/display_view.h"
#include "worker/engine/jobs/elements.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/pair_registration.h"
#include "worker/engine/jobs/pair_solves.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/shot_geometry.h"
#include "worker/engine/jobs/training_crop.h"

namespace interneg::jobs {
namespace {

std::vector<Partners> ByChoice(const PairChoice& choice) {
  std::vector<Partners> pairs;
  for (const auto& pair : choice.pairs) pairs.push_back({pair.source_frame, pair.reference_frame, pair.held_out});
  return pairs;
}

std::vector<Partners> ByName(const AlignJob& job, const std::map<int, int>& partners) {
  std::vector<Partners> pairs;
  const auto add = [&](const std::vector<std::int32_t>& frames, const char* field, bool held_out) {
    for (const int frame : frames) {
      const auto partner = partners.find(frame);
      if (partner == partners.end()) {
        throw BadInput(std::string(field) + ": frame " + std::to_string(frame) + " has no partner in the reference",
                       "choose another frame, or correct the frame map by hand");
      }
      pairs.push_back({frame, partner->second, held_out});
    }
  };
  add(job.pairs, "align.pairs", false);
  add(job.held_out, "align.heldOut", true);
  return pairs;
}

// What earlier stages found, each where the job asks for it.
struct Found {
  std::optional<Alignment> previous;
  std::optional<PairChoice> choice;
  std::optional<FrameMap> map;
};

Found ReadFound(const AlignJob& job, const StageInputs& inputs, StageMedia& media) {
  Found found;
  found.previous = inputs.ReadAlignment(job.previous, "align.previous", "previous", media);
  found.choice = inputs.ReadPairChoice(job.pair_choice, "align.pairChoice", "pair_choice", media);
  found.map = inputs.ReadFrameMap(job.frame_map, "align.frameMap", "frame_map", media);
  return found;
}

std::vector<Partners> PairsOf(const AlignJob& job, const Found& found, const Elements& elements) {
  auto pairs = found.choice ? ByChoice(*found.choice)
                            : ByName(job, PartnersBy(found.map, elements.source, elements.reference));
  std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.source_frame < b.source_frame; });
  const auto twice = std::adjacent_find(pairs.begin(), pairs.end(),
                                        [](const auto& a, const auto& b) { return a.source_frame == b.source_frame; });
  if (twice != pairs.end()) {
    throw BadInput("align: frame " + std::to_string(twice->source_frame) + " is named twice", "name each frame once");
  }
  if (pairs.empty()) throw BadInput("align.pairs names no frame", "name pairs, or give a pair choice");
  return pairs;
}

void RequireCrops(const AlignJob& job, const Medium& source) {
  const auto size = source.facts.size;
  if (job.crop && !job.crop_keys.empty()) {
    throw BadInput("align.cropKeys: align.crop is given as well", "give one crop for all frames, or keys");
  }
  if (job.crop) RequireTrainingCrop(*job.crop, size, "align.crop");
  if (job.render_crop) RequireTrainingCrop(*job.render_crop, size, "align.renderCrop");
  std::set<int> keyed;
  for (const auto& key : job.crop_keys) {
    const std::string field = "align.cropKeys: frame " + std::to_string(key.source_frame);
    RequireFrame(source, key.source_frame, "align.cropKeys");
    if (!keyed.insert(key.source_frame).second) throw BadInput(field + " has two crops", "give it one");
    RequireTrainingCrop(key.area.value_or(PictureArea()), size, field);
  }
}

// Each pair with what stands against it.
std::string ReasonsOf(const Alignment& alignment) {
  constexpr std::size_t kMost = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, alignment.pairs.size()); ++i) {
    const auto& pair = alignment.pairs[i];
    text += (i == 0 ? "" : "; ") + ("frame " + std::to_string(pair.source_frame) + ": " + pair.reason);
  }
  if (alignment.pairs.size() > kMost) text += "; and " + std::to_string(alignment.pairs.size() - kMost) + " more";
  return text;
}

class Aligner {
 public:
  Aligner(const JobContext& context, const AlignJob& job, const Elements& elements, const Scratch& scratch)
      : context_(context), job_(job), elements_(elements), scratch_(scratch), view_(elements.color) {}

  Alignment Run(const std::vector<Partners>& partners, const std::optional<Alignment>& previous) {
    Alignment out;
    const auto options = SolveOptionsOf(job_, elements_);
    out.schema = kStageResultSchema;
    out.source = elements_.source.frames;
    out.reference = elements_.reference.frames;
    out.kind = job_.kind == TransformKind::kUnspecified ? TransformKind::kAffine : job_.kind;
    out.dense = job_.dense;
    out.color = job_.color;
    out.central_share = options.central_region;
    TakeKeys(job_, previous, out);
    const ReadPictures read = [this](const Partners& pair) { return Read(pair); };
    const auto solves = SolvePairs(context_, partners, out, previous, options, read);
    out.pairs = PlacePairs(context_, partners, solves, ShotOptionsOf(options), options, read);
    ApplyKeys(elements_.source.facts.size, Usual(out), out);
    RequireSolved(out);
    Judge(partners, out);
    SetAreas(SomePictures(partners, out), job_, out);
    for (const auto& pair : out.pairs) Tell(pair);
    out.chroma_bandwidth = ChromaBandwidth(out);
    return out;
  }

 private:
  PairPictures Read(const Partners& pair) const {
    return {elements_.from_source.ToTraining(elements_.source.Read(pair.source_frame).rgb).rgb,
            elements_.from_reference.ToTraining(elements_.reference.Read(pair.reference_frame).rgb).rgb};
  }

  alignment::ShotOptions ShotOptionsOf(const alignment::SolveOptions& options) const {
    alignment::ShotOptions shot;
    shot.kind = options.kind;
    shot.source_size = elements_.source.facts.size;
    shot.source_pixel_aspect = options.source_pixel_aspect;
    shot.reference_pixel_aspect = options.reference_pixel_aspect;
    return shot;
  }

  alignment::Transform Usual(const Alignment& out) const {
    return UsualTransform(out, elements_.source.facts.size, elements_.reference.facts.size);
  }

  static void RequireSolved(const Alignment& out) {
    const bool any =
        std::any_of(out.pairs.begin(), out.pairs.end(), [](const auto& p) { return p.status != "failed"; });
    if (any) return;
    throw BadInput("no pair can be aligned; " + ReasonsOf(out),
                   "look at both elements, choose other frames, or set keys by hand");
  }

  // A few of those that can be used, spread over the shot; of those that are sure where there are any.
  AreaPictures SomePictures(const std::vector<Partners>& partners, const Alignment& out) const {
    constexpr std::size_t kMost = 9;
    std::vector<std::size_t> sure, solved;
    for (std::size_t i = 0; i < out.pairs.size(); ++i) {
      if (out.pairs[i].verdict == "unusable") continue;
      if (out.pairs[i].status == "solved") sure.push_back(i);
      solved.push_back(i);
    }
    if (!sure.empty()) solved = std::move(sure);
    AreaPictures pictures;
    const std::size_t count = std::min(kMost, solved.size());
    for (std::size_t k = 0; k < count; ++k) {
      pictures.pairs.push_back(solved[k * solved.size() / count]);
      auto read = Read(partners[pictures.pairs.back()]);
      pictures.source.push_back(std::move(read.source));
      pictures.reference.push_back(std::move(read.reference));
    }
    return pictures;
  }

  // Of video, chroma has fewer samples than luma; on the source's pixels it is that of the reference's own.
  double ChromaBandwidth(const Alignment& out) const {
    const auto size = elements_.source.facts.size;
    const auto jacobian = alignment::JacobianAt(Usual(out), {size.width_px / 2.0, size.height_px / 2.0});
    const double scale = std::sqrt(std::abs(jacobian[0] * jacobian[3] - jacobian[1] * jacobian[2]));
    const auto movie = elements_.reference.sequence.FactsOfMovie();
    const int subsampling = movie ? std::max(movie->chroma.horizontal, movie->chroma.vertical) : 1;
    return std::min(1.0, scale / subsampling);
  }

  void Judge(const std::vector<Partners>& partners, Alignment& out) {
    for (std::size_t i = 0; i < out.pairs.size(); ++i) {
      context_.ThrowIfStopped();
      auto& pair = out.pairs[i];
      if (pair.status == "failed") {
        pair.verdict = "unusable";
      } else {
        JudgeByPictures(Read(partners[i]), pair);
      }
    }
    const bool none =
        std::all_of(out.pairs.begin(), out.pairs.end(), [](const auto& p) { return p.verdict == "unusable"; });
    if (!none) return;
    throw BadInput("no pair is fit to be trained on; " + ReasonsOf(out),
                   "look at the difference sheets, choose other frames, or set keys by hand");
  }

  void JudgeByPictures(const PairPictures& pictures, AlignedPair& pair) const {
    if (job_.dense) RefineByFlow(pictures.source, pictures.reference, pair);
    const auto judged = JudgePair(pair, pictures.source, pictures.reference,
                                  LetteringOn(pictures.source, pictures.reference, pair));
    pair.residual = judged.residual;
    pair.verdict = judged.verdict;
    if (!judged.reason.empty()) pair.reason += (pair.reason.empty() ? "" : "; ") + judged.reason;
    // What the eye does not see in the residual may still be a pixel off.
    if (pair.status == "uncertain" && pair.verdict == "good") pair.verdict = "usable";
    scratch_.SendPicture("difference_sheet", view_.Show(judged.sheet), static_cast<std::uint32_t>(pair.source_frame));
  }

  void Tell(const AlignedPair& pair) const {
    const auto send = [&](const char* name, double value) {
      context_.events.Send(
          Measure{name, value, "alignment", pair.held_out ? "validation" : "training", {}, pair.source_frame});
    };
    send("estimated_rms_px", pair.estimated_rms_px);
    send("forward_backward_px", pair.forward_backward_px);
    send("residual", pair.residual);
    if (job_.dense) send("residual_without_flow", pair.residual_without_flow);
    if (pair.verdict == "good") return;
    context_.events.Warn("frame " + std::to_string(pair.source_frame) + " on " + std::to_string(pair.reference_frame) +
                         " is " + pair.verdict + (pair.reason.empty() ? "" : ": " + pair.reason));
  }

  const JobContext& context_;
  const AlignJob& job_;
  const Elements& elements_;
  const Scratch& scratch_;
  const DisplayView view_;
};

}  // namespace

EngineResult RunAlign(const JobContext& context, const AlignJob& job, const StageInputs& inputs,
                      const std::filesystem::path& scratch_folder) {
  StageMedia media{job.source.value_or(FrameSource()), job.reference.value_or(FrameSource())};
  const auto found = ReadFound(job, inputs, media);
  const auto elements = OpenElements(context, media, job.color, "align");
  RequireCrops(job, elements.source);
  const auto pairs = PairsOf(job, found, elements);
  const Scratch scratch(scratch_folder, context.events);
  const auto alignment = Aligner(context, job, elements, scratch).Run(pairs, found.previous);
  SendDocument(context, scratch, "alignment", ToJson(alignment));
  for (const auto& note : alignment.notes) context.events.Warn(note);
  return {EngineOutcome::kSucceeded, std::nullopt, {}};
}

}  // namespace interneg::jobs
