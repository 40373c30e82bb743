#include "worker/engine/jobs/align_job.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "worker/engine/alignment/resample.h"
#include "worker/engine/alignment/solve.h"
#include "worker/engine/alignment/transform_keys.h"
#include "worker/engine/jobs/aligned_area.h"
#include "worker/engine/jobs/display_view.h"
#include "worker/engine/jobs/elements.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/pair_registration.h"
#include "worker/engine/jobs/progress.h"
#include "worker/engine/jobs/scratch.h"

namespace interneg::jobs {
namespace {

alignment::TransformKind KindOf(TransformKind kind) {
  switch (kind) {
    case TransformKind::kTranslation: return alignment::TransformKind::kTranslation;
    case TransformKind::kSimilarity: return alignment::TransformKind::kSimilarity;
    case TransformKind::kHomography: return alignment::TransformKind::kHomography;
    default: return alignment::TransformKind::kAffine;
  }
}

struct Partners {
  int source_frame = 0;
  int reference_frame = 0;
  bool held_out = false;
};

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

std::vector<Partners> PairsOf(const AlignJob& job, const StageInputs& inputs, const Elements& elements) {
  const auto choice =
      inputs.ReadPairChoice(job.pair_choice, "align.pairChoice", "pair_choice", *job.source, *job.reference);
  const auto map = inputs.ReadFrameMap(job.frame_map, "align.frameMap", "frame_map", *job.source, *job.reference);
  auto pairs = choice ? ByChoice(*choice) : ByName(job, PartnersBy(map, elements.source, elements.reference));
  std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.source_frame < b.source_frame; });
  const auto twice = std::adjacent_find(pairs.begin(), pairs.end(),
                                        [](const auto& a, const auto& b) { return a.source_frame == b.source_frame; });
  if (twice != pairs.end()) {
    throw BadInput("align: frame " + std::to_string(twice->source_frame) + " is named twice", "name each frame once");
  }
  if (pairs.empty()) throw BadInput("align.pairs names no frame", "name pairs, or give a pair choice");
  return pairs;
}

std::array<double, 9> MatrixOf(const AlignedPair& pair) {
  std::array<double, 9> matrix{};
  std::copy_n(pair.transform.begin(), 9, matrix.begin());
  return matrix;
}

// One pair of pictures in the training domain.
struct Pictures {
  image::Image source;
  image::Image reference;
};

class Aligner {
 public:
  Aligner(const JobContext& context, const AlignJob& job, const Elements& elements, const Scratch& scratch)
      : context_(context), job_(job), elements_(elements), scratch_(scratch), view_(elements.color) {}

  Alignment Run(const std::vector<Partners>& partners, const std::optional<Alignment>& previous) {
    Alignment out;
    out.schema = kStageResultSchema;
    out.source = job_.source;
    out.reference = job_.reference;
    out.kind = job_.kind == TransformKind::kUnspecified ? TransformKind::kAffine : job_.kind;
    out.dense = job_.dense;
    SetKeys(out, previous);
    Progress progress(context_, "aligning", partners.size());
    for (const auto& pair : partners) {
      context_.ThrowIfStopped();
      out.pairs.push_back(Solve(pair));
      progress.Advance();
    }
    ApplyKeys(out);
    RequireSolved(out);
    SetAreas(SomePictures(partners, out), job_.crop, out);
    out.chroma_bandwidth = ChromaBandwidth(out);
    Judge(partners, out);
    return out;
  }

 private:
  Pictures Read(const Partners& pair) const {
    return {elements_.from_source.ToTraining(elements_.source.Read(pair.source_frame).rgb).rgb,
            elements_.from_reference.ToTraining(elements_.reference.Read(pair.reference_frame).rgb).rgb};
  }

