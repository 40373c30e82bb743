// The documents that stages hand on, as plain structs. Mirrors proto/interneg/v1/stage_result.proto, where the meaning
// of each field is written.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_STAGE_RESULTS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_STAGE_RESULTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/engine/jobs/stage_documents.h"

namespace interneg::jobs {

// The newest version of these documents' form.
inline constexpr std::uint32_t kStageResultSchema = 1;

enum class MatchState { kUnspecified, kUnmatched, kUncertain, kHeld, kMatched };

struct MappedFrame {
  std::int32_t source = 0;
  std::optional<std::int32_t> reference;
  MatchState state = MatchState::kUnspecified;
  bool mixed = false;
  double score = 0;
  double margin = 0;
  double probability = 0;
  std::int32_t held_first = 0;
  std::int32_t held_last = 0;
  bool by_hand = false;
  friend bool operator==(const MappedFrame&, const MappedFrame&) = default;
};

struct MappedSpan {
  std::int32_t source_first = 0;
  std::int32_t source_last = 0;
  std::int32_t reference_first = 0;
  std::int32_t reference_last = 0;
  std::string cadence;
  std::int32_t reference_rate = 0;
  std::int32_t source_rate = 0;
  double phase = 0;
  std::int32_t offset = 0;
  double agreement = 0;
  double score = 0;
  double motion = 0;
  std::vector<double> geometry;
  friend bool operator==(const MappedSpan&, const MappedSpan&) = default;
};

struct MapGap {
  bool of_reference = false;
  std::int32_t first = 0;
  std::int32_t last = 0;
  friend bool operator==(const MapGap&, const MapGap&) = default;
};

struct UncertainFrames {
  std::int32_t first = 0;
  std::int32_t last = 0;
  std::string reason;
  friend bool operator==(const UncertainFrames&, const UncertainFrames&) = default;
};

struct MappedShot {
  std::int32_t first = 0;
  std::int32_t last = 0;
  std::string begins;
  std::string ends;
  double confidence = 0;
  friend bool operator==(const MappedShot&, const MappedShot&) = default;
};

struct FrameMap {
  std::uint32_t schema = 0;
  std::optional<FrameSource> source;
  std::optional<FrameSource> reference;
  std::vector<MappedFrame> frames;
  std::vector<MappedSpan> spans;
  std::vector<MapGap> gaps;
  std::vector<UncertainFrames> uncertain;
  std::vector<MappedShot> source_shots;
  std::vector<MappedShot> reference_shots;
  std::string orientation;
  std::vector<std::string> notes;
  std::vector<MapEdit> edits;
  std::string reference_frames;
  friend bool operator==(const FrameMap&, const FrameMap&) = default;
};

struct ChosenPair {
  std::int32_t source_frame = 0;
  std::int32_t reference_frame = 0;
  bool held_out = false;
  std::string placement;
  std::vector<std::string> covers;
  std::vector<std::string> best_for;
  std::vector<std::string> compromises;
  double value = 0;
  friend bool operator==(const ChosenPair&, const ChosenPair&) = default;
};

struct RejectedFrame {
  std::int32_t source_frame = 0;
  std::vector<std::string> reasons;
  friend bool operator==(const RejectedFrame&, const RejectedFrame&) = default;
};

struct CoveredKind {
  std::string group;
  std::string name;
  std::string presence;
  std::vector<std::int32_t> pairs;
  double largest_share = 0;
  std::int32_t largest_frame = 0;
  friend bool operator==(const CoveredKind&, const CoveredKind&) = default;
};

struct PairChoice {
  std::uint32_t schema = 0;
  std::optional<FrameSource> source;
  std::optional<FrameSource> reference;
  CurationScope scope = CurationScope::kUnspecified;
  std::vector<ChosenPair> pairs;
  std::vector<RejectedFrame> rejected;
  std::vector<CoveredKind> coverage;
  std::vector<std::string> notes;
  friend bool operator==(const PairChoice&, const PairChoice&) = default;
};

struct PairSolve {
  std::vector<double> transform;
  std::string status;
  double confidence = 0;
  double estimated_rms_px = 0;
  double forward_backward_px = 0;
  std::string reason;
  bool in_reference_px = false;
  friend bool operator==(const PairSolve&, const PairSolve&) = default;
};

struct DisplacementGrid {
  std::int32_t columns = 0;
  std::int32_t rows = 0;
  std::vector<std::int32_t> dx;
  std::vector<std::int32_t> dy;
  friend bool operator==(const DisplacementGrid&, const DisplacementGrid&) = default;
};

struct AlignedPair {
  std::int32_t source_frame = 0;
  std::int32_t reference_frame = 0;
  bool held_out = false;
  std::vector<double> transform;
  std::string path;
  std::string status;
  double confidence = 0;
  double estimated_rms_px = 0;
  double forward_backward_px = 0;
  double residual = 0;
  std::string verdict;
  std::string reason;
  std::optional<PairSolve> solve;
  std::optional<DisplacementGrid> flow;
  double residual_without_flow = 0;
  std::string flow_reason;
  friend bool operator==(const AlignedPair&, const AlignedPair&) = default;
};

struct Alignment {
  std::uint32_t schema = 0;
  std::optional<FrameSource> source;
  std::optional<FrameSource> reference;
  TransformKind kind = TransformKind::kUnspecified;
  std::vector<AlignedPair> pairs;
  std::optional<PictureArea> live_area;
  std::optional<PictureArea> crop;
  std::vector<PictureArea> overlays;
  std::vector<TransformKey> keys;
  std::string manual_frames;
  bool dense = false;
  double chroma_bandwidth = 0;
  std::vector<std::string> notes;
  std::optional<ColorSettings> color;
  double central_share = 0;
  std::vector<CropKey> crop_keys;
  std::optional<PictureArea> render_crop;
  friend bool operator==(const Alignment&, const Alignment&) = default;
};

// Throw DocumentError (json_reader.h). Only the form is checked. `document` is what messages call it.
FrameMap ParseFrameMap(std::string_view json, const std::string& document);
PairChoice ParsePairChoice(std::string_view json, const std::string& document);
Alignment ParseAlignment(std::string_view json, const std::string& document);

// Canonical proto3 JSON.
std::string ToJson(const FrameMap& map);
std::string ToJson(const PairChoice& choice);
std::string ToJson(const Alignment& alignment);

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_STAGE_RESULTS_H_
