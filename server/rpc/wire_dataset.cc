#include "server/rpc/wire_dataset.h"

#include <google/protobuf/util/json_util.h>

#include "server/rpc/wire_time.h"

namespace interneg::rpc {
namespace {

v1::Recovery ToWire(scheduling::Recovery recovery) {
  switch (recovery) {
    case scheduling::Recovery::kChroma:
      return v1::RECOVERY_CHROMA;
    case scheduling::Recovery::kSpatial:
      return v1::RECOVERY_SPATIAL;
    case scheduling::Recovery::kCombined:
      return v1::RECOVERY_COMBINED;
    case scheduling::Recovery::kDirect:
      return v1::RECOVERY_DIRECT;
  }
  return v1::RECOVERY_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<scheduling::Recovery> ReadRecovery(v1::Recovery recovery) {
  switch (recovery) {
    case v1::RECOVERY_CHROMA:
      return scheduling::Recovery::kChroma;
    case v1::RECOVERY_SPATIAL:
      return scheduling::Recovery::kSpatial;
    case v1::RECOVERY_COMBINED:
      return scheduling::Recovery::kCombined;
    case v1::RECOVERY_DIRECT:
      return scheduling::Recovery::kDirect;
    default:
      return absl::InvalidArgumentError("recovery: chroma, spatial, combined or direct is expected");
  }
}

v1::DatasetPair TrainingPair(int frame) {
  v1::DatasetPair pair;
  pair.set_source_frame(frame);
  pair.set_reference_frame(frame);
  return pair;
}

v1::DatasetPair HeldOutPair(int frame) {
  v1::DatasetPair pair = TrainingPair(frame);
  pair.set_held_out(true);
  return pair;
}

v1::DatasetContent ContentOf(const scheduling::DatasetVersion& version) {
  v1::DatasetContent content;
  if (!version.content.empty() && google::protobuf::util::JsonStringToMessage(version.content, &content).ok()) {
    return content;
  }
  content.set_recovery(ToWire(version.recovery));
  content.set_source_media_id(version.source_media_id);
  content.set_reference_media_id(version.reference_media_id);
  for (const int frame : version.pairs) *content.add_pairs() = TrainingPair(frame);
  for (const int frame : version.held_out) *content.add_pairs() = HeldOutPair(frame);
  return content;
}

v1::DatasetVersion ToWireInBrief(const scheduling::DatasetVersion& version) {
  v1::DatasetVersion wire;
  wire.set_dataset_version_id(version.dataset_version_id);
  wire.set_project_id(version.project_id);
  wire.set_name(version.name);
  wire.set_version(version.version);
  wire.set_shot(version.shot);
  wire.set_recovery(ToWire(version.recovery));
  wire.set_source_media_id(version.source_media_id);
  wire.set_reference_media_id(version.reference_media_id);
  wire.set_pair_count(static_cast<int>(version.pairs.size()));
  wire.set_held_out_count(static_cast<int>(version.held_out.size()));
  wire.set_sha256(version.sha256);
  wire.set_note(version.note);
  Put(version.created_at, wire.mutable_create_time());
  wire.set_state(version.state == scheduling::DatasetState::kDraft ? v1::DATASET_STATE_DRAFT
                                                                   : v1::DATASET_STATE_LOCKED);
  wire.set_revision(version.revision);
  Put(version.updated_at, wire.mutable_update_time());
  return wire;
}

v1::DatasetVersion ToWire(const scheduling::DatasetVersion& version) {
  v1::DatasetVersion wire = ToWireInBrief(version);
  wire.mutable_pairs()->Add(version.pairs.begin(), version.pairs.end());
  wire.mutable_held_out()->Add(version.held_out.begin(), version.held_out.end());
  *wire.mutable_content() = ContentOf(version);
  return wire;
}

}  // namespace interneg::rpc
