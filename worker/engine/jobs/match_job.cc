#include "worker/engine/jobs/match_job.h"

#include <string>
#include <utility>

#include "worker/engine/jobs/elements.h"
#include "worker/engine/jobs/frame_map_document.h"
#include "worker/engine/jobs/job_error.h"
#include "worker/engine/jobs/map_correction.h"
#include "worker/engine/jobs/scratch.h"
#include "worker/engine/jobs/thumbnails.h"
#include "worker/engine/matching/frame_map.h"

namespace interneg::jobs {
namespace {

FrameMap Find(const JobContext& context, const MatchJob& job, const StageMedia& media) {
  const auto elements = OpenElements(context, media, job.color, "match");
  const auto source = MakeThumbnails(context, elements.source, elements.from_source.route());
  const auto reference = MakeThumbnails(context, elements.reference, elements.from_reference.route());
  context.events.Send(EngineProgress{"matching", 0, 0, 0, {}, 0});
  auto map = ToDocument(matching::Match(source.thumbnails, reference.thumbnails));
  map.source = elements.source.frames;
  map.reference = elements.reference.frames;
  return map;
}

void SendFigures(const JobContext& context, const FrameMap& map) {
  double matched = 0, held = 0, uncertain = 0, unmatched = 0;
  for (const auto& frame : map.frames) {
    matched += frame.state == MatchState::kMatched;
    held += frame.state == MatchState::kHeld;
    uncertain += frame.state == MatchState::kUncertain;
    unmatched += frame.state == MatchState::kUnmatched;
  }
  const double total = static_cast<double>(map.frames.size());
  const auto send = [&](const char* name, double value) {
    context.events.Send(Measure{name, value, "frame_map", "source", {}, {}});
  };
  send("matched_share", total > 0 ? matched / total : 0);
  send("held_share", total > 0 ? held / total : 0);
  send("uncertain_frames", uncertain);
  send("unmatched_frames", unmatched);
}

void Tell(const JobContext& context, const FrameMap& map) {
  for (const auto& note : map.notes) context.events.Warn(note);
  for (const auto& span : map.uncertain) {
    const auto first = std::to_string(span.first);
    context.events.Inform((span.first == span.last
                               ? "source frame " + first + " is uncertain: "
                               : "source frames " + first + "-" + std::to_string(span.last) + " are uncertain: ") +
                          span.reason);
  }
}

}  // namespace

EngineResult RunMatch(const JobContext& context, const MatchJob& job, const StageInputs& inputs,
                      const std::filesystem::path& scratch_folder) {
  StageMedia media{job.source.value_or(FrameSource()), job.reference.value_or(FrameSource())};
  auto earlier = inputs.ReadFrameMap(job.previous, "match.previous", "previous", media);
  auto map = earlier ? *std::move(earlier) : Find(context, job, media);
  CorrectMap(job.edits, job.allow_reversal ? Reversal::kAllow : Reversal::kRefuse, map);
  const Scratch scratch(scratch_folder, context.events);
  SendDocument(context, scratch, "frame_map", ToJson(map));
  Tell(context, map);
  SendFigures(context, map);
  return {EngineOutcome::kSucceeded, std::nullopt, {}};
}

}  // namespace interneg::jobs
