#include "worker/engine/jobs/stage_results.h"

#include "worker/engine/jobs/json_writer.h"

namespace interneg::jobs {

EnumNames<MatchState> NamesOf(EnumTag<MatchState>) {
  static constexpr std::pair<MatchState, const char*> kNames[] = {{MatchState::kUnspecified, "MATCH_STATE_UNSPECIFIED"},
                                                                  {MatchState::kUnmatched, "MATCH_STATE_UNMATCHED"},
                                                                  {MatchState::kUncertain, "MATCH_STATE_UNCERTAIN"},
                                                                  {MatchState::kHeld, "MATCH_STATE_HELD"},
                                                                  {MatchState::kMatched, "MATCH_STATE_MATCHED"}};
  return kNames;
}

void Describe(auto& fields, Either<MappedFrame> auto& frame) {
  fields.Field("source", frame.source);
  fields.Field("reference", frame.reference);
  fields.Field("state", frame.state);
  fields.Field("mixed", frame.mixed);
  fields.Field("score", frame.score);
  fields.Field("margin", frame.margin);
  fields.Field("probability", frame.probability);
  fields.Field("heldFirst", frame.held_first);
  fields.Field("heldLast", frame.held_last);
  fields.Field("byHand", frame.by_hand);
}

void Describe(auto& fields, Either<MappedSpan> auto& span) {
  fields.Field("sourceFirst", span.source_first);
  fields.Field("sourceLast", span.source_last);
  fields.Field("referenceFirst", span.reference_first);
  fields.Field("referenceLast", span.reference_last);
  fields.Field("cadence", span.cadence);
  fields.Field("referenceRate", span.reference_rate);
  fields.Field("sourceRate", span.source_rate);
  fields.Field("phase", span.phase);
  fields.Field("offset", span.offset);
  fields.Field("agreement", span.agreement);
  fields.Field("score", span.score);
  fields.Field("motion", span.motion);
  fields.Field("geometry", span.geometry);
}

void Describe(auto& fields, Either<MapGap> auto& gap) {
  fields.Field("ofReference", gap.of_reference);
  fields.Field("first", gap.first);
  fields.Field("last", gap.last);
}

void Describe(auto& fields, Either<UncertainFrames> auto& frames) {
  fields.Field("first", frames.first);
  fields.Field("last", frames.last);
  fields.Field("reason", frames.reason);
}

void Describe(auto& fields, Either<MappedShot> auto& shot) {
  fields.Field("first", shot.first);
  fields.Field("last", shot.last);
  fields.Field("begins", shot.begins);
  fields.Field("ends", shot.ends);
  fields.Field("confidence", shot.confidence);
}

void Describe(auto& fields, Either<FrameMap> auto& map) {
  fields.Field("schema", map.schema);
  fields.Field("source", map.source);
  fields.Field("reference", map.reference);
  fields.Field("frames", map.frames);
  fields.Field("spans", map.spans);
  fields.Field("gaps", map.gaps);
  fields.Field("uncertain", map.uncertain);
  fields.Field("sourceShots", map.source_shots);
  fields.Field("referenceShots", map.reference_shots);
  fields.Field("orientation", map.orientation);
  fields.Field("notes", map.notes);
  fields.Field("edits", map.edits);
  fields.Field("referenceFrames", map.reference_frames);
}

void Describe(auto& fields, Either<ChosenPair> auto& pair) {
  fields.Field("sourceFrame", pair.source_frame);
  fields.Field("referenceFrame", pair.reference_frame);
  fields.Field("heldOut", pair.held_out);
  fields.Field("placement", pair.placement);
  fields.Field("covers", pair.covers);
  fields.Field("bestFor", pair.best_for);
  fields.Field("compromises", pair.compromises);
  fields.Field("value", pair.value);
}

void Describe(auto& fields, Either<RejectedFrame> auto& frame) {
  fields.Field("sourceFrame", frame.source_frame);
  fields.Field("reasons", frame.reasons);
}

void Describe(auto& fields, Either<CoveredKind> auto& kind) {
  fields.Field("group", kind.group);
  fields.Field("name", kind.name);
  fields.Field("presence", kind.presence);
  fields.Field("pairs", kind.pairs);
  fields.Field("largestShare", kind.largest_share);
  fields.Field("largestFrame", kind.largest_frame);
}

void Describe(auto& fields, Either<PairChoice> auto& choice) {
  fields.Field("schema", choice.schema);
  fields.Field("source", choice.source);
  fields.Field("reference", choice.reference);
  fields.Field("scope", choice.scope);
  fields.Field("pairs", choice.pairs);
  fields.Field("rejected", choice.rejected);
  fields.Field("coverage", choice.coverage);
  fields.Field("notes", choice.notes);
}

void Describe(auto& fields, Either<PairSolve> auto& solve) {
  fields.Field("transform", solve.transform);
  fields.Field("status", solve.status);
  fields.Field("confidence", solve.confidence);
  fields.Field("estimatedRmsPx", solve.estimated_rms_px);
  fields.Field("forwardBackwardPx", solve.forward_backward_px);
  fields.Field("reason", solve.reason);
  fields.Field("inReferencePx", solve.in_reference_px);
}

void Describe(auto& fields, Either<DisplacementGrid> auto& grid) {
  fields.Field("columns", grid.columns);
  fields.Field("rows", grid.rows);
  fields.Field("dx", grid.dx);
  fields.Field("dy", grid.dy);
}

void Describe(auto& fields, Either<AlignedPair> auto& pair) {
  fields.Field("sourceFrame", pair.source_frame);
  fields.Field("referenceFrame", pair.reference_frame);
  fields.Field("heldOut", pair.held_out);
  fields.Field("transform", pair.transform);
  fields.Field("path", pair.path);
  fields.Field("status", pair.status);
  fields.Field("confidence", pair.confidence);
  fields.Field("estimatedRmsPx", pair.estimated_rms_px);
  fields.Field("forwardBackwardPx", pair.forward_backward_px);
  fields.Field("residual", pair.residual);
  fields.Field("verdict", pair.verdict);
  fields.Field("reason", pair.reason);
  fields.Field("solve", pair.solve);
  fields.Field("flow", pair.flow);
  fields.Field("residualWithoutFlow", pair.residual_without_flow);
  fields.Field("flowReason", pair.flow_reason);
}

void Describe(auto& fields, Either<Alignment> auto& alignment) {
  fields.Field("schema", alignment.schema);
  fields.Field("source", alignment.source);
  fields.Field("reference", alignment.reference);
  fields.Field("kind", alignment.kind);
  fields.Field("pairs", alignment.pairs);
  fields.Field("liveArea", alignment.live_area);
  fields.Field("crop", alignment.crop);
  fields.Field("overlays", alignment.overlays);
  fields.Field("keys", alignment.keys);
  fields.Field("manualFrames", alignment.manual_frames);
  fields.Field("dense", alignment.dense);
  fields.Field("chromaBandwidth", alignment.chroma_bandwidth);
  fields.Field("notes", alignment.notes);
  fields.Field("color", alignment.color);
  fields.Field("centralShare", alignment.central_share);
  fields.Field("cropKeys", alignment.crop_keys);
  fields.Field("renderCrop", alignment.render_crop);
}

FrameMap ParseFrameMap(std::string_view json, const std::string& document) {
  return ReadDocument<FrameMap>(json, document);
}

PairChoice ParsePairChoice(std::string_view json, const std::string& document) {
  return ReadDocument<PairChoice>(json, document);
}

Alignment ParseAlignment(std::string_view json, const std::string& document) {
  return ReadDocument<Alignment>(json, document);
}

std::string ToJson(const FrameMap& map) { return WriteDocument(map); }
std::string ToJson(const PairChoice& choice) { return WriteDocument(choice); }
std::string ToJson(const Alignment& alignment) { return WriteDocument(alignment); }

}  // namespace interneg::jobs
