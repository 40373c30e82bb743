#include "worker/engine/jobs/training_pairs.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "worker/engine/dataset/held_out.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/picture_hash.h"

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

std::optional<int> PreviewFrame(const TrainJob& job, const PairPlan& plan, const Medium& source) {
  if (job.training && job.training->preview_frame) {
    const int frame = *job.training->preview_frame;
    RequireFrame(source, frame, "train.training.previewFrame");
    if (Holds(plan.training, frame) || Holds(plan.held_out, frame)) {
      throw BadInput("train.training.previewFrame: frame " + std::to_string(frame) + " belongs to a pair",
                     "choose a frame that no pair holds");
    }
    return frame;
  }
  const auto frames = source.range.Sorted();
  const auto middle = static_cast<std::ptrdiff_t>(frames.size() / 2);
  std::optional<std::ptrdiff_t> nearest;
  for (std::ptrdiff_t i = 0; i < std::ssize(frames); ++i) {
    const bool free = !Holds(plan.training, frames[i]) && !Holds(plan.held_out, frames[i]);
    if (free && (!nearest || std::abs(i - middle) < std::abs(*nearest - middle))) nearest = i;
  }
  if (!nearest) return std::nullopt;
  return frames[*nearest];
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

}  // namespace

PairPlan PlanPairs(const TrainJob& job, const Medium& source, const Medium& reference) {
  PairPlan plan;
  if (job.pairs.size() < 2) {
    throw BadInput("train.pairs names " + std::to_string(job.pairs.size()) + " frame(s), at least two are needed",
                   "three or four a shot are a good start: begin, middles, end");
  }
  plan.training = SortedFrames(job.pairs, source, reference, "train.pairs");
  plan.held_out = job.held_out.empty() ? DefaultHeldOut(plan.training, source, reference)
                                       : SortedFrames(job.held_out, source, reference, "train.heldOut");
  for (const int frame : plan.held_out) {
    if (Holds(plan.training, frame)) {
      throw BadInput("train.heldOut: frame " + std::to_string(frame) + " is a training pair, too",
                     "withhold frames that are not trained on");
    }
  }
  plan.preview = PreviewFrame(job, plan, source);
  return plan;
}

ReadPairsResult ReadPairs(const JobContext& context, const PairPlan& plan, const Medium& source,
                          const Medium& reference, const ColorPlan& color) {
  const auto from_source = TrainingTransformOf(source, color), from_reference = TrainingTransformOf(reference, color);
  PairReader reader(context, 2 * (plan.training.size() + plan.held_out.size()) + (plan.preview ? 1 : 0));
  PictureHash sources, references, held_out;
  const auto read = [&](int frame, PictureHash& of_source, PictureHash& of_reference) {
    auto picture = reader.Read(source, from_source, frame, &of_source);
    return dataset::Pair{frame, std::move(picture), reader.Read(reference, from_reference, frame, &of_reference), {}};
  };
  training::TrainingData data;
  for (const int frame : plan.training) data.pairs.push_back(read(frame, sources, references));
  for (const int frame : plan.held_out) data.held_out.push_back(read(frame, held_out, held_out));
  if (plan.preview)
    data.preview = training::PreviewSource{*plan.preview, reader.Read(source, from_source, *plan.preview)};
  if (reader.clipped_share() > 0) {
    context.events.Warn("the linear clamp cuts off up to " + std::to_string(100.0 * reader.clipped_share()) +
                        " % of a frame's pixels");
  }
  return {std::move(data),
          {{"source (its pairs' frames)", sources.Hex()},
           {"reference (its pairs' frames)", references.Hex()},
           {"set of held-out frames", held_out.Hex()}}};
}

}  // namespace interneg::jobs
