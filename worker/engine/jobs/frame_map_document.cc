#include "worker/engine/jobs/frame_map_document.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "worker/engine/frames/frame_range.h"

namespace interneg::jobs {
namespace {

// Nobody reads more of a figure from 0 to 1, and a feature's map holds four hundred thousand of them.
double Rounded(double figure) { return std::round(figure * 1e4) / 1e4; }

// The enumerator whose name this is; the first one for a name of a newer engine.
template <typename Enum, std::size_t N>
Enum Named(const std::array<Enum, N>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](Enum e) { return matching::NameOf(e) == name; });
  return found == all.end() ? all.front() : *found;
}

constexpr std::array kCadences = {matching::CadenceKind::kIrregular, matching::CadenceKind::kOneToOne,
                                  matching::CadenceKind::kPulled, matching::CadenceKind::kPulldown32,
                                  matching::CadenceKind::kStill};
constexpr std::array kBoundaries = {matching::BoundaryKind::kEdge, matching::BoundaryKind::kCut,
                                    matching::BoundaryKind::kDissolve, matching::BoundaryKind::kFade};
constexpr std::array kOrientations = {matching::Orientation::kUpright, matching::Orientation::kMirrored,
                                      matching::Orientation::kUpsideDown, matching::Orientation::kRotated180};

std::int32_t Frame(std::int64_t frame) { return static_cast<std::int32_t>(frame); }

MatchState StateOf(matching::FrameState state) {
  switch (state) {
    case matching::FrameState::kMatched: return MatchState::kMatched;
    case matching::FrameState::kHeld: return MatchState::kHeld;
    case matching::FrameState::kUncertain: return MatchState::kUncertain;
    case matching::FrameState::kUnmatched: break;
  }
  return MatchState::kUnmatched;
}

matching::FrameState StateOf(MatchState state) {
  switch (state) {
    case MatchState::kMatched: return matching::FrameState::kMatched;
    case MatchState::kHeld: return matching::FrameState::kHeld;
    case MatchState::kUncertain: return matching::FrameState::kUncertain;
    default: return matching::FrameState::kUnmatched;
  }
}

MappedFrame ToDocument(const matching::FrameMatch& frame) {
  MappedFrame out;
  out.source = Frame(frame.source);
  if (frame.reference) out.reference = Frame(*frame.reference);
  out.state = StateOf(frame.state);
  out.mixed = frame.purity == matching::Purity::kMixed;
  out.score = Rounded(frame.score);
  out.margin = Rounded(frame.margin);
  out.probability = Rounded(frame.probability);
  out.held_first = Frame(frame.held_first);
  out.held_last = Frame(frame.held_last);
  out.by_hand = frame.by_hand;
  return out;
}

matching::FrameMatch FromDocument(const MappedFrame& frame) {
  matching::FrameMatch out;
  out.source = frame.source;
  if (frame.reference) out.reference = *frame.reference;
  out.state = StateOf(frame.state);
  out.purity = frame.mixed ? matching::Purity::kMixed : matching::Purity::kWhole;
  out.score = frame.score;
  out.margin = frame.margin;
  out.probability = frame.probability;
  out.held_first = frame.held_first;
  out.held_last = frame.held_last;
  out.by_hand = frame.by_hand;
  return out;
}

MappedSpan ToDocument(const matching::MapSpan& span) {
  const auto& cadence = span.cadence;
  return {Frame(span.source_first),
          Frame(span.source_last),
          Frame(span.reference_first),
          Frame(span.reference_last),
          matching::NameOf(cadence.kind),
          cadence.reference_rate,
          cadence.source_rate,
          cadence.phase,
          Frame(cadence.offset),
          cadence.agreement,
          span.score,
          span.motion,
          {span.geometry.begin(), span.geometry.end()}};
}

matching::MapSpan FromDocument(const MappedSpan& span) {
  matching::MapSpan out;
  out.source_first = span.source_first;
  out.source_last = span.source_last;
  out.reference_first = span.reference_first;
  out.reference_last = span.reference_last;
  out.cadence = {Named(kCadences, span.cadence), span.reference_rate, span.source_rate, span.phase, span.offset,
                 span.agreement};
  out.score = span.score;
  out.motion = span.motion;
  if (span.geometry.size() == out.geometry.size()) {
    std::copy(span.geometry.begin(), span.geometry.end(), out.geometry.begin());
  }
  return out;
}

std::vector<MappedShot> ToDocument(const matching::ShotList& list) {
  std::vector<MappedShot> out;
  for (const auto& shot : list.shots) {
    out.push_back({Frame(shot.first), Frame(shot.last), matching::NameOf(shot.begins), matching::NameOf(shot.ends),
                   shot.confidence});
  }
  return out;
}

matching::ShotList FromDocument(const std::vector<MappedShot>& shots) {
  matching::ShotList out;
  for (const auto& shot : shots) {
    out.shots.push_back(
        {shot.first, shot.last, Named(kBoundaries, shot.begins), Named(kBoundaries, shot.ends), shot.confidence});
  }
  return out;
}

}  // namespace

FrameMap ToDocument(const matching::FrameMap& map) {
  FrameMap out;
  out.schema = kStageResultSchema;
  for (const auto& frame : map.frames) out.frames.push_back(ToDocument(frame));
  for (const auto& span : map.spans) out.spans.push_back(ToDocument(span));
  for (const auto& gap : map.gaps) {
    out.gaps.push_back({gap.side == matching::Side::kReference, Frame(gap.first), Frame(gap.last)});
  }
  for (const auto& span : map.uncertain) out.uncertain.push_back({Frame(span.first), Frame(span.last), span.reason});
  out.source_shots = ToDocument(map.source_shots);
  out.reference_shots = ToDocument(map.reference_shots);
  out.orientation = matching::NameOf(map.orientation);
  out.notes = map.notes;
  std::vector<int> reference;
  for (const auto frame : map.reference_frames) reference.push_back(Frame(frame));
  if (!reference.empty()) out.reference_frames = frames::FrameRange::Of(std::move(reference)).ToString();
  return out;
}

matching::FrameMap FromDocument(const FrameMap& map) {
  matching::FrameMap out;
  for (const auto& frame : map.frames) out.frames.push_back(FromDocument(frame));
  for (const auto& span : map.spans) out.spans.push_back(FromDocument(span));
  for (const auto& gap : map.gaps) {
    out.gaps.push_back({gap.of_reference ? matching::Side::kReference : matching::Side::kSource, gap.first, gap.last});
  }
  for (const auto& span : map.uncertain) out.uncertain.push_back({span.first, span.last, span.reason});
  out.source_shots = FromDocument(map.source_shots);
  out.reference_shots = FromDocument(map.reference_shots);
  out.orientation = Named(kOrientations, map.orientation);
  out.notes = map.notes;
  if (!map.reference_frames.empty()) {
    const auto frames = frames::FrameRange::Parse(map.reference_frames).Sorted();
    out.reference_frames.assign(frames.begin(), frames.end());
  }
  return out;
}

}  // namespace interneg::jobs