  AlignedPair Solve(const Partners& pair) {
    const auto pictures = Read(pair);
    alignment::SolveOptions options;
    options.kind = KindOf(job_.kind);
    if (job_.central_share > 0) options.central_region = job_.central_share;
    options.source_pixel_aspect = elements_.source.facts.pixel_aspect;
    options.reference_pixel_aspect = elements_.reference.facts.pixel_aspect;
    const auto solution = alignment::Solve(pictures.source, pictures.reference, options);
    AlignedPair out;
    out.source_frame = pair.source_frame;
    out.reference_frame = pair.reference_frame;
    out.held_out = pair.held_out;
    out.transform = {solution.transform.matrix().begin(), solution.transform.matrix().end()};
    out.path = "automatic";
    out.status = alignment::NameOf(solution.status);
    out.confidence = solution.confidence;
    out.estimated_rms_px = solution.estimated_rms_px;
    out.forward_backward_px = solution.forward_backward_px;
    out.reason = solution.reason;
    return out;
  }

  // Keys and switches of an earlier alignment stay unless the job sets the same frames anew.
  void SetKeys(Alignment& out, const std::optional<Alignment>& previous) const {
    std::map<int, TransformKey> keys;
    if (previous) {
      for (const auto& key : previous->keys) keys[key.source_frame] = key;
      out.manual_frames = previous->manual_frames;
    }
    for (const auto& key : job_.keys) keys[key.source_frame] = key;
    for (const auto& [frame, key] : keys) out.keys.push_back(key);
    if (!job_.manual_frames.empty()) out.manual_frames = job_.manual_frames;
  }

  static alignment::KeyValue ValueOf(const TransformKey& key) {
    if (key.corners_px.empty()) {
      return alignment::SimilarityParameters{key.dx_px, key.dy_px, key.scale == 0 ? 1.0 : key.scale, key.rotation_deg};
    }
    if (key.corners_px.size() != 8) {
      throw BadInput("align.keys: frame " + std::to_string(key.source_frame) + " has " +
                         std::to_string(key.corners_px.size()) + " numbers for its corners",
                     "give x and y of four corners, or none");
    }
    std::array<alignment::Point, 4> corners;
    for (std::size_t i = 0; i < 4; ++i) corners[i] = {key.corners_px[2 * i], key.corners_px[2 * i + 1]};
    return corners;
  }

  void ApplyKeys(Alignment& out) const {
    if (out.manual_frames.empty()) return;
    if (out.keys.empty()) {
      throw BadInput("align.manualFrames: no key is set", "set a key first, for example by `interneg align key`");
    }
    alignment::TransformKeys keys(elements_.source.facts.size, Usual(out), alignment::Interpolation::kLinear);
    try {
      for (const auto& key : out.keys) keys.Set(key.source_frame, ValueOf(key));
    } catch (const std::invalid_argument& error) {
      throw BadInput(std::string("align.keys: ") + error.what(), "");
    }
    const auto manual = frames::FrameRange::Parse(out.manual_frames);
    for (auto& pair : out.pairs) {
      if (!manual.Contains(pair.source_frame)) continue;
      const auto matrix = keys.At(pair.source_frame).matrix();
      pair.transform = {matrix.begin(), matrix.end()};
      pair.path = "manual";
      pair.status = "solved";
      pair.confidence = 1;
      pair.estimated_rms_px = 0;
      pair.forward_backward_px = 0;
      pair.reason.clear();
    }
  }

  static void RequireSolved(const Alignment& out) {
    const bool any = std::any_of(out.pairs.begin(), out.pairs.end(), [](const auto& p) { return p.status != "failed"; });
    if (any) return;
    throw BadInput("no pair can be aligned; frame " + std::to_string(out.pairs.front().source_frame) + ": " +
                       out.pairs.front().reason,
                   "look at both elements, choose other frames, or set keys by hand");
  }

