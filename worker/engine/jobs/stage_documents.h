// The jobs that come before training, as plain structs. Mirrors proto/interneg/v1/job_spec.proto, where the meaning of
// each field is written.
#ifndef INTERNEG_WORKER_ENGINE_JOBS_STAGE_DOCUMENTS_H_
#define INTERNEG_WORKER_ENGINE_JOBS_STAGE_DOCUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "worker/engine/jobs/source_document.h"

namespace interneg::jobs {

enum class CurationScope { kUnspecified, kShot, kScene, kSequence };
enum class TransformKind { kUnspecified, kTranslation, kSimilarity, kAffine, kHomography };

struct SetPartner {
  std::int32_t source_frame = 0;
  std::int32_t reference_frame = 0;
  friend bool operator==(const SetPartner&, const SetPartner&) = default;
};

struct ShiftPartners {
  std::string source_frames;
  std::int32_t by = 0;
  friend bool operator==(const ShiftPartners&, const ShiftPartners&) = default;
};

// At most one of the three.
struct MapEdit {
  std::optional<SetPartner> set;
  std::optional<std::string> unset;
  std::optional<ShiftPartners> shift;
  friend bool operator==(const MapEdit&, const MapEdit&) = default;
};

struct MatchJob {
  std::optional<FrameSource> source;
  std::optional<FrameSource> reference;
  std::optional<ColorSettings> color;
  std::optional<StageInput> previous;
  std::vector<MapEdit> edits;
  bool allow_reversal = false;
  friend bool operator==(const MatchJob&, const MatchJob&) = default;
};

struct CurateJob {
  std::optional<FrameSource> source;
  std::optional<FrameSource> reference;
  std::optional<ColorSettings> color;
  std::optional<StageInput> frame_map;
  CurationScope scope = CurationScope::kUnspecified;
  std::uint32_t pairs = 0;
  std::vector<std::int32_t> keep;
  std::string exclude;
  std::optional<StageInput> alignment;
  std::vector<std::int32_t> keep_held_out;
  friend bool operator==(const CurateJob&, const CurateJob&) = default;
};

struct PictureArea {
  std::int32_t x_px = 0;
  std::int32_t y_px = 0;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  friend bool operator==(const PictureArea&, const PictureArea&) = default;
};

struct CropKey {
  std::int32_t source_frame = 0;
  std::optional<PictureArea> area;
  friend bool operator==(const CropKey&, const CropKey&) = default;
};

struct TransformKey {
  std::int32_t source_frame = 0;
  std::vector<double> corners_px;
  double dx_px = 0;
  double dy_px = 0;
  double scale = 0;
  double rotation_deg = 0;
  friend bool operator==(const TransformKey&, const TransformKey&) = default;
};

struct AlignJob {
  std::optional<FrameSource> source;
  std::optional<FrameSource> reference;
  std::optional<ColorSettings> color;
  std::optional<StageInput> pair_choice;
  std::vector<std::int32_t> pairs;
  std::vector<std::int32_t> held_out;
  std::optional<StageInput> frame_map;
  TransformKind kind = TransformKind::kUnspecified;
  double central_share = 0;
  std::optional<StageInput> previous;
  std::vector<TransformKey> keys;
  std::string manual_frames;
  bool dense = false;
  std::optional<PictureArea> crop;
  std::string automatic_frames;
  std::vector<CropKey> crop_keys;
  std::optional<PictureArea> render_crop;
  friend bool operator==(const AlignJob&, const AlignJob&) = default;
};

struct BaselineJob {
  Recovery recovery = Recovery::kUnspecified;
  std::optional<FrameSource> source;
  std::optional<FrameSource> reference;
  std::optional<ColorSettings> color;
  std::optional<StageInput> alignment;
  std::vector<std::int32_t> pairs;
  std::vector<std::int32_t> held_out;
  std::uint32_t lut_size = 0;
  friend bool operator==(const BaselineJob&, const BaselineJob&) = default;
};

EnumNames<CurationScope> NamesOf(EnumTag<CurationScope>);
EnumNames<TransformKind> NamesOf(EnumTag<TransformKind>);

void Describe(auto& fields, Either<SetPartner> auto& set) {
  fields.Field("sourceFrame", set.source_frame);
  fields.Field("referenceFrame", set.reference_frame);
}

void Describe(auto& fields, Either<ShiftPartners> auto& shift) {
  fields.Field("sourceFrames", shift.source_frames);
  fields.Field("by", shift.by);
}

void Describe(auto& fields, Either<MapEdit> auto& edit) {
  fields.Field("set", edit.set);
  fields.Field("unset", edit.unset);
  fields.Field("shift", edit.shift);
}

void Describe(auto& fields, Either<MatchJob> auto& match) {
  fields.Field("source", match.source);
  fields.Field("reference", match.reference);
  fields.Field("color", match.color);
  fields.Field("previous", match.previous);
  fields.Field("edits", match.edits);
  fields.Field("allowReversal", match.allow_reversal);
}

void Describe(auto& fields, Either<CurateJob> auto& curate) {
  fields.Field("source", curate.source);
  fields.Field("reference", curate.reference);
  fields.Field("color", curate.color);
  fields.Field("frameMap", curate.frame_map);
  fields.Field("scope", curate.scope);
  fields.Field("pairs", curate.pairs);
  fields.Field("keep", curate.keep);
  fields.Field("exclude", curate.exclude);
  fields.Field("alignment", curate.alignment);
  fields.Field("keepHeldOut", curate.keep_held_out);
}

void Describe(auto& fields, Either<PictureArea> auto& area) {
  fields.Field("xPx", area.x_px);
  fields.Field("yPx", area.y_px);
  fields.Field("widthPx", area.width_px);
  fields.Field("heightPx", area.height_px);
}

void Describe(auto& fields, Either<CropKey> auto& key) {
  fields.Field("sourceFrame", key.source_frame);
  fields.Field("area", key.area);
}

void Describe(auto& fields, Either<TransformKey> auto& key) {
  fields.Field("sourceFrame", key.source_frame);
  fields.Field("cornersPx", key.corners_px);
  fields.Field("dxPx", key.dx_px);
  fields.Field("dyPx", key.dy_px);
  fields.Field("scale", key.scale);
  fields.Field("rotationDeg", key.rotation_deg);
}

void Describe(auto& fields, Either<AlignJob> auto& align) {
  fields.Field("source", align.source);
  fields.Field("reference", align.reference);
  fields.Field("color", align.color);
  fields.Field("pairChoice", align.pair_choice);
  fields.Field("pairs", align.pairs);
  fields.Field("heldOut", align.held_out);
  fields.Field("frameMap", align.frame_map);
  fields.Field("kind", align.kind);
  fields.Field("centralShare", align.central_share);
  fields.Field("previous", align.previous);
  fields.Field("keys", align.keys);
  fields.Field("manualFrames", align.manual_frames);
  fields.Field("dense", align.dense);
  fields.Field("crop", align.crop);
  fields.Field("automaticFrames", align.automatic_frames);
  fields.Field("cropKeys", align.crop_keys);
  fields.Field("renderCrop", align.render_crop);
}

void Describe(auto& fields, Either<BaselineJob> auto& baseline) {
  fields.Field("recovery", baseline.recovery);
  fields.Field("source", baseline.source);
  fields.Field("reference", baseline.reference);
  fields.Field("color", baseline.color);
  fields.Field("alignment", baseline.alignment);
  fields.Field("pairs", baseline.pairs);
  fields.Field("heldOut", baseline.held_out);
  fields.Field("lutSize", baseline.lut_size);
}

}  // namespace interneg::jobs

#endif  // INTERNEG_WORKER_ENGINE_JOBS_STAGE_DOCUMENTS_H_
