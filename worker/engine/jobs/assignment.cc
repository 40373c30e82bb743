#include "worker/engine/jobs/assignment.h"

#include "worker/engine/jobs/json_writer.h"

namespace interneg::jobs {

EnumNames<TaskKind> NamesOf(EnumTag<TaskKind>) {
  static constexpr std::pair<TaskKind, const char*> kNames[] = {{TaskKind::kUnspecified, "TASK_KIND_UNSPECIFIED"},
                                                                {TaskKind::kProbe, "TASK_KIND_PROBE"},
                                                                {TaskKind::kTrain, "TASK_KIND_TRAIN"},
                                                                {TaskKind::kRender, "TASK_KIND_RENDER"},
                                                                {TaskKind::kPublish, "TASK_KIND_PUBLISH"},
                                                                {TaskKind::kMatch, "TASK_KIND_MATCH"},
                                                                {TaskKind::kCurate, "TASK_KIND_CURATE"},
                                                                {TaskKind::kAlign, "TASK_KIND_ALIGN"},
                                                                {TaskKind::kBaseline, "TASK_KIND_BASELINE"}};
  return kNames;
}

EnumNames<DeviceKind> NamesOf(EnumTag<DeviceKind>) {
  static constexpr std::pair<DeviceKind, const char*> kNames[] = {{DeviceKind::kUnspecified, "DEVICE_KIND_UNSPECIFIED"},
                                                                  {DeviceKind::kCpu, "DEVICE_KIND_CPU"},
                                                                  {DeviceKind::kCuda, "DEVICE_KIND_CUDA"}};
  return kNames;
}

void Describe(auto& fields, Either<AssignedRoot> auto& root) {
  fields.Field("name", root.name);
  fields.Field("folder", root.folder);
  fields.Field("excludedFolders", root.excluded_folders);
}

void Describe(auto& fields, Either<InputDocument> auto& input) {
  fields.Field("role", input.role);
  fields.Field("path", input.path);
}

void Describe(auto& fields, Either<Assignment> auto& assignment) {
  fields.Field("taskId", assignment.task_id);
  fields.Field("attemptNo", assignment.attempt_no);
  fields.Field("kind", assignment.kind);
  fields.Field("frames", assignment.frames);
  fields.Field("roots", assignment.roots);
  fields.Field("outputFolder", assignment.output_folder);
  fields.Field("scratchFolder", assignment.scratch_folder);
  fields.Field("checkpointPath", assignment.checkpoint_path);
  fields.Field("resumePath", assignment.resume_path);
  fields.Field("deviceKind", assignment.device_kind);
  fields.Field("device", assignment.device);
  fields.Field("threads", assignment.threads);
  fields.Field("leaseSeconds", assignment.lease_seconds);
  fields.Field("manifest", assignment.manifest);
  fields.Field("provenance", assignment.provenance);
  fields.Field("inputs", assignment.inputs);
}

Assignment ParseAssignment(std::string_view json, const std::string& document) {
  return ReadDocument<Assignment>(json, document);
}

std::string ToJson(const Assignment& assignment) {
  return WriteDocument(assignment);
}

}  // namespace interneg::jobs
