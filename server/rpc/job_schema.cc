#include "server/rpc/job_schema.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <string_view>

#include "interneg/v1/job_spec.pb.h"

namespace interneg::rpc {
namespace {

namespace pb = google::protobuf;

unsigned SchemaOf(const std::string& full_name, const std::vector<DatedField>& all) {
  constexpr std::string_view kPackage = "interneg.v1.";
  const auto name = std::string_view(full_name).substr(kPackage.size());
  for (const DatedField& dated : all) {
    if (name == dated.name) return dated.schema;
  }
  return 1;
}

unsigned SchemaOfValue(const pb::Message& message, const pb::FieldDescriptor& field) {
  if (field.cpp_type() != pb::FieldDescriptor::CPPTYPE_ENUM || field.is_repeated()) return 1;
  return SchemaOf(message.GetReflection()->GetEnum(message, &field)->full_name(), DatedValues());
}

unsigned LeastOf(const pb::Message& message) {
  // Engines before 3 leave an open range open in what they make, and no later stage knows then which frames are meant.
  const bool open = message.GetDescriptor() == v1::FrameSource::descriptor() &&
                    static_cast<const v1::FrameSource&>(message).range().empty();
  unsigned least = open ? 3 : 1;
  const pb::Reflection& reflect = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflect.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    least = std::max({least, SchemaOf(field->full_name(), DatedFields()), SchemaOfValue(message, *field)});
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      least = std::max(least, LeastOf(reflect.GetMessage(message, field)));
      continue;
    }
    for (int i = 0; i < reflect.FieldSize(message, field); ++i) {
      least = std::max(least, LeastOf(reflect.GetRepeatedMessage(message, field, i)));
    }
  }
  return least;
}

}  // namespace

// Fields of a message that only dated fields lead to need no date of their own.
const std::vector<DatedField>& DatedFields() {
  static const std::vector<DatedField> fields = {
      {"JobSpec.match", 2},
      {"JobSpec.curate", 2},
      {"JobSpec.align", 2},
      {"JobSpec.baseline", 2},
      {"ProbeJob.output", 2},
      {"TrainJob.alignment", 2},
      {"FrameSource.movie", 3},
      {"FrameSource.pulldown", 3},
      {"ColorSettings.config_sha256", 3},
      {"ProbeJob.measure", 3},
      {"ProbeJob.inspection", 3},
      {"ProbeJob.comparison", 3},
      {"ProbeJob.recovery", 3},
      {"CurateJob.alignment", 3},
      {"CurateJob.keep_held_out", 3},
      {"AlignJob.automatic_frames", 3},
      {"AlignJob.crop_keys", 3},
      {"AlignJob.render_crop", 3},
      {"TransformKey.dx_px", 3},
      {"TransformKey.dy_px", 3},
      {"TransformKey.scale", 3},
      {"TransformKey.rotation_deg", 3},
      {"TrainJob.tolerance", 3},
      {"TrainJob.source_preparation", 3},
      {"TrainJob.reference_preparation", 3},
      {"TrainJob.crop", 3},
      {"TrainJob.partners", 3},
      {"TrainJob.lut_size", 4},
      {"TrainJob.recipe", 4},
      {"TrainingSettings.ignore_divergence", 5},
      {"TrainingSettings.plateau_gain_db", 5},
      {"TrainingSettings.plateau_validations", 5},
      {"TrainingSettings.patch_sampling", 6},
      {"TrainingSettings.multi_resolution", 6},
      {"TrainingSettings.grain_weight", 6},
      {"TrainingSettings.augmentation", 7},
      {"TrainingSettings.luma_match", 7},
      {"TrainJob.initial_checkpoint_sha256", 6},
      {"TrainJob.initial_train_job_id", 6},
      {"RenderJob.render_crop", 3},
      {"RenderJob.whole_frame", 3},
      {"RenderJob.detail", 6},
      {"RenderJob.invented_detail", 6},
      {"RenderJob.temporal_smoothing", 6},
  };
  return fields;
}

const std::vector<DatedField>& DatedValues() {
  static const std::vector<DatedField> values = {{"NETWORK_KIND_NAFNET", 4}, {"NETWORK_KIND_LUT", 4}};
  return values;
}

unsigned LeastSchema(const v1::JobSpec& spec) {
  return LeastOf(spec);
}

}  // namespace interneg::rpc