  // A few of those that are aligned, spread over the shot.
  AreaPictures SomePictures(const std::vector<Partners>& partners, const Alignment& out) const {
    constexpr std::size_t kMost = 9;
    std::vector<std::size_t> solved;
    for (std::size_t i = 0; i < out.pairs.size(); ++i) {
      if (out.pairs[i].status != "failed") solved.push_back(i);
    }
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

  // The solve that the others lie nearest to; frame on frame where none was solved.
  alignment::Transform Usual(const Alignment& out) const {
    const image::Rectangle area{0, 0, elements_.source.facts.size};
    std::optional<alignment::Transform> best;
    double least = 0;
    for (const auto& pair : out.pairs) {
      if (pair.status == "failed") continue;
      const alignment::Transform transform(MatrixOf(pair));
      double sum = 0;
      for (const auto& other : out.pairs) {
        if (other.status == "failed") continue;
        sum += alignment::DifferenceOver(transform, alignment::Transform(MatrixOf(other)), area).rms_px;
      }
      if (!best || sum < least) {
        best = transform;
        least = sum;
      }
    }
    return best.value_or(alignment::FrameToFrame(elements_.source.facts.size, elements_.reference.facts.size));
  }

  // Of video, chroma has half the luma's resolution; on the source's pixels it is that of the reference's own.
  double ChromaBandwidth(const Alignment& out) const {
    const auto size = elements_.source.facts.size;
    const auto jacobian = alignment::JacobianAt(Usual(out), {size.width_px / 2.0, size.height_px / 2.0});
    const double scale = std::sqrt(std::abs(jacobian[0] * jacobian[3] - jacobian[1] * jacobian[2]));
    const auto movie = elements_.reference.sequence.FactsOfMovie();
    const bool halved = movie && movie->pixel_format.find("444") == std::string::npos;
    return std::min(1.0, (halved ? 0.5 : 1.0) * scale);
  }

  void Judge(const std::vector<Partners>& partners, Alignment& out) {
    std::size_t usable = 0;
    for (std::size_t i = 0; i < out.pairs.size(); ++i) {
      context_.ThrowIfStopped();
      auto& pair = out.pairs[i];
      if (pair.status == "failed") {
        pair.verdict = "unusable";
      } else {
        const auto pictures = Read(partners[i]);
        const auto judged = JudgePair(pair, pictures.source, pictures.reference);
        pair.residual = judged.residual;
        pair.verdict = judged.verdict;
        if (pair.reason.empty()) pair.reason = judged.reason;
        scratch_.SendPicture("difference_sheet", view_.Show(judged.sheet), static_cast<std::uint32_t>(pair.source_frame));
      }
      usable += pair.verdict != "unusable";
      Tell(pair);
    }
    if (usable == 0) out.notes.push_back("no pair is fit to be trained on");
  }

  void Tell(const AlignedPair& pair) const {
    const auto send = [&](const char* name, double value) {
      context_.events.Send(Measure{name, value, "alignment", pair.held_out ? "validation" : "training", {}, pair.source_frame});
    };
    send("estimated_rms_px", pair.estimated_rms_px);
    send("forward_backward_px", pair.forward_backward_px);
    send("residual", pair.residual);
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
  if (job.dense) {
    throw BadInput("align.dense: this engine registers by one transform a pair; it has no dense flow in its jobs yet",
                   "leave the field out");
  }
  const auto elements = OpenElements(context, job.source, job.reference, job.color, "align");
  if (job.crop) CheckCrop(*job.crop, elements.source.facts.size);
  const auto previous =
      inputs.ReadAlignment(job.previous, "align.previous", "previous", *job.source, *job.reference);
  const auto pairs = PairsOf(job, inputs, elements);
  const Scratch scratch(scratch_folder, context.events);
  const auto alignment = Aligner(context, job, elements, scratch).Run(pairs, previous);
  SendDocument(context, scratch, "alignment", ToJson(alignment));
  for (const auto& note : alignment.notes) context.events.Warn(note);
  return {EngineOutcome::kSucceeded, std::nullopt, {}};
}

}  // namespace interneg::jobs
